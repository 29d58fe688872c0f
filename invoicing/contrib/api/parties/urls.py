"""The addresses of parties, below api/."""

from django.urls import path

from invoicing.contrib.api.parties.views import PartyViewSet

view = PartyViewSet.as_view

urlpatterns = [
    path("parties/", view({"get": "list", "post": "create"}), name="party-list"),
    path(
        "parties/<str:id>/",
        view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
        name="party-detail",
    ),
]
