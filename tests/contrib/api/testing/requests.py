"""What the walk asks with where the serializer alone does not say it."""

VALUES = {"name": ["vat"], "form": ["csv"]}

STATUS = {"status": "Sent"}
ITEM = {"title": "Tea", "unit_price": "2.50"}

BODIES = {
    "POST /api/invoices/": {"currency": "EUR", "items": [ITEM]},
    "POST /api/invoices/{id}/status/": STATUS,
    "POST /api/invoices/{id}/items/": ITEM,
    "POST /api/payments/{id}/allocations/": {"oldest": True},
    "POST /crm/api/invoices/": {"name": "Tea", "email": "tea@example.com", "currency": "EUR"},
    "POST /crm/api/invoices/{id}/status/": STATUS,
    "POST /crm/api/invoices/comment/{id}/": {"comment": "tea"},
}
