"""A host that has the public pages."""

from django.urls import include, path

from tests.urls import urlpatterns as others

urlpatterns = [*others, path("documents/", include("invoicing.contrib.delivery.urls"))]
