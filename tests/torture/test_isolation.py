"""At REPEATABLE READ a transaction sees what was there when it began: what others changed since then must not be overlooked.

Each test lets another session commit between the first look and the act. The act is refused as a conflict, tried again, and then right.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from threading import Thread

import pytest
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError

from invoicing.exceptions import CreditedInPartError, OverCreditError, TryAgainError
from invoicing.models import Counter, Item, get_invoice_model
from invoicing.retrying import retry
from tests import databases
from tests.factories import line, make_invoice, make_issued_invoice
from tests.torture.isolation import ISOLATION

Invoice = get_invoice_model()

pytestmark = [
    pytest.mark.skipif(databases.KIND == "sqlite", reason="on SQLite there is one writer at a time"),
    pytest.mark.django_db(transaction=True),
]

NEXT_YEAR = {"date_issue": date(2027, 1, 1), "date_tax_point": date(2027, 1, 1), "date_due": date(2027, 1, 15)}


@pytest.fixture(autouse=True)
def repeatable_read(transactional_db):
    """Every connection of the test, those of its threads included, is at REPEATABLE READ."""
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    connection.close()
    options.update(ISOLATION[databases.KIND]["repeatable read"])
    yield
    connection.close()
    options.clear()
    options.update(before)


@pytest.fixture
def after_a_look():
    """Look at the tables, let another session do something, then act: tried again as a whole, while the other acts once."""

    def run(other, act):
        attempts = []

        def work():
            Invoice.objects.count()
            attempts.append(None)
            if len(attempts) == 1:
                in_another_session(other)
            act()

        retry(work)

    return run


def in_another_session(act):
    raised = []

    def work():
        try:
            act()
        except Exception as error:  # noqa: BLE001  # the test looks at what it was
            raised.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=work)
    thread.start()
    thread.join(timeout=60)
    assert raised == []
    assert not thread.is_alive()


def same(invoice):
    return Invoice.objects.get(pk=invoice.pk)


def test_an_item_that_was_added_meanwhile_is_in_the_total_that_is_issued(after_a_look):
    invoice = make_invoice([line()])

    after_a_look(lambda: Item(invoice=same(invoice), **line()).save(), lambda: same(invoice).issue())

    issued = same(invoice)
    assert (issued.is_issued, str(issued.total), issued.item_set.count()) == (True, "1904.00", 2)


def test_two_items_that_are_added_at_once_are_both_in_the_total(after_a_look):
    invoice = make_invoice([line()])

    def add():
        Item(invoice=same(invoice), **line()).save()

    after_a_look(add, add)

    assert (str(same(invoice).total), invoice.item_set.count()) == ("2856.00", 3)


def test_an_item_that_was_added_meanwhile_goes_with_its_draft(after_a_look):
    draft = make_invoice([line()], status="DRAFT")

    after_a_look(lambda: Item(invoice=same(draft), **line()).save(), lambda: same(draft).delete())

    assert (Invoice.objects.count(), Item.objects.count()) == (0, 0)


def test_a_draft_that_was_copied_meanwhile_is_deleted_and_its_copy_stays(after_a_look):
    draft = make_invoice([line()], status="DRAFT")

    after_a_look(lambda: same(draft).create_copy(), lambda: same(draft).delete())

    copy = Invoice.objects.get()
    assert (copy.number, copy.related_invoices.count()) == ("2026/1", 0)


def test_parts_that_were_credited_meanwhile_are_not_credited_again_also_by_another_counter(after_a_look):
    invoice = make_issued_invoice()
    item = invoice.item_set.get()
    make_invoice(**NEXT_YEAR)

    with pytest.raises(OverCreditError):
        after_a_look(lambda: same(invoice).create_credit_note({item: 6}), lambda: same(invoice).create_credit_note({item: 6}, **NEXT_YEAR))

    assert [str(note.total) for note in Invoice.objects.filter(type="CREDIT_NOTE")] == ["571.20"]


def test_what_was_credited_in_part_meanwhile_is_not_canceled(after_a_look):
    invoice = make_issued_invoice()
    item = invoice.item_set.get()

    with pytest.raises(CreditedInPartError):
        after_a_look(lambda: same(invoice).create_credit_note({item: 6}), lambda: same(invoice).cancel("entered twice"))

    assert same(invoice).status == "NEW"


def test_a_draft_of_a_credit_note_is_not_issued_over_what_was_credited_meanwhile(after_a_look):
    invoice = make_issued_invoice()
    note = invoice.create_copy(type="CREDIT_NOTE", status="DRAFT")
    item = invoice.item_set.get()

    with pytest.raises(OverCreditError):
        after_a_look(lambda: same(invoice).create_credit_note({item: 6}, **NEXT_YEAR), lambda: same(note).issue())

    assert not same(note).is_issued


def test_a_counter_that_was_made_meanwhile_goes_on(after_a_look):
    made = []

    after_a_look(lambda: make_invoice(**NEXT_YEAR), lambda: made.append(make_invoice(**NEXT_YEAR)))

    assert (made[-1].number, Counter.objects.get().value) == ("2027/2", 2)


def test_a_sequence_that_was_given_by_hand_moves_a_counter_that_was_made_meanwhile(after_a_look):
    after_a_look(lambda: make_invoice(**NEXT_YEAR), lambda: make_invoice(sequence=7, **NEXT_YEAR))

    assert Counter.objects.get().value == 7


def test_a_host_that_goes_on_after_a_conflict_is_stopped_and_nothing_is_half_written():
    first, contended, last = (make_invoice([line()]) for _ in range(3))

    def note(invoice, text):
        row = same(invoice)
        row.internal_note = text
        row.save()

    @transaction.atomic
    def careless():
        note(first, "mine")
        in_another_session(lambda: note(contended, "theirs"))
        with suppress(TryAgainError):
            note(contended, "mine")
        note(last, "mine")

    with pytest.raises(TransactionManagementError):
        careless()

    assert [same(invoice).internal_note for invoice in (first, contended, last)] == ["", "theirs", ""]
