"""The addresses of the erp dialect, for `path("api/", include("invoicing.contrib.api.dialects.erp_urls"))`."""

from typing import Final

from invoicing.contrib.api.dialects.erp import ERP
from invoicing.contrib.api.dialects.paging import LargePages
from invoicing.contrib.api.dialects.routing import Address, routed

app_name = "invoicing_erp"

INVOICES: Final = "invoices.views.InvoiceViewSet"
MONEY: Final = "payments.views.PaymentViewSet"
PAYING: Final = "invoicing.contrib.payments"

ADDRESSES: Final = (
    Address("invoices/", INVOICES, {"get": "list"}, "invoice-list"),
    Address("invoices/outstanding/", INVOICES, {"get": "outstanding"}, "invoice-outstanding"),
    Address("invoices/from_sales_order/<str:id>/", INVOICES, {"post": "from_order"}, "invoice-from-order"),
    Address("invoices/<str:id>/", INVOICES, {"get": "retrieve"}, "invoice-detail"),
    Address("invoices/<str:id>/post_voucher/", INVOICES, {"post": "post_voucher"}, "invoice-post"),
    Address("payments/", MONEY, {"get": "list", "post": "create"}, "payment-list", PAYING),
    Address("payments/<str:id>/", MONEY, {"get": "retrieve"}, "payment-detail", PAYING),
)
"""What the view has not learned yet is not routed."""

urlpatterns = routed(ADDRESSES, ERP(), pagination_class=LargePages)
