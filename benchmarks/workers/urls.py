"""No pages: the benchmarks call the libraries themselves."""

urlpatterns: list[object] = []
