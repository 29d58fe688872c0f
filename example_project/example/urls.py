"""The addresses of the example project."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("invoices/", include("invoicing.urls")),
    path("i/", include("invoicing.contrib.delivery.urls")),
]
