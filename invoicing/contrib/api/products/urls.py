"""The addresses of products, below api/."""

from django.urls import path

from invoicing.contrib.api.products.views import ProductViewSet

view = ProductViewSet.as_view

urlpatterns = [
    path("products/", view({"get": "list", "post": "create"}), name="product-list"),
    path(
        "products/<str:id>/",
        view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
        name="product-detail",
    ),
]
