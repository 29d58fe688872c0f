"""The addresses that the tests of the API are run on."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("invoicing.contrib.api.urls")),
    path("crm/api/", include("invoicing.contrib.api.dialects.crm_urls")),
    path("agency/api/", include("invoicing.contrib.api.dialects.agency_urls")),
    path("erp/api/", include("invoicing.contrib.api.dialects.erp_urls")),
    path("documents/", include("invoicing.urls")),
]
