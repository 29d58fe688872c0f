"""Values are taken as their column holds them, and refused with a sentence that names the mend."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.importing.shapes import shapes
from invoicing.importing.values import UnfitValueError, column_value


def read(shape, name, value):
    found = shapes()[shape]
    return column_value(found.columns[name], value, row=found.model())


@pytest.mark.parametrize(
    ("shape", "name", "value", "expected"),
    [
        ("items", "quantity", 2, Decimal(2)),
        ("items", "quantity", "2.500", Decimal("2.5")),
        ("items", "quantity", Decimal("1E+2"), Decimal(100)),
        ("items", "unit", "hur", "HOURS"),
        ("items", "unit", "kgm", "KGM"),
        ("items", "tax_category", "ae", "AE"),
        ("invoices", "date_issue", "2026-03-02", date(2026, 3, 2)),
        ("invoices", "type", "credit_note", "CREDIT_NOTE"),
        ("invoices", "origin", "Received", "RECEIVED"),
        ("invoices", "currency", "eur", "EUR"),
        ("invoices", "customer_country", "de", "DE"),
        ("companies", "one_stop_shop", True, True),
        ("companies", "one_stop_shop", "no", False),
        ("invoices", "metadata", {"ticket": 7, "tags": ["a"]}, {"ticket": 7, "tags": ["a"]}),
    ],
)
def test_values_that_fit(shape, name, value, expected):
    assert read(shape, name, value) == expected


@pytest.mark.parametrize(
    ("shape", "name", "value", "sentence"),
    [
        ("items", "quantity", "two", "not a number"),
        ("items", "quantity", "2,5", "comma"),
        ("items", "quantity", 0, "0.001"),
        ("items", "quantity", "1.0005", "3 decimal places"),
        ("items", "quantity", True, "not a number"),
        ("items", "quantity", Decimal("NaN"), "not a number"),
        ("items", "unit_price", Decimal("Infinity"), "not a number"),
        ("items", "unit_price", Decimal("1E+99"), "too large"),
        ("items", "unit_price", "1234567890123.00", "digits"),
        ("items", "discount", 150, "100"),
        ("items", "tax_rate", -1, "0"),
        ("items", "unit", "bushelz", "unit"),
        ("items", "tax_category", "Q", "none of the choices"),
        ("items", "title", "a\x00b", "control characters"),
        ("invoices", "date_issue", "2.3.2026", "2026-11-21"),
        ("invoices", "date_issue", "2026-02-30", "2026-02-30"),
        ("invoices", "type", "INVOCE", "Did you mean INVOICE?"),
        ("invoices", "currency", "EURO", "not a currency"),
        ("invoices", "customer_country", "Germany", "DE"),
        ("invoices", "customer_zip", 1067, "double quotes"),
        ("invoices", "customer_email", "nobody", "email"),
        ("invoices", "already_paid", -5, "0"),
        ("invoices", "metadata", {"price": Decimal("1.5")}, "as a text"),
        ("companies", "one_stop_shop", "maybe", "true or false"),
        ("payment_terms", "days", Decimal("1.5"), "whole number"),
    ],
)
def test_values_that_do_not_fit(shape, name, value, sentence):
    with pytest.raises(UnfitValueError) as caught:
        read(shape, name, value)

    assert sentence in str(caught.value)
