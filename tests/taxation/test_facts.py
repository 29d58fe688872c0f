"""Facts: words are understood as text, what is no word is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django_countries.fields import Country

from invoicing.domain.choices import Supply, TaxClass, VatIdAnswer
from invoicing.exceptions import InvalidDataError
from invoicing.taxation import TaxFacts


def test_text_becomes_the_word_it_stands_for():
    facts = TaxFacts(on=date(2026, 1, 15), supply="GOODS", tax_class="REDUCED", customer_vat_id_answer="VALID", default_rate=20)

    assert (facts.supply, facts.tax_class, facts.customer_vat_id_answer) == (Supply.GOODS, TaxClass.REDUCED, VatIdAnswer.VALID)
    assert facts.default_rate == Decimal(20)


def test_countries_may_come_as_django_countries_hands_them_out():
    facts = TaxFacts(on=date(2026, 1, 15), supplier_country=Country("DE"), customer_country=Country(None), customer_vat_id=None)

    assert (facts.supplier_country, facts.customer_country, facts.customer_vat_id) == ("DE", "", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("supply", "SERVICE"),
        ("tax_class", "LUXURY"),
        ("customer_vat_id_answer", "MAYBE"),
        ("default_rate", 19.5),
        ("on", "2026-01-15"),
        ("on", datetime(2026, 1, 15, tzinfo=UTC)),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(field, value):
    with pytest.raises(InvalidDataError) as raised:
        TaxFacts(**{"on": date(2026, 1, 15), field: value})

    assert list(raised.value.errors) == [field]
