"""The addresses of the agency dialect, for `path("api/", include("invoicing.contrib.api.dialects.agency_urls"))`."""

from typing import Final

from invoicing.contrib.api.dialects.agency import Agency
from invoicing.contrib.api.dialects.paging import LargePages
from invoicing.contrib.api.dialects.routing import Address, routed

app_name = "invoicing_agency"

INVOICES: Final = "invoices.views.InvoiceViewSet"
TERMS: Final = "terms.views.PaymentTermViewSet"
METHODS: Final = "methods.views.PaymentMethodViewSet"
MONEY: Final = "payments.views.PaymentViewSet"
PAYING: Final = "invoicing.contrib.payments"

LIST: Final = {"get": "list", "post": "create"}
ROW: Final = {"get": "retrieve", "delete": "destroy"}

ADDRESSES: Final = (
    Address("invoice/invoices/", INVOICES, LIST, "invoice-list"),
    Address("invoice/invoices/<str:id>/", INVOICES, ROW, "invoice-detail"),
    Address("invoice/invoices/<str:id>/items/", INVOICES, {"post": "add_items"}, "invoice-items"),
    Address("invoice/invoices/<str:id>/preview/", INVOICES, {"get": "preview"}, "invoice-preview"),
    Address("invoice/invoices/<str:id>/generate_pdf/", INVOICES, {"get": "pdf"}, "invoice-pdf"),
    Address("invoice/payment-modes/", METHODS, LIST, "payment_method-list", PAYING),
    Address("invoice/payment-modes/<str:id>/", METHODS, ROW, "payment_method-detail", PAYING),
    Address("invoice/payment-terms/", TERMS, LIST, "payment_term-list"),
    Address("invoice/payment-terms/<str:id>/", TERMS, ROW, "payment_term-detail"),
    Address("invoice/payments/", MONEY, LIST, "payment-list", PAYING),
    Address("invoice/payments/<str:id>/", MONEY, ROW, "payment-detail", PAYING),
    Address("invoice/senderinfo/", "companies.views.CompanyView", {"get": "current"}, "company-current"),
)

urlpatterns = routed(ADDRESSES, Agency(), pagination_class=LargePages)
