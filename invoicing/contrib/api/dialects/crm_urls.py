"""The addresses of the crm dialect, for `path("api/", include("invoicing.contrib.api.dialects.crm_urls"))`."""

from typing import Final

from invoicing.contrib.api.dialects.crm import CRM
from invoicing.contrib.api.dialects.routing import Address, routed

app_name = "invoicing_crm"

INVOICES: Final = "invoices.views.InvoiceViewSet"
MAILS: Final = "delivery.views.DeliveryViewSet"
COMMENTS: Final = "collaboration.views.CommentViewSet"
FILES: Final = "collaboration.views.AttachmentViewSet"
MAILING: Final = "invoicing.contrib.delivery"
TOGETHER: Final = "invoicing.contrib.collaboration"

LIST: Final = {"get": "list", "post": "create"}
FILE: Final = "invoices/attachment/<str:id>/<str:attachment>/"

ADDRESSES: Final = (
    Address("invoices/", INVOICES, LIST, "invoice-list"),
    Address("invoices/<str:id>/", INVOICES, {"get": "retrieve", "put": "update", "delete": "destroy"}, "invoice-detail"),
    Address("invoices/<str:id>/status/", INVOICES, {"post": "set_status"}, "invoice-status"),
    Address("invoices/<str:id>/download/", INVOICES, {"post": "download"}, "invoice-download"),
    Address("invoices/<str:id>/send-mail/", MAILS, {"post": "send"}, "invoice-send", MAILING),
    Address("invoices/comment/<str:id>/", COMMENTS, LIST, "invoice-comments", TOGETHER),
    Address("invoices/attachment/<str:id>/", FILES, LIST, "invoice-attachments", TOGETHER),
    Address(FILE, FILES, {"get": "retrieve", "delete": "destroy"}, "attachment-detail", TOGETHER),
    Address(f"{FILE}download/", FILES, {"get": "download"}, "attachment-download", TOGETHER),
)

urlpatterns = routed(ADDRESSES, CRM())
