"""Files of invoices, written for one test."""

import json

import pytest

from invoicing.exceptions import ImportRefusedError
from invoicing.importing import import_file

COMPANY = {
    "name": "Teehaus Lindner GmbH",
    "code": "TEE",
    "street": "Marktstraße 4",
    "zip": "04109",
    "city": "Leipzig",
    "country": "DE",
    "vat_id": "DE136695976",
}
CUSTOMER = {
    "customer_name": "Buchhandlung Sommer",
    "customer_street": "Hauptstraße 21",
    "customer_zip": "01067",
    "customer_city": "Dresden",
    "customer_country": "DE",
}
ITEM = {"title": "Assam, 1 kg", "quantity": 2, "unit_price": "50.00", "tax_rate": 19}


@pytest.fixture
def file(tmp_path):
    """Write a file and give its path: text and bytes as they are, anything else as JSON."""

    def write(content, name="invoices.json", encoding="utf-8"):
        path = tmp_path / name
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content, indent=1)).encode(encoding)
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def invoice_data():
    """An invoice that can be imported and issued; keyword arguments change it."""

    def make(external_id="tea-1", **changes):
        data = {
            "external_id": external_id,
            "date_issue": "2026-03-02",
            "date_due": "2026-03-16",
            **CUSTOMER,
            "items": [dict(ITEM)],
            **changes,
        }
        return {key: value for key, value in data.items() if value is not ...}

    return make


@pytest.fixture
def refused(file):
    """Import what must be refused, and give the problems as (place, field, sentence)."""

    def refuse(content, **options):
        path = content if hasattr(content, "read_bytes") else file(content)
        with pytest.raises(ImportRefusedError) as caught:
            import_file(path, **options)
        return caught.value.rows

    return refuse


@pytest.fixture
def company_data():
    """The company that the invoices are of."""
    return dict(COMPANY)
