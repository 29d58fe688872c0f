"""The addresses of documents, below api/."""

from django.urls import path

from invoicing.contrib.api.invoices.views import InvoiceViewSet

view = InvoiceViewSet.as_view

urlpatterns = [
    path("invoices/", view({"get": "list", "post": "create"}), name="invoice-list"),
    path("invoices/outstanding/", view({"get": "outstanding"}), name="invoice-outstanding"),
    path(
        "invoices/<str:id>/",
        view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
        name="invoice-detail",
    ),
    path("invoices/<str:id>/issue/", view({"post": "issue"}), name="invoice-issue"),
    path("invoices/<str:id>/cancel/", view({"post": "cancel"}), name="invoice-cancel"),
    path("invoices/<str:id>/credit/", view({"post": "credit"}), name="invoice-credit"),
    path("invoices/<str:id>/copy/", view({"post": "copy"}), name="invoice-copy"),
    path("invoices/<str:id>/write-off/", view({"post": "write_off"}), name="invoice-write-off"),
    path("invoices/<str:id>/status/", view({"post": "set_status"}), name="invoice-status"),
    path("invoices/<str:id>/items/", view({"get": "items", "post": "add_items"}), name="invoice-items"),
    path("invoices/<str:id>/preview/", view({"get": "preview"}), name="invoice-preview"),
    path("invoices/<str:id>/pdf/", view({"get": "pdf"}), name="invoice-pdf"),
    path("invoices/<str:id>/explain/", view({"get": "explain"}), name="invoice-explain"),
    path("invoices/<str:id>/history/", view({"get": "history"}), name="invoice-history"),
]
