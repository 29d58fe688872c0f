"""Requests as people would send them, shown in the OpenAPI document; the tests send each of them."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

CREATE: Final[dict[str, dict[str, Any]]] = {
    "Two items": {
        "title": "Website, November",
        "date_issue": "2026-11-20",
        "customer_name": "Buchhandlung Sommer KG",
        "customer_street": "Hauptstraße 21",
        "customer_zip": "01067",
        "customer_city": "Dresden",
        "customer_country": "DE",
        "items": [
            {"title": "Design", "quantity": "10", "unit": "HOURS", "unit_price": "80.00", "tax_rate": "19"},
            {"title": "Hosting, one month", "unit_price": "19.99", "tax_rate": "19", "discount": "10"},
        ],
    },
    "A draft over one item": {
        "status": "DRAFT",
        "title": "Consulting",
        "customer_name": "Global Tech Corp",
        "customer_email": "finance@globaltech.example.com",
        "currency": "USD",
        "quantity": 120,
        "rate": "200.00",
    },
}
UPDATE: Final[dict[str, dict[str, Any]]] = {"Another due date": {"date_due": "2026-12-31", "internal_note": "Agreed by telephone"}}
ITEM: Final[dict[str, dict[str, Any]]] = {"One more item": {"title": "Setup", "unit_price": "50.00", "tax_rate": "19"}}
CANCEL: Final[dict[str, dict[str, Any]]] = {"Why it is void": {"reason": "Ordered twice"}}
CREDIT: Final[dict[str, dict[str, Any]]] = {
    "All that is left": {"reason": "One packet came damaged."},
    "One packet of an item": {
        "reason": "One packet came damaged.",
        "lines": [{"item": "2c77ad4f-75ec-5dd0-9956-71b7be11820e", "quantity": "1"}],
    },
}
STATUS: Final[dict[str, dict[str, Any]]] = {"Sent": {"status": "SENT"}}
COPY: Final[dict[str, dict[str, Any]]] = {"Next month": {"date_issue": "2026-12-01", "title": "Website, December"}}
WRITE_OFF: Final[dict[str, dict[str, Any]]] = {"A bad debt": {"reason": "The customer is insolvent."}}


def exemplified(examples: dict[str, dict[str, Any]]) -> list[OpenApiExample]:
    """Examples as the document has them."""
    return [OpenApiExample(name, value=value, request_only=True) for name, value in examples.items()]
