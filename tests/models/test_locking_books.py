"""Locked books: nothing of a locked day is issued, changed or voided, unless somebody is exempted for a time."""

from datetime import date, timedelta
from threading import Event

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from invoicing import signals
from invoicing.actor import acting
from invoicing.exceptions import AppendOnlyError, BooksLockedError, InvalidDataError
from invoicing.models import Company, InvoiceEvent, Item, LockExemption, Register, VoidedNumber, get_invoice_model
from invoicing.verifying import verify_chain
from tests.factories import TODAY, build_invoice, line, make_company, make_invoice
from tests.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

LOCKED = date(2026, 10, 31)
"""The last locked day of these tests. Documents of TODAY, 20 November, are not in the locked books."""

OCTOBER = {"date_issue": date(2026, 10, 5), "date_tax_point": date(2026, 10, 5), "date_due": date(2026, 12, 4)}


@pytest.fixture
def company():
    return make_company()


@pytest.fixture
def petra():
    return get_user_model().objects.create_user("petra")


def lock(company, until=LOCKED, reason="VAT return of October"):
    company.lock_books(until, reason=reason)


def in_october(company, items=None, **fields):
    return make_invoice([line()] if items is None else items, company=company, **OCTOBER, **fields)


def grant(company, user, *, hours=1, reason="the accountant asked for it"):
    return LockExemption.objects.grant(company, user, until=timezone.now() + timedelta(hours=hours), reason=reason)


# The lock date


def test_a_lock_is_an_event_of_the_chain_with_its_reason(company, petra):
    with acting(petra):
        lock(company)
        lock(company, date(2026, 9, 30), "October is not done after all")
        lock(company, None, "start again")

    events = InvoiceEvent.objects.filter(kind="LOCKED").order_by("position")
    assert [(event.reason, event.data, event.actor_name) for event in events] == [
        ("VAT return of October", {"from": None, "to": "2026-10-31"}, "petra"),
        ("October is not done after all", {"from": "2026-10-31", "to": "2026-09-30"}, "petra"),
        ("start again", {"from": "2026-09-30", "to": None}, "petra"),
    ]
    assert Register.objects.get(company=company).length == 3
    assert Register.objects.get(company=company).locked_until is None
    assert not list(verify_chain())


def test_a_lock_needs_a_reason(company):
    with pytest.raises(InvalidDataError) as refusal:
        lock(company, reason=" ")

    assert list(refusal.value.errors) == ["reason"]
    assert Company.objects.get().locked_until is None


def test_a_lock_date_may_come_as_a_text(company):
    lock(company, "2026-10-31")

    assert company.locked_until == Company.objects.get().locked_until == LOCKED


def test_a_lock_date_that_is_none_changes_nothing(company):
    with pytest.raises(InvalidDataError) as refusal:
        lock(company, "2026-13-01")

    assert list(refusal.value.errors) == ["locked_until"]
    assert company.locked_until is None
    assert not InvoiceEvent.objects.exists()


def test_a_lock_date_that_is_saved_is_an_event_too(company):
    company.locked_until = LOCKED
    company.save()
    company.phone = "+49 30 5550 0000"
    company.save()

    assert InvoiceEvent.objects.get(kind="LOCKED").data == {"from": None, "to": "2026-10-31"}
    assert Register.objects.get(company=company).locked_until == LOCKED


def test_a_lock_to_where_it_is_already_is_no_event(company):
    lock(company)
    lock(company)

    assert InvoiceEvent.objects.filter(kind="LOCKED").count() == 1


@pytest.mark.parametrize("fields", [None, ["phone"], ["phone", "locked_until"]])
def test_an_old_instance_does_not_unlock_the_books(company, fields):
    old = Company.objects.get()
    lock(company)
    old.phone = "+49 30 5550 0000"
    old.save(update_fields=fields)

    assert Company.objects.get().locked_until == LOCKED
    assert InvoiceEvent.objects.filter(kind="LOCKED").count() == 1


def test_an_instance_that_locked_goes_on_to_know(company):
    lock(company)
    Company.objects.get().lock_books(TODAY, reason="November, too")
    company.phone = "+49 30 5550 0000"
    company.save()

    assert Company.objects.get().locked_until == TODAY


