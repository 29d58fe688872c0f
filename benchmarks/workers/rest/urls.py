"""The API, and the bare viewsets beside it."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from rest.bare import Models, Tables

router = SimpleRouter()
router.register("models", Models, basename="models")
router.register("tables", Tables, basename="tables")

urlpatterns = [path("api/", include("invoicing.contrib.api.urls")), path("", include(router.urls))]
