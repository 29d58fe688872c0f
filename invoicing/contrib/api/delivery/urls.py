"""The addresses of what is sent of a document, below api/."""

from django.urls import path

from invoicing.contrib.api.delivery.views import DeliveryViewSet

view = DeliveryViewSet.as_view

urlpatterns = [
    path("invoices/<str:id>/send/", view({"post": "send"}), name="invoice-send"),
    path("invoices/<str:id>/deliveries/", view({"get": "list"}), name="invoice-deliveries"),
]