@pytest.mark.parametrize(
    "move",
    [
        lambda _: Company.objects.update(locked_until=LOCKED),
        lambda company: Company.objects.filter(pk=company.pk).update(locked_until=None),
        lambda company: Company.objects.bulk_update([company], ["locked_until"]),
    ],
    ids=["update", "filter", "bulk_update"],
)
def test_a_lock_date_moves_company_by_company(company, move):
    with pytest.raises(InvalidDataError, match="lock_books"):
        move(company)


# What is refused


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2026, 10, 1), date(2025, 1, 1)])
def test_a_document_of_a_locked_day_takes_no_number(company, day):
    lock(company)

    with pytest.raises(BooksLockedError) as refusal:
        make_invoice([line()], company=company, date_issue=day, date_tax_point=day)

    assert refusal.value.code == "books_locked"
    assert refusal.value.params == {"locked_until": LOCKED, "number": "the draft", "day": day}
    assert not Invoice.objects.exists()


def test_the_day_after_is_open(company):
    lock(company)
    day = date(2026, 11, 1)

    invoice = make_invoice([line()], company=company, date_issue=day, date_tax_point=day)
    invoice.issue()
    assert invoice.is_issued


def test_another_company_is_not_locked(company):
    lock(company)

    in_october(make_company(code="TA")).issue()
    make_invoice([line()], **OCTOBER).issue()


ACTS = {
    "issue": lambda invoice: invoice.issue(),
    "mark_sent": lambda invoice: invoice.mark_sent(),
    "mark_paid": lambda invoice: invoice.mark_paid(),
    "cancel": lambda invoice: invoice.cancel("entered twice"),
    "delete": lambda invoice: invoice.delete(),
    "queryset delete": lambda invoice: Invoice.objects.filter(pk=invoice.pk).delete(),
    "issue_many": lambda invoice: Invoice.issue_many([invoice]),
    "save": lambda invoice: set_and_save(invoice, note="Thank you"),
    "save of one column": lambda invoice: set_and_save(invoice, ["note"], note="Thank you"),
    "internal note": lambda invoice: set_and_save(invoice, internal_note="asked for by phone"),
    "dated out": lambda invoice: set_and_save(invoice, date_issue=TODAY, date_tax_point=TODAY),
    "status": lambda invoice: set_and_save(invoice, status="SENT"),
    "update": lambda invoice: Invoice.objects.filter(pk=invoice.pk).update(note="Thank you"),
    "bulk_update": lambda invoice: Invoice.objects.bulk_update([changed(invoice, note="Thank you")], ["note"]),
    "new item": lambda invoice: Item(invoice=invoice, **line()).save(),
    "add_items": lambda invoice: invoice.add_items([line()]),
    "bulk items": lambda invoice: Item.objects.bulk_create([Item(invoice=invoice, **line())]),
    "batch": lambda invoice: invoice.batch().__enter__(),
    "changed item": lambda invoice: set_and_save(invoice.item_set.get(), quantity=2),
    "items updated": lambda invoice: invoice.item_set.update(quantity=2),
    "deleted item": lambda invoice: invoice.item_set.get().delete(),
    "items deleted": lambda invoice: invoice.item_set.all().delete(),
    "item moved out": lambda invoice: set_and_save(invoice.item_set.get(), invoice=make_invoice(company=invoice.company)),
    "item moved in": lambda invoice: set_and_save(make_invoice([line()], company=invoice.company).item_set.get(), invoice=invoice),
    "recalculate_tax": lambda invoice: invoice.recalculate_tax(),
    "create_copy": lambda invoice: invoice.create_copy(),
}


