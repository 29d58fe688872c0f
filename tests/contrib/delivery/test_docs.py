"""The page of delivery is the code: whoever changes one has to change the other."""

import re
from dataclasses import fields

import pytest
from django.dispatch import Signal

from invoicing.contrib.delivery import exceptions, links, services, signals
from invoicing.contrib.delivery.invoices import invoice_context
from invoicing.contrib.delivery.mail import MailContext
from invoicing.contrib.delivery.models import Delivery, DeliveryAttempt, LinkRevocation
from invoicing.exceptions import InvoicingError
from invoicing.models import get_invoice_model
from tests.docs.columns import kind
from tests.docs.pages import DOCS, ROOT, quoted, table
from tests.factories import make_issued_invoice

PAGE = DOCS / "reference/delivery.md"


def first_cells(heading):
    return [name for row in table(PAGE, after=heading) for name in quoted(row[0])]


@pytest.mark.parametrize("model", [Delivery, DeliveryAttempt, LinkRevocation], ids=lambda model: model.__name__)
def test_every_column_is_in_the_table_with_its_kind(model):
    described = {quoted(name)[0]: sort for name, sort, _ in table(PAGE, after=f"## {model.__name__}")}
    described = {name: sort.replace("→ Invoice", f"→ {get_invoice_model().__name__}") for name, sort in described.items()}

    assert described == {field.name: kind(field) for field in model._meta.concrete_fields if not field.primary_key}


@pytest.mark.parametrize("model", [Delivery, DeliveryAttempt], ids=lambda model: model.__name__)
def test_choices_that_a_table_lists_are_all_choices(model):
    for name, _, text in table(PAGE, after=f"## {model.__name__}"):
        choices = model._meta.get_field(quoted(name)[0]).choices
        if choices:
            assert quoted(text) == [word for word, _ in choices]


def test_the_functions_exist():
    for name in first_cells("## Services"):
        assert callable(getattr(services, name.partition("(")[0]))
    for name in first_cells("Each gives back a `Delivery`. In `invoicing.contrib.delivery.links`:"):
        assert callable(getattr(links, name.partition("(")[0]))


def test_every_check_is_in_the_table():
    written = (ROOT / "invoicing/contrib/delivery/checks.py").read_text(encoding="utf-8")

    assert first_cells("## Checks") == sorted(set(re.findall(r'id="(invoicing_delivery\.[EW]\d{3})"', written)))


def test_every_error_is_in_the_table():
    rows = {quoted(name)[0]: quoted(code)[0] for name, code, _ in table(PAGE, after="## Errors")}
    ours = {error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, InvoicingError)} - {
        InvoicingError
    }

    assert rows == {error.__name__: error.code for error in ours if error.__module__ == exceptions.__name__}


def test_every_signal_is_in_the_table():
    assert first_cells("## Signals") == [name for name, signal in vars(signals).items() if isinstance(signal, Signal)]


@pytest.mark.django_db
def test_what_templates_read_is_in_the_table():
    sentence = next(
        part for part in PAGE.read_text(encoding="utf-8").split("\n\n") if part.startswith("`invoicing/delivery/invoice` reads")
    )

    assert first_cells("## Templates") == [field.name for field in fields(MailContext)]
    assert quoted(sentence)[1:] == [*invoice_context(make_issued_invoice())]
