"""The canonical addresses, for `path("api/", include("invoicing.contrib.api.urls"))`: those of every app that is installed."""

from collections.abc import Mapping
from typing import Final

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from invoicing.contrib.api.openapi import SchemaView

app_name = "invoicing_api"

CHAPTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "invoicing": ("invoices", "parties", "products", "terms", "companies"),
    "invoicing.contrib.api": ("hooks",),
    "invoicing.contrib.access": ("memberships",),
    "invoicing.contrib.payments": ("payments", "methods"),
    "invoicing.contrib.collaboration": ("collaboration",),
    "invoicing.contrib.delivery": ("delivery",),
    "invoicing.contrib.reports": ("reports",),
}
"""The packages of this app whose addresses each installed app brings."""

urlpatterns: list[URLPattern | URLResolver] = [path("schema/", SchemaView.as_view(), name="schema")]
urlpatterns += [
    path("", include(f"invoicing.contrib.api.{name}.urls")) for app, names in CHAPTERS.items() if apps.is_installed(app) for name in names
]