def changed(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def set_and_save(row, update_fields=None, **fields):
    changed(row, **fields).save(update_fields=update_fields)


def rows():
    return [list(Invoice.objects.order_by("pk").values()), list(Item.objects.order_by("pk").values())]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("instance", ["read again", "of before the lock"])
def test_a_numbered_document_of_a_locked_day_stays_as_it_is(company, act, instance):
    invoice = in_october(company)
    before = in_october(company), rows()
    lock(Company.objects.get(pk=company.pk))
    if instance == "read again":
        invoice = Invoice.objects.get(pk=invoice.pk)

    with pytest.raises(BooksLockedError), transaction.atomic():
        ACTS[act](invoice)

    assert rows() == before[1]
    assert not VoidedNumber.objects.exists()


@pytest.mark.parametrize("act", ["cancel", "delete"])
def test_an_issued_document_of_a_locked_day_is_not_voided(company, act):
    invoice = in_october(company)
    invoice.issue()
    lock(company)

    with pytest.raises(Exception) as refusal:  # noqa: PT011  # which of the two reasons is said does not matter to delete()
        ACTS[act](Invoice.objects.get(pk=invoice.pk))

    assert type(refusal.value).__name__ in {"cancel": {"BooksLockedError"}, "delete": {"BooksLockedError", "InvoiceFrozenError"}}[act]
    assert Invoice.objects.get().status == "NEW"


def test_a_document_is_not_dated_into_locked_books(company):
    invoice = make_invoice([line()], company=company)
    lock(company)
    invoice.date_issue = LOCKED

    with pytest.raises(BooksLockedError) as refusal:
        invoice.save()

    assert refusal.value.params["day"] == LOCKED
    assert Invoice.objects.get().date_issue == TODAY


def test_a_draft_is_not_called_new_in_locked_books(company):
    draft = in_october(company, status="DRAFT")
    lock(company)
    draft.status = "NEW"

    with pytest.raises(BooksLockedError):
        draft.save()
    assert Invoice.objects.get().status == "DRAFT"


def test_a_whole_file_of_documents_is_refused_for_one(company):
    lock(company)

    with pytest.raises(BooksLockedError):
        Invoice.create_many([(build_invoice(company=company), []), (build_invoice(company=company, **OCTOBER), [])])
    assert not Invoice.objects.exists()


# What stays possible


def test_a_draft_may_be_edited_in_locked_books(company):
    draft = in_october(company, status="DRAFT")
    lock(company)
    draft = Invoice.objects.get(pk=draft.pk)

    draft.note = "Thank you"
    draft.save()
    draft.add_items([line("Hosting")])
    draft.item_set.last().delete()
    Invoice.objects.filter(pk=draft.pk).update(title="Website")
    in_october(company, status="DRAFT").delete()

    assert Invoice.objects.get().title == "Website"


def test_a_draft_is_dated_out_of_locked_books_and_issued_at_once(company):
    draft = in_october(company, status="DRAFT")
    lock(company)
    draft = Invoice.objects.get(pk=draft.pk)
    with pytest.raises(BooksLockedError, match="Date it later"):
        draft.issue()

    draft.date_issue = draft.date_tax_point = TODAY
    draft.issue()

    assert (draft.number, Invoice.objects.get().date_issue) == ("2026/1", TODAY)


def test_life_goes_on_for_issued_documents(company):
    sent, paid, lost, noted = (in_october(company) for _ in range(4))
    for invoice in (sent, paid, lost, noted):
        invoice.issue()
    lock(company)

    sent.mark_sent()
    sent.mark_returned()
    paid.mark_paid()
    lost.send_to_collection("third reminder")
    lost.write_off("insolvent")
    noted.internal_note = "asked for by phone"
    noted.already_paid = 100
    noted.save()
    Invoice.objects.filter(pk=noted.pk).update(metadata={"project": 7})

    assert list(Invoice.objects.order_by("pk").values_list("status", flat=True)) == ["RETURNED", "PAID", "UNCOLLECTIBLE", "NEW"]


def test_a_locked_document_is_credited_today(company):
    invoice = in_october(company)
    invoice.issue()
    lock(company)

    with pytest.raises(BooksLockedError):
        invoice.create_credit_note(date_issue=LOCKED)
    note = invoice.create_credit_note(date_issue=TODAY)

    assert note.is_issued
    assert Invoice.objects.get(pk=invoice.pk).status == "CREDITED"
    note.cancel("a mistake")
    assert Invoice.objects.get(pk=invoice.pk).status == "NEW"
    assert not list(verify_chain())


def test_a_locked_document_is_copied_to_a_later_day(company):
    invoice = in_october(company)
    lock(company)

    assert invoice.create_copy(date_issue=TODAY).date_issue == TODAY


def test_the_lock_may_be_moved_back(company):
    invoice = in_october(company)
    lock(company)
    lock(company, date(2026, 9, 30), "October is not done after all")

    invoice = Invoice.objects.get(pk=invoice.pk)
    invoice.issue()
    assert invoice.is_issued


# A host without companies


def test_a_host_without_companies_locks_by_its_settings(settings):
    settings.INVOICING_LOCKED_UNTIL = LOCKED
    draft = make_invoice([line()], status="DRAFT", **OCTOBER)

    with pytest.raises(BooksLockedError):
        draft.issue()
    with pytest.raises(BooksLockedError):
        make_invoice([line()], **OCTOBER)
    make_invoice([line()], company=make_company(), **OCTOBER).issue()
    make_invoice([line()]).issue()


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"item moved out", "item moved in"}))
def test_the_settings_lock_numbered_documents_too(settings, act):
    invoice, _later = make_invoice([line()], **OCTOBER), make_invoice([line()], **OCTOBER)
    settings.INVOICING_LOCKED_UNTIL = LOCKED

    with pytest.raises(BooksLockedError), transaction.atomic():
        ACTS[act](invoice)


