"""Facts of invented companies, written once; each test changes what it is about."""

from datetime import date

import pytest

from invoicing.taxation import TaxFacts

BERLIN = {"supplier_country": "DE", "supplier_vat_id": "DE987654328"}
PUNE = {"supplier_country": "IN", "supplier_vat_id": "27AAACI9876B1ZE"}


@pytest.fixture
def facts():
    """Facts of a supply by a German company on 15 January 2026, with changes."""

    def make(**changes):
        return TaxFacts(**{"on": date(2026, 1, 15), **BERLIN, **changes})

    return make


@pytest.fixture
def indian_facts():
    """Facts of a supply by a company in Maharashtra on 15 January 2026, with changes."""

    def make(**changes):
        return TaxFacts(**{"on": date(2026, 1, 15), **PUNE, **changes})

    return make
