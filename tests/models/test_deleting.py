"""A draft may be deleted, the last number is given back, a number in the middle is voided, an issued document stays."""

import pytest

from invoicing.actor import acting
from invoicing.exceptions import InvoiceFrozenError
from invoicing.models import Counter, InvoiceEvent, Item, VoidedNumber, get_invoice_model
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def numbers():
    return sorted(Invoice.objects.values_list("number", flat=True))


def test_a_draft_goes_with_its_items_and_its_history_stays():
    draft = make_invoice([line(), line()], status="DRAFT")
    draft.delete(reason="entered by mistake")

    assert not Invoice.objects.exists()
    assert not Item.objects.exists()
    created, deleted = InvoiceEvent.objects.all()
    assert (created.kind, created.invoice) == ("CREATED", None)
    assert (deleted.kind, deleted.invoice, deleted.status_from, deleted.reason) == ("DELETED", None, "DRAFT", "entered by mistake")


def test_delete_says_how_much_went():
    count, rows = make_invoice([line(), line()], status="DRAFT").delete()

    assert (rows[Invoice._meta.label], rows["invoicing.Item"]) == (1, 2)
    assert count == sum(rows.values())


def test_the_last_number_is_free_again():
    make_invoice()
    make_invoice().delete()

    assert numbers() == ["2026/1"]
    assert make_invoice().number == "2026/2"
    assert not VoidedNumber.objects.exists()


def test_the_only_number_is_free_again(settings):
    settings.INVOICING_NUMBER_START_FROM = 100
    make_invoice().delete()

    assert make_invoice().number == "2026/100"


def test_numbers_are_given_back_one_by_one_from_the_end():
    first, second, third = (make_invoice() for _ in range(3))
    for invoice in (third, second, first):
        invoice.delete()

    assert make_invoice().number == "2026/1"


def test_after_a_jump_the_counter_goes_back_to_what_is_left():
    make_invoice()
    make_invoice(sequence=50).delete()

    assert make_invoice().number == "2026/2"


def test_a_number_in_the_middle_is_voided_and_stays_in_the_register():
    first, second = make_invoice([line()]), make_invoice()
    with acting("Petra Lang"):
        deleted = first.delete(reason="ordered by nobody")

    assert deleted == (0, {})
    assert (first.status, first.is_issued) == ("CANCELED", True)
    voided = VoidedNumber.objects.get()
    assert (voided.counter, voided.sequence, voided.number) == (first.counter, 1, "2026/1")
    assert (voided.reason, voided.actor_name, str(voided)) == ("ordered by nobody", "Petra Lang", "2026/1")
    assert numbers() == ["2026/1", "2026/2"]
    assert second.events.count() == 1


def test_a_voided_number_is_not_given_again():
    first, _, third = (make_invoice() for _ in range(3))
    first.delete()
    third.delete()

    assert make_invoice().number == "2026/3"


def test_a_voided_number_at_the_end_is_not_given_again():
    _, second, third = (make_invoice() for _ in range(3))
    second.delete()
    third.delete()

    assert make_invoice().number == "2026/3"
    assert Counter.objects.get().value == 3


def test_a_voided_document_cannot_be_deleted():
    first, _ = make_invoice(), make_invoice()
    first.delete()

    with pytest.raises(InvoiceFrozenError):
        first.delete()


def test_an_issued_document_is_never_deleted():
    invoice = make_issued_invoice()

    with pytest.raises(InvoiceFrozenError, match="Invoice 2026/1 is issued: the document can no longer change"):
        invoice.delete()

    assert numbers() == ["2026/1"]


def test_an_instance_that_does_not_know_of_the_issue_cannot_delete_it():
    invoice = make_invoice([line()])
    stale = Invoice.objects.get(pk=invoice.pk)
    invoice.issue()

    with pytest.raises(InvoiceFrozenError):
        stale.delete()


def test_a_received_document_gives_its_place_back_too():
    make_invoice(origin="RECEIVED", number="A-77/26").delete()

    assert make_invoice(origin="RECEIVED", number="A-78/26").sequence == 1


def test_a_queryset_deletes_the_tail_of_a_series():
    for _ in range(3):
        make_invoice([line()])
    make_invoice(status="DRAFT")
    Invoice.objects.exclude(number="2026/1").delete()

    assert numbers() == ["2026/1"]
    assert make_invoice().number == "2026/2"


def test_a_queryset_voids_what_is_not_the_tail():
    for _ in range(3):
        make_invoice()
    Invoice.objects.filter(number__in=["2026/1", "2026/2"]).delete()

    assert sorted(Invoice.objects.values_list("number", "status")) == [("2026/1", "CANCELED"), ("2026/2", "CANCELED"), ("2026/3", "NEW")]


def test_a_queryset_deletes_all_or_nothing():
    make_issued_invoice()
    make_invoice()
    make_invoice(status="DRAFT")

    with pytest.raises(InvoiceFrozenError):
        Invoice.objects.all().delete()

    assert Invoice.objects.count() == 3
    assert make_invoice().number == "2026/3"
