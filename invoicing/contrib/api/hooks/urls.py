"""The addresses of webhooks, below api/."""

from django.urls import path

from invoicing.contrib.api.hooks.views import WebhookDeliveryViewSet, WebhookViewSet

view = WebhookViewSet.as_view
delivery = WebhookDeliveryViewSet.as_view

urlpatterns = [
    path("webhooks/", view({"get": "list", "post": "create"}), name="webhook-list"),
    path(
        "webhooks/<str:id>/",
        view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
        name="webhook-detail",
    ),
    path("webhooks/<str:id>/rotate-secret/", view({"post": "rotate_secret"}), name="webhook-rotate-secret"),
    path("webhooks/<str:id>/ping/", view({"post": "ping"}), name="webhook-ping"),
    path("webhooks/<str:id>/deliveries/", delivery({"get": "list"}), name="webhook-deliveries"),
    path("webhooks/<str:id>/deliveries/<str:delivery>/", delivery({"get": "retrieve"}), name="webhook-delivery"),
    path("webhooks/<str:id>/deliveries/<str:delivery>/replay/", delivery({"post": "replay"}), name="webhook-replay"),
]
