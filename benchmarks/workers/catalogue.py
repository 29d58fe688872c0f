"""The invoices that are printed: a tea trader's, to cafés in three countries, of ten kinds of goods; no two are alike."""

from decimal import Decimal
from typing import Any

import paperwork

from invoicing.models import Invoice

SUPPLIER: dict[str, Any] = {
    **paperwork.SUPPLIER,
    "email": "rechnung@teehaus-nordlicht.example.com",
    "phone": "+49 40 5550 1470",
    "bank": {"name": "Hafenbank", "city": "Hamburg", "iban": "DE89370400440532013000"},
}

CUSTOMERS: tuple[dict[str, Any], ...] = (
    {**paperwork.CUSTOMER, "email": "einkauf@cafe-linde.example.com"},
    {
        "name": "Rösterei Abendrot GmbH & Co. KG",
        "street": "Hinter den Höfen 17",
        "zip": "04109",
        "city": "Leipzig",
        "country_code": "DE",
        "vat_id": "DE811569869",
    },
    {"name": "Maison du Matin SARL", "street": "14 rue des Tilleuls", "zip": "67000", "city": "Strasbourg", "country_code": "FR"},
    {"name": "Čajovna U Dvou koček s.r.o.", "street": "Květinová 8", "zip": "602 00", "city": "Brno", "country_code": "CZ"},
)

GOODS: tuple[tuple[str, str, str, str, int], ...] = (
    ("Sencha Yabukita, 250 g", "First flush from Shizuoka, best before March 2027", "PIECES", "12.35", 7),
    ("Darjeeling Margaret’s Hope", "", "KGM", "48.90", 7),
    ("Kyūsu teapot, red clay, 300 ml", "Hand-thrown in Tokoname, with a ceramic strainer", "PIECES", "86.00", 19),
    ("Tasting for your team", "", "HOURS", "95.00", 19),
    ("Genmaicha of the house, 1 kg", "", "KGM", "31.40", 7),
    ("Paper filters no. 4, box of 100", "", "PIECES", "2.15", 19),
    ("Pu-erh cake, pressed in 2019", "", "PIECES", "39.75", 7),
    ("Assam Halmari, block of 2.5 kg", "", "KGM", "27.80", 7),
    ("Matcha whisk, 100 prongs", "", "PIECES", "18.60", 19),
    ("Freight to your door, insured", "", "PIECES", "24.50", 19),
)


def stored(place: int, *, lines: int) -> Any:
    """The invoice at `place` of an endless row of them, read from the database: so it meets its printer as in a view."""
    invoice = Invoice(
        **{**paperwork.DOCUMENT, "variable_symbol": f"{20260000 + place}"},
        order_reference=f"PO {4711 + place}",
    )
    invoice.set_supplier_data(SUPPLIER)
    invoice.set_customer_data(CUSTOMERS[place % len(CUSTOMERS)])
    invoice.save_with_items([line(place, index) for index in range(lines)])
    return Invoice.objects.get(pk=invoice.pk)


def line(place: int, index: int) -> dict[str, Any]:
    """Columns of one line; the lot in its title is that of no other line of any invoice."""
    title, description, unit, price, rate = GOODS[(place + index) % len(GOODS)]
    return {
        "title": f"{title}, lot {place}-{index + 1}",
        "description": description,
        "quantity": Decimal(1 + (place + index) % 7),
        "unit": unit,
        "unit_price": Decimal(price) + index % 11,
        "tax_rate": Decimal(rate),
    }
