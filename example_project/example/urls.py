"""The addresses of the example project: the admin, the API, and the API once more in the words of three other systems."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("invoices/", include("invoicing.urls")),
    path("i/", include("invoicing.contrib.delivery.urls")),
    path("api/token/", TokenObtainPairView.as_view(), name="token"),
    path("api/token/refresh/", TokenRefreshView.as_view(), name="token-refresh"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="invoicing_api:schema", title="The API"), name="docs"),
    path("api/", include("invoicing.contrib.api.urls")),
    path("crm/api/", include("invoicing.contrib.api.dialects.crm_urls")),
    path("agency/api/", include("invoicing.contrib.api.dialects.agency_urls")),
    path("erp/api/", include("invoicing.contrib.api.dialects.erp_urls")),
]