# Exemptions


def test_an_exempted_user_writes_into_locked_books(company, petra):
    invoice = in_october(company)
    lock(company)
    grant(company, petra)

    with acting(petra):
        invoice.note = "Thank you"
        invoice.save()
        invoice.add_items([line("Hosting")])
        invoice.issue()
        in_october(company).delete()
        Invoice.create_many([(build_invoice(company=company, status="DRAFT", **OCTOBER), [line()])])
        Invoice.issue_many(Invoice.objects.filter(status="DRAFT"))
    with pytest.raises(BooksLockedError):
        in_october(company)

    assert Invoice.objects.filter(issued_at__isnull=False).count() == 2


@pytest.mark.parametrize("actor", [None, "nightly import", AnonymousUser()], ids=["nobody", "a program", "anonymous"])
def test_only_a_user_is_exempted(company, petra, actor):
    lock(company)
    grant(company, petra)

    with acting(actor), pytest.raises(BooksLockedError):
        in_october(company)


def test_another_user_is_not_exempted(company, petra):
    lock(company)
    grant(company, petra)

    with acting(get_user_model().objects.create_user("jonas")), pytest.raises(BooksLockedError):
        in_october(company)


def test_an_exemption_is_for_one_company(company, petra, settings):
    settings.INVOICING_LOCKED_UNTIL = LOCKED
    other = make_company(code="TA")
    lock(other)
    grant(company, petra)

    with acting(petra):
        with pytest.raises(BooksLockedError):
            in_october(other)
        with pytest.raises(BooksLockedError):
            make_invoice([line()], **OCTOBER)


def test_a_host_without_companies_exempts_too(petra, settings):
    settings.INVOICING_LOCKED_UNTIL = LOCKED
    grant(None, petra)

    with acting(petra):
        make_invoice([line()], **OCTOBER).issue()
    company = make_company()
    lock(company)
    with acting(petra), pytest.raises(BooksLockedError):
        in_october(company)


