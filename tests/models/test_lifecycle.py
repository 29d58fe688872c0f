"""The acts of a document: which is possible in which status, what each brings, and what a refused one leaves alone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from invoicing import signals
from invoicing.exceptions import ContentMissingError, InvalidDataError, InvoiceFrozenError, NotCreditableError, TransitionNotAllowedError
from invoicing.models import InvoiceEvent, Item, get_invoice_model
from tests.factories import build_invoice, line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

# Written by hand from the description of the lifecycle, not read from the code: act → status that it leads to.
TABLE = {
    "DRAFT": {"issue": "NEW", "mark_sent": "SENT", "mark_paid": "PAID", "cancel": "CANCELED"},
    "NEW": {
        "issue": "NEW",
        "mark_sent": "SENT",
        "mark_paid": "PAID",
        "cancel": "CANCELED",
        "write_off": "UNCOLLECTIBLE",
        "send_to_collection": "IN_COLLECTION",
    },
    "NEW, issued": {
        "mark_sent": "SENT",
        "mark_paid": "PAID",
        "cancel": "CANCELED",
        "create_credit_note": "CREDITED",
        "write_off": "UNCOLLECTIBLE",
        "send_to_collection": "IN_COLLECTION",
    },
    "SENT": {
        "mark_sent": "SENT",
        "mark_paid": "PAID",
        "mark_returned": "RETURNED",
        "cancel": "CANCELED",
        "create_credit_note": "CREDITED",
        "write_off": "UNCOLLECTIBLE",
        "send_to_collection": "IN_COLLECTION",
    },
    "RETURNED": {
        "mark_sent": "SENT",
        "mark_paid": "PAID",
        "cancel": "CANCELED",
        "create_credit_note": "CREDITED",
        "write_off": "UNCOLLECTIBLE",
        "send_to_collection": "IN_COLLECTION",
    },
    "PAID": {"create_credit_note": "CREDITED"},
    "IN_COLLECTION": {
        "mark_paid": "PAID",
        "cancel": "CANCELED",
        "create_credit_note": "CREDITED",
        "write_off": "UNCOLLECTIBLE",
    },
    "UNCOLLECTIBLE": {"mark_paid": "PAID", "create_credit_note": "CREDITED", "send_to_collection": "IN_COLLECTION"},
    "CREDITED": {},
    "CANCELED": {},
}
ACTS = ("issue", "mark_sent", "mark_paid", "mark_returned", "cancel", "create_credit_note", "write_off", "send_to_collection")
STATUSES = ("DRAFT", "NEW", "SENT", "RETURNED", "CANCELED", "PAID", "CREDITED", "IN_COLLECTION", "UNCOLLECTIBLE")

ALLOWED = [(status, act, target) for status, row in TABLE.items() for act, target in row.items()]
REFUSED = [(status, act) for status, row in TABLE.items() for act in ACTS if act not in row]

# A status may be assigned where an act leads there; crediting by hand is possible before the issue as well, for it issues.
REACHABLE = {status: set(row.values()) for status, row in TABLE.items()}
REACHABLE["NEW"] |= {"CREDITED"}
ASSIGNABLE = [(status, target) for status in TABLE for target in STATUSES if target in REACHABLE[status] - {status.split(",")[0]}]
UNASSIGNABLE = [(status, target) for status in TABLE for target in STATUSES if target not in REACHABLE[status] | {status.split(",")[0]}]

MORNING, EVENING = datetime(2026, 11, 21, 8, tzinfo=UTC), datetime(2026, 11, 21, 20, tzinfo=UTC)

ALL_NEWS = (
    signals.invoice_issued,
    signals.invoice_sent,
    signals.invoice_paid,
    signals.invoice_returned,
    signals.invoice_canceled,
    signals.invoice_credited,
    signals.invoice_written_off,
    signals.invoice_sent_to_collection,
)


def do(invoice, act):
    getattr(invoice, act)(*(["entered twice"] if act == "cancel" else []))


def stored(invoice):
    return Invoice.objects.get(pk=invoice.pk)


# The table, cell by cell


@pytest.mark.parametrize(("status", "act", "target"), ALLOWED)
def test_an_act_leads_where_the_table_says(invoice_in, status, act, target):
    invoice = invoice_in(status)

    do(invoice, act)

    if act == "create_credit_note":
        invoice.refresh_from_db()
    assert (invoice.status, stored(invoice).status) == (target, target)
    assert stored(invoice).is_issued


@pytest.mark.parametrize(("status", "act"), REFUSED)
def test_any_other_act_is_refused_and_leaves_everything_as_it_was(invoice_in, hear, status, act):
    invoice = invoice_in(status)
    before, events = Invoice.objects.filter(pk=invoice.pk).values().get(), InvoiceEvent.objects.count()

    with hear(*ALL_NEWS) as heard, pytest.raises(NotCreditableError if act == "create_credit_note" else TransitionNotAllowedError):
        do(invoice, act)

    assert invoice.status == before["status"]
    assert Invoice.objects.filter(pk=invoice.pk).values().get() == before
    assert (InvoiceEvent.objects.count(), heard) == (events, [])


@pytest.mark.parametrize("status", TABLE)
def test_allowed_acts_names_what_is_possible(invoice_in, status):
    invoice = invoice_in(status)
    invoice.refresh_from_db()
    expected = set(TABLE[status])

    assert set(invoice.allowed_acts) - {"create_credit_note"} == expected - {"create_credit_note"}
    assert expected <= set(invoice.allowed_acts)


def test_a_new_invoice_that_is_not_issued_offers_no_credit_note(invoice_in):
    assert "create_credit_note" not in invoice_in("NEW").allowed_acts


@pytest.mark.parametrize("kind", [{"type": "PROFORMA"}, {"type": "CREDIT_NOTE"}, {"origin": "RECEIVED", "number": "A-77/26"}])
def test_what_cannot_be_credited_offers_no_credit_note(kind, settings):
    settings.INVOICING_CONTENT_RULES = "BASIC"

    assert "create_credit_note" not in make_issued_invoice(**kind).allowed_acts


@pytest.mark.parametrize(("status", "target"), ASSIGNABLE)
def test_a_status_that_is_assigned_obeys_the_same_table(invoice_in, status, target):
    invoice = invoice_in(status)
    invoice.refresh_from_db()
    invoice.status = target
    invoice.save()

    assert stored(invoice).status == target
    # A draft that is called NEW takes its number and stays open; every other step issues.
    assert stored(invoice).is_issued == ((status, target) != ("DRAFT", "NEW"))
    assert stored(invoice).number == ("" if (status, target) == ("DRAFT", "CANCELED") else "2026/1")


@pytest.mark.parametrize(("status", "target"), UNASSIGNABLE)
def test_a_status_that_the_table_lacks_is_refused(invoice_in, status, target):
    invoice = invoice_in(status)
    invoice.refresh_from_db()
    before = invoice.status
    invoice.status = target

    with pytest.raises(TransitionNotAllowedError, match=f"is {before}: {target} is not possible"):
        invoice.save()

    assert stored(invoice).status == before


@pytest.mark.parametrize("status", TABLE)
def test_saving_without_a_step_keeps_the_status(invoice_in, status):
    invoice = invoice_in(status)
    invoice.refresh_from_db()
    events = InvoiceEvent.objects.count()
    invoice.save()

    assert stored(invoice).status == status.split(",")[0]
    assert InvoiceEvent.objects.count() == events


@pytest.mark.parametrize("word", ["PENDING", "paid", "", "DRAFT "])
def test_a_word_that_is_no_status_is_refused(word):
    invoice = make_invoice()
    invoice.status = word

    with pytest.raises(InvalidDataError, match="is no status: use one of DRAFT, NEW, SENT") as refusal:
        invoice.save()

    assert list(refusal.value.errors) == ["status"]


def test_a_refusal_says_what_is_possible():
    invoice = make_issued_invoice()
    invoice.mark_paid()

    with pytest.raises(
        TransitionNotAllowedError, match=r"2026/1 is PAID: cancel is not possible\. Possible now: create_credit_note\."
    ) as refusal:
        invoice.cancel("no longer wanted")

    assert refusal.value.code == "transition_not_allowed"


# A first save in a later status


@pytest.mark.parametrize("status", ["SENT", "PAID"])
def test_a_document_may_be_entered_in_a_later_status(status):
    invoice = make_invoice(status=status)

    invoice.refresh_from_db()
    assert (invoice.status, invoice.number, invoice.is_issued) == (status, "2026/1", True)
    assert (invoice.date_sent is not None, invoice.date_paid is not None) == (status == "SENT", status == "PAID")


def test_a_document_cannot_be_entered_as_returned():
    with pytest.raises(TransitionNotAllowedError):
        make_invoice(status="RETURNED")


# Dates


def test_sending_and_paying_set_their_dates(time_machine):
    invoice = make_issued_invoice()
    assert (invoice.date_sent, invoice.date_paid) == (None, None)

    time_machine.move_to(MORNING, tick=False)
    invoice.mark_sent()
    time_machine.move_to(EVENING, tick=False)
    invoice.mark_paid()

    assert (stored(invoice).date_sent, stored(invoice).date_paid) == (MORNING, EVENING)


def test_the_dates_are_set_by_assignment_too(time_machine):
    invoice = make_invoice([line()])

    time_machine.move_to(MORNING, tick=False)
    invoice.status = "SENT"
    invoice.save()
    time_machine.move_to(EVENING, tick=False)
    invoice.status = "PAID"
    invoice.save(update_fields=["status"])

    assert (stored(invoice).date_sent, stored(invoice).date_paid) == (MORNING, EVENING)


@pytest.mark.parametrize("fields", [None, ["status"], ["internal_note"], ["date_sent"]])
def test_later_saves_do_not_overwrite_the_dates(time_machine, fields):
    time_machine.move_to(MORNING, tick=False)
    invoice = make_invoice([line()], status="SENT")

    time_machine.move_to(EVENING, tick=False)
    for instance in (invoice, stored(invoice)):
        instance.internal_note = "Called on Friday"
        instance.save(update_fields=fields)

    assert stored(invoice).date_sent == MORNING


def test_later_steps_do_not_overwrite_the_date_of_sending(time_machine):
    time_machine.move_to(MORNING, tick=False)
    invoice = make_invoice([line()], status="SENT")

    time_machine.move_to(EVENING, tick=False)
    invoice.mark_returned()

    assert stored(invoice).date_sent == MORNING


def test_sending_again_sets_the_date_anew(time_machine):
    time_machine.move_to(MORNING, tick=False)
    invoice = make_invoice([line()], status="SENT")
    invoice.mark_returned()

    time_machine.move_to(EVENING, tick=False)
    invoice.mark_sent()

    assert stored(invoice).date_sent == EVENING


def test_an_instance_that_was_loaded_before_the_step_does_not_move_its_date(time_machine):
    invoice = make_issued_invoice()
    stale = stored(invoice)

    time_machine.move_to(MORNING, tick=False)
    invoice.mark_sent()
    time_machine.move_to(EVENING, tick=False)
    stale.status = "SENT"
    stale.internal_note = "Sent by post"
    stale.save()

    assert (stored(invoice).date_sent, stored(invoice).internal_note) == (MORNING, "Sent by post")


def test_what_is_sent_already_keeps_its_date_when_it_is_marked_sent(time_machine):
    time_machine.move_to(MORNING, tick=False)
    invoice = make_invoice([line()], status="SENT")

    time_machine.move_to(EVENING, tick=False)
    invoice.mark_sent()

    assert stored(invoice).date_sent == MORNING


@pytest.mark.parametrize("act", ["issue", "mark_sent", "mark_paid", "cancel"])
def test_the_moment_of_issue_is_set_once(time_machine, act):
    time_machine.move_to(MORNING, tick=False)
    invoice = make_invoice([line()])
    assert not invoice.is_issued

    do(invoice, act)
    assert stored(invoice).issued_at == MORNING

    time_machine.move_to(EVENING, tick=False)
    invoice.internal_note = "Filed"
    invoice.save()
    assert stored(invoice).issued_at == MORNING


# What acts bring


def test_what_is_marked_paid_has_nothing_left_to_pay():
    invoice = make_issued_invoice()
    invoice.mark_paid()

    assert (str(stored(invoice).already_paid), str(stored(invoice).to_pay)) == ("952.00", "0.00")


def test_marking_paid_keeps_what_was_paid_too_much():
    invoice = make_issued_invoice()
    invoice.already_paid = Decimal("1000.00")
    invoice.save()
    invoice.mark_paid()

    assert str(stored(invoice).to_pay) == "-48.00"


@pytest.mark.parametrize("reason", ["", "   "])
def test_canceling_wants_a_reason(reason):
    invoice = make_issued_invoice()

    with pytest.raises(InvalidDataError, match="reason: Say why"):
        invoice.cancel(reason)

    assert stored(invoice).status == "NEW"


def test_a_canceled_invoice_keeps_its_number():
    invoice = make_issued_invoice()
    invoice.cancel("entered twice")

    assert (stored(invoice).number, make_invoice().number) == ("2026/1", "2026/2")


def test_sending_issues_first():
    draft = make_invoice([line()], status="DRAFT")
    draft.mark_sent()

    assert (stored(draft).number, stored(draft).is_issued) == ("2026/1", True)


def test_an_unsaved_invoice_can_be_issued_where_no_content_is_asked_for(settings):
    settings.INVOICING_CONTENT_RULES = "NONE"
    invoice = build_invoice()
    invoice.issue()

    assert (stored(invoice).status, stored(invoice).number, stored(invoice).is_issued) == ("NEW", "2026/1", True)


def test_an_unsaved_invoice_without_content_is_not_saved_by_issuing_it():
    with pytest.raises(ContentMissingError):
        build_invoice().issue()

    assert not Invoice.objects.exists()


def test_issuing_twice_is_refused():
    invoice = make_issued_invoice()

    with pytest.raises(TransitionNotAllowedError, match="2026/1 is NEW: issue is not possible"):
        invoice.issue()


@pytest.mark.parametrize(
    ("act", "signal", "details"),
    [
        ("issue", signals.invoice_issued, {}),
        ("mark_sent", signals.invoice_sent, {}),
        ("mark_paid", signals.invoice_paid, {}),
        ("cancel", signals.invoice_canceled, {"reason": "entered twice"}),
        ("write_off", signals.invoice_written_off, {"reason": ""}),
        ("send_to_collection", signals.invoice_sent_to_collection, {"reason": ""}),
    ],
)
def test_each_act_is_told_once_with_what_it_brought(hear, act, signal, details):
    invoice = make_invoice([line()])

    with hear(signal) as heard:
        do(invoice, act)

    assert len(heard) == 1
    assert heard[0].pop("signal") is signal
    assert heard[0] == {"sender": Invoice, "invoice": invoice, **details}
    assert heard[0]["invoice"].status == stored(invoice).status


def test_coming_back_is_told_once(hear, invoice_in):
    invoice = invoice_in("SENT")

    with hear(signals.invoice_returned) as heard:
        invoice.mark_returned()

    assert [news["invoice"] for news in heard] == [invoice]


def test_an_assigned_status_is_told_as_well(hear):
    invoice = make_invoice([line()])
    invoice.status = "SENT"

    with hear(*ALL_NEWS) as heard:
        invoice.save()

    assert [news["signal"] for news in heard] == [signals.invoice_issued, signals.invoice_sent]


def test_a_listener_that_fails_undoes_the_step():
    def refuse(**news):
        raise RuntimeError("ledger is closed")

    invoice = make_issued_invoice()
    signals.invoice_sent.connect(refuse)
    try:
        with pytest.raises(RuntimeError, match="ledger is closed"):
            invoice.mark_sent()
    finally:
        signals.invoice_sent.disconnect(refuse)

    assert (invoice.status, invoice.date_sent) == ("NEW", None)
    assert (stored(invoice).status, stored(invoice).date_sent) == ("NEW", None)


# Some columns only


def test_saving_the_status_alone_writes_all_that_the_step_brings():
    draft = make_invoice([line()], status="DRAFT")
    draft.status = "PAID"
    draft.note = "not written"
    draft.save(update_fields=["status"])

    row = stored(draft)
    assert (row.status, row.number, row.is_issued, row.note) == ("PAID", "2026/1", True, "")
    assert (row.date_paid is not None, str(row.already_paid)) == (True, "952.00")


def test_saving_other_columns_leaves_the_status_alone(hear):
    invoice = make_invoice([line()])
    invoice.status = "SENT"
    invoice.note = "Thank you"
    with hear(*ALL_NEWS) as heard:
        invoice.save(update_fields=["note"])

    row = stored(invoice)
    assert (row.status, row.note, row.date_sent, row.issued_at, heard) == ("NEW", "Thank you", None, None, [])


def test_saving_some_columns_writes_no_other():
    invoice = make_invoice([line()])
    invoice.note, invoice.title = "written", "not written"
    invoice.save(update_fields=["note"])

    assert (stored(invoice).note, stored(invoice).title) == ("written", "")


def test_saving_no_columns_writes_nothing():
    invoice = make_invoice([line()])
    invoice.note = "not written"
    invoice.save(update_fields=[])

    assert stored(invoice).note == ""


def test_a_row_that_was_loaded_in_part_can_be_saved():
    pk = make_invoice([line()], note="Thank you").pk
    invoice = Invoice.objects.only("title").get(pk=pk)
    invoice.title = "Spring campaign"
    invoice.save()

    assert (stored(invoice).title, stored(invoice).note, str(stored(invoice).total)) == ("Spring campaign", "Thank you", "952.00")


# Instances that do not know what happened


def test_an_instance_of_before_takes_no_step_back():
    invoice = make_invoice([line()])
    stale = stored(invoice)
    invoice.mark_sent()
    stale.internal_note = "called"
    stale.save()

    assert (stored(invoice).status, stored(invoice).internal_note) == ("SENT", "called")
    assert stale.status == "SENT"


def test_an_instance_of_before_keeps_what_others_stored():
    invoice = make_issued_invoice()
    stale = stored(invoice)
    invoice.already_paid, invoice.internal_note = Decimal(100), "paid in part"
    invoice.save()
    stale.mark_sent()

    assert (str(stored(invoice).already_paid), stored(invoice).internal_note) == ("100.00", "paid in part")


def test_an_instance_of_before_issues_the_customer_of_now():
    draft = make_invoice([line()], status="DRAFT")
    stale = stored(draft)
    draft.customer_name = "Sommer & Töchter OHG"
    draft.save()
    stale.issue()

    assert stored(draft).customer_name == "Sommer & Töchter OHG"


def test_one_act_is_done_once(hear):
    invoice = make_issued_invoice()
    stale = stored(invoice)
    invoice.mark_paid()

    with hear(signals.invoice_paid) as heard, pytest.raises(TransitionNotAllowedError):
        stale.mark_paid()
    assert heard == []


def test_an_instance_of_before_cannot_pay_what_was_canceled():
    invoice = make_issued_invoice()
    stale = stored(invoice)
    invoice.cancel("entered twice")

    with pytest.raises(TransitionNotAllowedError, match="is CANCELED"):
        stale.mark_paid()

    assert (stored(invoice).status, stored(invoice).date_paid) == ("CANCELED", None)


def test_an_instance_of_before_cannot_change_what_was_issued():
    invoice = make_invoice([line()])
    stale = stored(invoice)
    invoice.issue()
    stale.note = "too late"

    with pytest.raises(InvoiceFrozenError):
        stale.save()

    assert (stored(invoice).note, stored(invoice).is_issued) == ("", True)


def test_an_instance_of_before_does_not_undo_the_issue():
    invoice = make_invoice([line()])
    stale = stored(invoice)
    invoice.issue()

    stale.save()

    assert stored(invoice).is_issued


def test_an_instance_of_before_saves_the_totals_of_now():
    invoice = make_invoice([line()])
    stale = stored(invoice)
    Item(invoice=invoice, **line("Hosting", unit_price=Decimal(10))).save()
    stale.note = "Thank you"
    stale.save()

    # 952.00 and 10 × 10.00 + 19 % = 119.00.
    assert (str(stale.total), str(stored(invoice).total)) == ("1071.00", "1071.00")


def test_an_instance_of_a_row_that_is_gone_is_not_written_again():
    invoice = make_invoice()
    stale = stored(invoice)
    invoice.delete()

    with pytest.raises(Invoice.DoesNotExist):
        stale.save()

    assert not Invoice.objects.exists()


def test_a_fresh_instance_with_the_key_of_an_issued_row_cannot_overwrite_it():
    invoice = make_issued_invoice()

    with pytest.raises(InvoiceFrozenError):
        build_invoice(pk=invoice.pk, note="overwritten").save()

    assert (stored(invoice).note, stored(invoice).number, stored(invoice).is_issued) == ("", "2026/1", True)


def test_a_fresh_instance_with_the_key_of_an_open_row_cannot_take_its_number_away():
    invoice = make_invoice([line()])

    with pytest.raises(InvalidDataError, match="A sequence is taken once and kept"):
        build_invoice(pk=invoice.pk).save()

    assert stored(invoice).number == "2026/1"


def test_an_instance_whose_save_was_refused_can_be_mended_and_saved():
    invoice = build_invoice(date_due=date(2026, 11, 1))
    with pytest.raises(InvalidDataError, match="date_due: It is before the issue date"):
        invoice.save()
    assert (invoice.pk, invoice.number) == (None, "")

    invoice.date_due = date(2026, 12, 1)
    invoice.save()
    assert stored(invoice).number == "2026/1"


def test_an_act_that_is_rolled_back_leaves_nothing():
    invoice = make_issued_invoice()
    with transaction.atomic():
        invoice.mark_paid()
        transaction.set_rollback(True)

    assert (stored(invoice).status, stored(invoice).date_paid) == ("NEW", None)
