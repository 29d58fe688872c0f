"""The addresses of payment methods, below api/."""

from django.urls import path

from invoicing.contrib.api.methods.views import PaymentMethodViewSet

view = PaymentMethodViewSet.as_view

urlpatterns = [
    path("payment-methods/", view({"get": "list", "post": "create"}), name="payment_method-list"),
    path(
        "payment-methods/<str:id>/",
        view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
        name="payment_method-detail",
    ),
]
