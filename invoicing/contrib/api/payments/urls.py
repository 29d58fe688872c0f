"""The addresses of payments, below api/."""

from django.urls import path

from invoicing.contrib.api.payments.views import InvoicePaymentsViewSet, PaymentViewSet

view = PaymentViewSet.as_view

urlpatterns = [
    path("payments/", view({"get": "list", "post": "create"}), name="payment-list"),
    path("payments/<str:id>/", view({"get": "retrieve", "delete": "destroy"}), name="payment-detail"),
    path("payments/<str:id>/allocations/", view({"get": "allocations", "post": "add_allocations"}), name="payment-allocations"),
    path("payments/<str:id>/allocations/<str:allocation>/", view({"delete": "undo"}), name="payment-allocation"),
    path("payments/<str:id>/refund/", view({"post": "refund"}), name="payment-refund"),
    path("payments/<str:id>/confirm/", view({"post": "confirm"}), name="payment-confirm"),
    path("payments/<str:id>/fail/", view({"post": "fail"}), name="payment-fail"),
    path("invoices/<str:id>/payments/", InvoicePaymentsViewSet.as_view({"get": "list", "post": "create"}), name="invoice-payments"),
]
