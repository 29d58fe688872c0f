"""The narrow door: issued documents change inside of `unprotected()`, and the chain says who, why and to what."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import models

from invoicing.actor import acting
from invoicing.exceptions import AppendOnlyError, InvalidDataError, InvoiceFrozenError
from invoicing.models import InvoiceEvent, Item, Repair, VoidedNumber, get_invoice_model, unprotected
from tests.chains import change_row, found, told
from tests.factories import line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def fail_to_repair(invoice):
    """A repair that ends in the middle."""
    with unprotected(invoice, reason="wrong street"):
        models.QuerySet(Invoice).filter(pk=invoice.pk).update(customer_street="Hauptstraße 12")
        raise RuntimeError("power cut")


def chain_of(invoice):
    """What the chain tells of a document, also of one that is gone."""
    return list(InvoiceEvent.objects.filter(register__isnull=False, record__contains=str(invoice.uuid)).values_list("position", "kind"))


# A door for one document


def test_a_repair_changes_the_document_and_seals_it_anew():
    invoice = make_issued_invoice()
    with acting("Petra Lang"), unprotected(invoice, reason="wrong street"):
        invoice.customer_street = "Hauptstraße 12"
        invoice.save()

    assert Invoice.objects.get().customer_street == "Hauptstraße 12"
    event = invoice.events.get(kind="REPAIRED")
    assert (event.position, event.reason, event.actor_name) == (2, "wrong street", "Petra Lang")
    assert found() == []


def test_the_log_keeps_who_opened_the_door_and_when_it_was_closed():
    invoice = make_issued_invoice()
    with acting("Petra Lang"), unprotected(invoice, reason="wrong street"):
        assert Repair.objects.get().closed_at is None

    repair = Repair.objects.get()
    assert (repair.invoice_id, repair.reason, repair.actor_name) == (invoice.pk, "wrong street", "Petra Lang")
    assert repair.opened_at <= repair.closed_at


def test_items_change_under_repair_and_the_totals_follow():
    invoice = make_issued_invoice([line(), line("Hosting")])
    first, second = invoice.item_set.all()
    with unprotected(invoice, reason="wrong hours"):
        first.quantity = Decimal(5)
        first.save()
        second.delete()
        Item(invoice=invoice, title="Domain", quantity=1, unit_price=100, tax_rate=19).save()

    invoice.refresh_from_db()
    # 400.00 + 100.00 net, 95.00 VAT
    assert invoice.total == Decimal("595.00")
    assert found() == []


def test_plain_sql_is_sealed_as_well():
    invoice = make_issued_invoice()
    with unprotected(invoice, reason="wrong note"):
        change_row(invoice, note="Thank you")

    assert found() == []


def test_several_documents_are_repaired_at_once():
    first, second = make_issued_invoice(), make_issued_invoice()
    with unprotected(second, first, reason="wrong street"):
        for invoice in (first, second):
            invoice.customer_street = "Hauptstraße 12"
            invoice.save()

    assert chain_of(first) == [(1, "ISSUED"), (3, "REPAIRED")]
    assert chain_of(second) == [(2, "ISSUED"), (4, "REPAIRED")]
    assert found() == []


def test_other_documents_stay_frozen():
    invoice, other = make_issued_invoice(), make_issued_invoice()
    with unprotected(invoice, reason="wrong street"):
        other.note = "Changed"
        with pytest.raises(InvoiceFrozenError):
            other.save()


def test_the_door_is_closed_afterwards():
    invoice = make_issued_invoice()
    with unprotected(invoice, reason="wrong street"):
        pass
    invoice.note = "Changed"

    with pytest.raises(InvoiceFrozenError):
        invoice.save()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_door_needs_a_reason(reason):
    with pytest.raises(InvalidDataError, match="reason"), unprotected(make_issued_invoice(), reason=reason):
        pass

    assert not Repair.objects.exists()


def test_an_open_document_is_not_sealed():
    invoice = make_invoice([line()])
    with unprotected(invoice, reason="for nothing"):
        pass

    assert not InvoiceEvent.objects.filter(register__isnull=False).exists()


def test_what_was_tampered_with_is_sealed_by_a_repair_that_names_it():
    invoice = make_issued_invoice()
    change_row(invoice, note="Changed")
    with unprotected(invoice, reason="looked at it: the note is right"):
        pass

    assert found() == []
    assert chain_of(invoice) == [(1, "ISSUED"), (2, "REPAIRED")]


def test_history_stays_history_under_repair():
    invoice = make_issued_invoice()
    with unprotected(invoice, reason="tidy up"), pytest.raises(AppendOnlyError):
        invoice.events.all().delete()


def test_the_steps_go_on_after_a_repair():
    invoice = make_issued_invoice()
    with unprotected(invoice, reason="wrong street"):
        invoice.customer_street = "Hauptstraße 12"
        invoice.save()
    invoice.mark_sent()
    invoice.create_credit_note()

    assert found() == []


def test_a_step_inside_of_a_door_is_a_step():
    invoice = make_issued_invoice()
    with unprotected(invoice, reason="wrong street"):
        invoice.customer_street = "Hauptstraße 12"
        invoice.save()
        invoice.mark_sent()

    assert [kind for _position, kind in chain_of(invoice)] == ["ISSUED", "STATUS_CHANGED", "REPAIRED"]
    assert found() == []


def test_a_document_is_moved_to_another_company_by_a_repair():
    company, other = make_company(), make_company(code="OTHER")
    invoice = make_issued_invoice(company=company)
    with unprotected(invoice, reason="issued in the wrong name"):
        change_row(invoice, company=other.pk)

    assert found() == []
    Invoice.objects.get().mark_sent()
    assert found() == []


def test_a_status_that_a_repair_set_is_on_record():
    invoice = make_issued_invoice()
    invoice.mark_paid()
    with unprotected(invoice, reason="the money was not for this one"):
        change_row(invoice, status="SENT", date_paid=None)

    event = invoice.events.get(kind="REPAIRED")
    assert (event.status_from, event.status_to) == ("PAID", "SENT")
    assert found() == []


# A door for all of them


def test_a_door_for_all_seals_what_changed_and_nothing_else():
    invoices = [make_issued_invoice() for _ in range(3)]
    with unprotected(reason="the street was renamed"):
        models.QuerySet(Invoice).filter(pk=invoices[1].pk).update(customer_street="Allee 1")

    assert InvoiceEvent.objects.filter(kind="REPAIRED").values_list("invoice_id", flat=True).get() == invoices[1].pk
    assert Repair.objects.get().invoice_id is None
    assert found() == []


def test_what_was_tampered_with_before_a_door_for_all_stays_reported():
    tampered, repaired = make_issued_invoice(), make_issued_invoice()
    change_row(tampered, note="Changed")
    with unprotected(reason="the street was renamed"):
        models.QuerySet(Invoice).update(customer_street="Allee 1")

    assert told() == [("document", 1, ("note", "customer_street"))]
    assert chain_of(repaired) == [(2, "ISSUED"), (3, "REPAIRED")]


# Doors inside of doors


def test_doors_for_two_documents_stand_inside_of_each_other():
    first, second = make_issued_invoice(), make_issued_invoice()
    with unprotected(first, reason="wrong street"):
        with unprotected(second, reason="wrong city"):
            second.customer_city = "Leipzig"
            second.save()
        first.customer_street = "Hauptstraße 12"
        first.save()
        second.note = "Changed"
        with pytest.raises(InvoiceFrozenError):
            second.save()

    assert chain_of(first) == [(1, "ISSUED"), (4, "REPAIRED")]
    assert chain_of(second) == [(2, "ISSUED"), (3, "REPAIRED")]
    assert found() == []


def test_two_doors_for_one_document_close_one_after_the_other():
    invoice = make_issued_invoice()
    with unprotected(invoice, reason="wrong street"):
        with unprotected(invoice, reason="wrong city"):
            invoice.customer_city = "Leipzig"
            invoice.save()
        invoice.customer_street = "Hauptstraße 12"
        invoice.save()

    assert list(invoice.events.filter(kind="REPAIRED").values_list("reason", flat=True)) == ["wrong city", "wrong street"]
    assert not Repair.objects.filter(closed_at=None).exists()
    assert found() == []


def test_an_error_inside_rolls_all_of_it_back():
    invoice = make_issued_invoice()

    with pytest.raises(RuntimeError):
        fail_to_repair(invoice)

    assert Invoice.objects.get().customer_street == "Hauptstraße 21"
    assert not Repair.objects.exists()
    assert chain_of(invoice) == [(1, "ISSUED")]
    with pytest.raises(InvoiceFrozenError):
        Invoice.objects.update(note="Changed")


def test_an_error_in_an_inner_door_leaves_the_outer_one_open():
    invoice, other = make_issued_invoice(), make_issued_invoice()
    with unprotected(invoice, reason="wrong street"):
        with pytest.raises(RuntimeError):
            fail_to_repair(other)
        invoice.customer_street = "Hauptstraße 12"
        invoice.save()

    assert Repair.objects.get().invoice_id == invoice.pk
    assert chain_of(other) == [(2, "ISSUED")]
    assert found() == []


# Deleting


def test_an_issued_document_is_deleted_under_repair_and_its_number_kept():
    make_issued_invoice()
    invoice = make_issued_invoice()
    key = invoice.pk
    with acting("Petra Lang"), unprotected(invoice, reason="issued to the wrong customer"):
        invoice.delete(reason="never ordered")

    assert list(Invoice.objects.values_list("number", flat=True)) == ["2026/1"]
    voided = VoidedNumber.objects.get()
    assert (voided.number, voided.sequence, voided.reason, voided.actor_name) == ("2026/2", 2, "never ordered", "Petra Lang")
    event = InvoiceEvent.objects.get(kind="DELETED")
    assert (event.position, event.number, event.reason, event.invoice_id) == (3, "2026/2", "never ordered", None)
    assert Repair.objects.get().invoice_id == key
    assert make_issued_invoice().number == "2026/3"
    assert found() == []


def test_what_the_history_says_of_persons_goes_with_the_document():
    with acting("Petra Lang"):
        invoice = make_issued_invoice()
        invoice.send_to_collection("Camille does not answer")
    with unprotected(invoice, reason="issued to the wrong customer"):
        invoice.delete(reason="never ordered")

    chain = InvoiceEvent.objects.filter(register__isnull=False)
    assert [(event.kind, event.reason, event.actor_name, bool(event.salt)) for event in chain] == [
        ("ISSUED", "", "", False),
        ("STATUS_CHANGED", "", "", False),
        ("DELETED", "never ordered", "", True),
    ]
    assert found() == []


def test_a_queryset_deletes_issued_documents_under_repair():
    make_issued_invoice()
    make_issued_invoice()
    with unprotected(reason="a test run of the shop"):
        Invoice.objects.all().delete()

    assert not Invoice.objects.exists()
    assert InvoiceEvent.objects.filter(kind="DELETED", register__isnull=False).count() == 2
    assert found() == []


def test_a_document_that_is_deleted_by_sql_under_repair_is_reported():
    invoice = make_issued_invoice()
    with unprotected(invoice, reason="issued to the wrong customer"):
        models.QuerySet(InvoiceEvent).filter(invoice=invoice).update(invoice=None)
        models.QuerySet(Item).filter(invoice=invoice).delete()
        models.QuerySet(Invoice).filter(pk=invoice.pk)._raw_delete("default")

    assert told() == [("removed", 1, ())]


def test_what_was_issued_stays_issued():
    invoice = make_issued_invoice()

    with pytest.raises(InvalidDataError, match="issued_at"), unprotected(invoice, reason="not ready yet"):
        models.QuerySet(Invoice).update(issued_at=None)

    assert found() == []


def test_a_repair_of_locked_books_is_possible():
    company = make_company()
    invoice = make_issued_invoice(company=company, date_issue=date(2026, 1, 31))
    company.lock_books(date(2026, 1, 31), reason="Month closed")
    invoice.refresh_from_db()
    with unprotected(invoice, reason="wrong street"):
        invoice.customer_street = "Hauptstraße 12"
        invoice.save()

    assert found() == []