def test_an_exemption_ends(company, petra, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    lock(company)
    grant(company, petra, hours=1)

    with acting(petra):
        time_machine.move_to(now + timedelta(minutes=59), tick=False)
        in_october(company)
        time_machine.move_to(now + timedelta(hours=1), tick=False)
        with pytest.raises(BooksLockedError):
            in_october(company)


def test_an_exemption_is_an_event_with_its_reason(company, petra):
    with acting("the board"):
        granted = grant(company, petra)

    event = InvoiceEvent.objects.get()
    assert (event.kind, event.reason, event.actor_name, event.register.company) == (
        "EXEMPTED",
        "the accountant asked for it",
        "the board",
        company,
    )
    assert event.data["user"] == "petra"
    assert (granted.actor_name, str(granted)) == ("the board", f"petra – {granted.until:%Y-%m-%d %H:%M}")
    assert not list(verify_chain())


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("reason", {"reason": ""}),
        ("reason", {"reason": "  "}),
        ("until", {"until": timezone.now() - timedelta(seconds=1)}),
        ("until", {"until": timezone.make_naive(timezone.now() + timedelta(hours=1))}),
        ("until", {"until": date(2099, 1, 1)}),
        ("user", {"user": None}),
    ],
    ids=["no reason", "blank reason", "over already", "no time zone", "a day", "nobody"],
)
@pytest.mark.parametrize(
    "way",
    [
        LockExemption.objects.grant,
        lambda company, user, **details: LockExemption.objects.create(company=company, user=user, **details),
        lambda company, user, **details: LockExemption(company=company, user=user, **details).save(),
    ],
    ids=["grant", "create", "save"],
)
def test_an_exemption_names_a_user_a_reason_and_a_time_to_come(company, petra, field, values, way):
    details = {"company": company, "user": petra, "until": timezone.now() + timedelta(hours=1), "reason": "asked for", **values}

    with pytest.raises(InvalidDataError) as refusal:
        way(**details)

    assert list(refusal.value.errors) == [field]
    assert not LockExemption.objects.exists()
    assert not InvoiceEvent.objects.exists()


def test_there_is_no_exemption_without_an_event(company, petra):
    until = timezone.now() + timedelta(hours=1)
    LockExemption(company=company, user=petra, until=until, reason="asked for").save()

    assert InvoiceEvent.objects.filter(kind="EXEMPTED").count() == 1
    with pytest.raises((InvalidDataError, AppendOnlyError)):
        LockExemption.objects.bulk_create([LockExemption(company=company, user=petra, until=until, reason="asked for")])


def test_an_exemption_outlives_its_user(company, petra):
    grant(company, petra)
    petra.delete()

    assert (LockExemption.objects.get().user, LockExemption.objects.get().user_name) == (None, "petra")


# Several at once. A test of its own database connections each cannot be undone, so the tables are emptied after it.


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["issue", "issue_many", "cancel"])
def test_books_that_are_locked_while_an_issue_waits_stay_locked(at_once, way):
    company = make_company()
    make_invoice([line()], company=company).issue()
    waiting, issued = in_october(company), in_october(company)
    issued.issue()
    # An instance that has read its company, as a request has it.
    waiting, issued = (Invoice.objects.select_related("company").get(pk=invoice.pk) for invoice in (waiting, issued))
    is_locked = Event()
    acts = {"issue": waiting.issue, "issue_many": lambda: Invoice.issue_many([waiting]), "cancel": lambda: issued.cancel("entered twice")}

    def locker():
        with transaction.atomic():
            Company.objects.get(pk=company.pk).lock_books(LOCKED, reason="VAT return of October")
            is_locked.set()
            wait_until_somebody_waits()

    def late():
        assert is_locked.wait(60)
        acts[way]()

    raised = at_once(locker, late)

    assert raised[0] is None
    assert isinstance(raised[1], BooksLockedError)
    assert [row.is_issued for row in Invoice.objects.order_by("pk")] == [True, False, True]
    assert not Invoice.objects.filter(status="CANCELED").exists()
    assert not list(verify_chain())


@pytest.mark.django_db(transaction=True)
def test_a_lock_waits_for_an_issue_that_came_first(at_once):
    company = make_company()
    make_invoice([line()], company=company).issue()
    invoice = in_october(company)
    is_issued, seen = Event(), []

    def issuer():
        with transaction.atomic():
            invoice.issue()
            is_issued.set()
            wait_until_somebody_waits()

    def locker():
        assert is_issued.wait(60)
        lock(Company.objects.get(pk=company.pk))
        seen.append(Invoice.objects.get(pk=invoice.pk).is_issued)

    assert at_once(issuer, locker) == [None, None]
    assert seen == [True]
    kinds = InvoiceEvent.objects.filter(register__company=company).order_by("position").values_list("kind", flat=True)
    assert list(kinds) == ["ISSUED", "ISSUED", "LOCKED"]


def test_the_news_of_a_refused_issue_are_not_told(company, hear):
    invoice = in_october(company)
    lock(company)

    with hear(signals.invoice_issued) as heard, pytest.raises(BooksLockedError):
        Invoice.objects.get(pk=invoice.pk).issue()

    assert heard == []
