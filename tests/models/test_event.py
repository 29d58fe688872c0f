"""The history of a document: what happened, when, and who did it. It can only be added to."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from invoicing.actor import acting
from invoicing.exceptions import AppendOnlyError, TransitionNotAllowedError
from invoicing.models import InvoiceEvent, get_invoice_model
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def history(invoice):
    return list(invoice.events.values_list("kind", "status_from", "status_to"))


def test_a_life_is_written_down_step_by_step():
    draft = make_invoice([line()], status="DRAFT")
    draft.issue()
    draft.mark_sent()
    draft.mark_returned()
    draft.send_to_collection("third reminder")
    draft.write_off("insolvent")

    assert history(draft) == [
        ("CREATED", "", "DRAFT"),
        ("ISSUED", "DRAFT", "NEW"),
        ("STATUS_CHANGED", "NEW", "SENT"),
        ("STATUS_CHANGED", "SENT", "RETURNED"),
        ("STATUS_CHANGED", "RETURNED", "IN_COLLECTION"),
        ("STATUS_CHANGED", "IN_COLLECTION", "UNCOLLECTIBLE"),
    ]
    assert list(draft.events.values_list("reason", flat=True)) == ["", "", "", "", "third reminder", "insolvent"]


def test_an_assigned_status_is_written_down_as_well():
    invoice = make_invoice([line()])
    invoice.status = "PAID"
    invoice.save()

    assert history(invoice) == [("CREATED", "", "NEW"), ("ISSUED", "NEW", "NEW"), ("STATUS_CHANGED", "NEW", "PAID")]


def test_a_whole_credit_is_a_step_and_news_of_its_own():
    invoice = make_issued_invoice()
    note = invoice.create_credit_note(reason="Delivered twice")

    assert history(invoice)[2:] == [("STATUS_CHANGED", "NEW", "CREDITED"), ("CREDITED", "", "")]
    assert [kind for kind, _, _ in history(note)] == ["COPIED", "ISSUED"]


def test_a_save_without_a_step_is_no_event():
    invoice = make_invoice([line()])
    invoice.note = "Thank you"
    invoice.save()

    assert history(invoice) == [("CREATED", "", "NEW")]


def test_a_refused_step_is_no_event():
    invoice = make_issued_invoice()
    with pytest.raises(TransitionNotAllowedError):
        invoice.mark_returned()

    assert len(history(invoice)) == 2


def test_an_event_knows_when_it_was_and_of_which_number(time_machine):
    moment = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    time_machine.move_to(moment, tick=False)
    event = make_invoice([line()]).events.get()

    assert (event.at, event.number, str(event)) == (moment, "2026/1", "2026/1 created")


# Who


def test_an_event_names_the_user_who_acts():
    petra = get_user_model().objects.create_user("petra")
    with acting(petra):
        invoice = make_issued_invoice()

    assert set(invoice.events.values_list("actor", "actor_name")) == {(petra.pk, "petra")}


def test_an_event_may_name_a_program():
    with acting("nightly import"):
        event = make_invoice().events.get()

    assert (event.actor, event.actor_name) == (None, "nightly import")


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_without_a_user_the_name_is_empty(nobody):
    with acting(nobody):
        event = make_invoice().events.get()

    assert (event.actor, event.actor_name) == (None, "")


@pytest.mark.parametrize("make", [make_invoice, make_issued_invoice])
def test_the_name_outlives_the_user(make):
    petra = get_user_model().objects.create_user("petra")
    with acting(petra):
        invoice = make()
    petra.delete()

    assert {(event.actor, event.actor_name) for event in invoice.events.all()} == {(None, "petra")}


def test_a_name_that_is_too_long_is_cut():
    with acting("x" * 300):
        assert make_invoice().events.get().actor_name == "x" * 255


# Nothing is rewritten


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda event: event.save(),
        lambda event: event.save(update_fields=["reason"]),
        lambda event: event.delete(),
        lambda event: InvoiceEvent.objects.filter(pk=event.pk).update(reason="changed"),
        lambda event: InvoiceEvent.objects.filter(pk=event.pk).delete(),
        lambda _: InvoiceEvent.objects.all().delete(),
        lambda event: event.invoice.events.all().delete(),
        lambda event: event.invoice.events.update(reason="changed"),
        lambda event: InvoiceEvent.objects.update_or_create(pk=event.pk, defaults={"reason": "changed"}),
        lambda event: InvoiceEvent(pk=event.pk, invoice=event.invoice, kind="CREATED", reason="changed").save(),
    ],
    ids=[
        "save",
        "update_fields",
        "delete",
        "update",
        "queryset delete",
        "all",
        "related delete",
        "related update",
        "update_or_create",
        "same key",
    ],
)
def test_history_is_never_changed_or_deleted(rewrite):
    event = make_invoice().events.get()
    event.reason = "changed"

    with pytest.raises(AppendOnlyError, match="Invoice event is history") as refusal:
        rewrite(event)

    assert refusal.value.code == "append_only"
    assert InvoiceEvent.objects.get().reason == ""


def test_history_outlives_the_draft_it_tells_of():
    make_invoice([line()], status="DRAFT").delete()

    assert list(InvoiceEvent.objects.values_list("kind", "invoice")) == [("CREATED", None), ("DELETED", None)]
