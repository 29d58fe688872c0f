"""The invoice that both libraries are asked to make: one supplier, one customer, lines with two rates and some discounts."""

from datetime import date
from decimal import Decimal
from typing import Any

SUPPLIER: dict[str, Any] = {
    "name": "Teehaus Nordlicht GmbH",
    "street": "Speicherweg 4",
    "zip": "20457",
    "city": "Hamburg",
    "country_code": "DE",
    "registration_id": "HRB 104733",
    "tax_id": "48/722/01935",
    "vat_id": "DE136695976",
    "bank": {
        "name": "Hafenbank",
        "street": "Am Kai 1",
        "zip": "20457",
        "city": "Hamburg",
        "country_code": "DE",
        "iban": "DE89370400440532013000",
        "swift_bic": "COBADEFFXXX",
    },
}
CUSTOMER: dict[str, Any] = {
    "name": "Café Linde OHG",
    "street": "Marktplatz 9",
    "zip": "21335",
    "city": "Lüneburg",
    "country_code": "DE",
    "vat_id": "DE129273398",
}
DOCUMENT: dict[str, Any] = {
    "date_issue": date(2026, 3, 2),
    "date_tax_point": date(2026, 3, 2),
    "date_due": date(2026, 3, 16),
    "currency": "EUR",
    "language": "en",
    "payment_method": "BANK_TRANSFER",
    "variable_symbol": "20260302",
}


def line(index: int) -> dict[str, Any]:
    """Columns of the line at `index`, by the names that both libraries share."""
    return {
        "title": f"Sencha, harvest {index + 1}, 250 g",
        "quantity": Decimal(1 + index % 7),
        "unit": "PIECES",
        "unit_price": Decimal("12.35") + index % 11,
        "discount": Decimal(10) if index % 4 == 0 else Decimal(0),
        "tax_rate": Decimal(7) if index % 3 else Decimal(19),
        "weight": 0,
    }


def lines(count: int) -> list[dict[str, Any]]:
    """Columns of so many lines."""
    return [line(index) for index in range(count)]
