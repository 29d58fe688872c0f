"""The page of webhooks is the code: whoever changes one has to change the other."""

import json
import re
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from invoicing.contrib.api.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookKind
from invoicing.contrib.api.webhooks import exceptions, services, signing
from invoicing.contrib.api.webhooks.payloads import document_of
from invoicing.contrib.api.webhooks.services import note_overdue, send_due, send_ping
from invoicing.exceptions import InvoicingError
from invoicing.models import get_invoice_model
from tests.docs.columns import kind
from tests.docs.pages import DOCS, ROOT, quoted, table
from tests.factories import make_issued_invoice

PAGE = DOCS / "reference/webhooks.md"

MODELS = [WebhookEndpoint, WebhookEvent, WebhookDelivery, WebhookAttempt]


def first_cells(heading):
    return [name for row in table(PAGE, after=heading) for name in quoted(row[0])]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_column_is_in_the_table_with_its_kind(model):
    described = {quoted(name)[0]: sort for name, sort, _ in table(PAGE, after=f"## {model.__name__}")}
    described = {name: sort.replace("→ Invoice", f"→ {get_invoice_model().__name__}") for name, sort in described.items()}

    assert described == {field.name: kind(field) for field in model._meta.concrete_fields if not field.primary_key}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_choices_that_a_table_lists_are_all_choices(model):
    for name, _, text in table(PAGE, after=f"## {model.__name__}"):
        choices = model._meta.get_field(quoted(name)[0]).choices
        if choices:
            assert quoted(text) == [word for word, _ in choices]


@pytest.mark.django_db(transaction=True)
def test_every_event_is_in_the_table_with_what_it_has(endpoint, receiver):
    WebhookEndpoint.objects.update(created=datetime(2026, 11, 1, tzinfo=UTC))
    invoice = make_issued_invoice()
    invoice.mark_sent()
    note_overdue(on=datetime(2026, 12, 5, tzinfo=UTC).date())
    invoice.mark_paid()
    make_issued_invoice().create_credit_note(reason="returned")
    make_issued_invoice().cancel("entered twice")
    send_ping(endpoint)
    described = {quoted(name)[0]: set(quoted(has)) for name, _, has in table(PAGE, after="## Events")}
    written = {event.kind: set(event.payload["data"]) for event in WebhookEvent.objects.all()}
    event = WebhookEvent.objects.filter(kind="invoice.issued").first()

    assert list(described) == WebhookKind.values
    assert described == written
    assert set(first_cells("## The message")) == set(event.payload)
    assert first_cells("`invoice` and `credit_note`, as they were in the transaction of the change:") == list(document_of(invoice))
    send_due(now=timezone.now())
    sent = {name.lower() for name in receiver.got[0][1]}
    assert {name.lower() for name in first_cells("## Headers")} <= sent


def test_the_functions_exist():
    for name in first_cells("In `invoicing.contrib.api.webhooks.services`:"):
        assert callable(getattr(services, name.partition("(")[0]))
    for name in first_cells("In `invoicing.contrib.api.webhooks.signing`, for receivers:"):
        assert callable(getattr(signing, name.partition("(")[0]))


def test_every_check_is_in_the_table():
    written = (ROOT / "invoicing/contrib/api/webhooks/checks.py").read_text(encoding="utf-8")

    assert [quoted(row[0])[0] for row in table(PAGE, after="## Checks")] == sorted(set(re.findall(r'id="(\w+\.[EW]\d{3})"', written)))


def test_every_error_is_in_the_table():
    rows = {quoted(name)[0]: quoted(code)[0] for name, code, _ in table(PAGE, after="## Errors")}
    ours = [error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, InvoicingError)]

    assert rows == {error.__name__: error.code for error in ours if error.__module__ == exceptions.__name__}


@pytest.mark.django_db
def test_every_key_of_the_command_is_in_the_table():
    told = StringIO()
    call_command("invoicing_send_webhooks", json=True, stdout=told)
    rows = table(DOCS / "reference/commands.md", after="### JSON of invoicing_send_webhooks")

    assert [name for row in rows for name in quoted(row[0])] == list(json.loads(told.getvalue()))
