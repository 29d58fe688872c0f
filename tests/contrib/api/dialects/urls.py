"""The addresses that the tests of dialects are run on: each dialect where the documents of its examples have it."""

from django.urls import include, path

urlpatterns = [
    path("crm/api/", include("invoicing.contrib.api.dialects.crm_urls")),
    path("agency/api/", include("invoicing.contrib.api.dialects.agency_urls")),
    path("erp/api/", include("invoicing.contrib.api.dialects.erp_urls")),
]
