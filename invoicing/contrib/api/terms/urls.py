"""The addresses of payment terms, below api/."""

from django.urls import path

from invoicing.contrib.api.terms.views import PaymentTermViewSet

view = PaymentTermViewSet.as_view

urlpatterns = [
    path("payment-terms/", view({"get": "list", "post": "create"}), name="payment_term-list"),
    path(
        "payment-terms/<str:id>/",
        view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
        name="payment_term-detail",
    ),
]
