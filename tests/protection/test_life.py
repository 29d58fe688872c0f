"""With the triggers in the database, everything that documents go through still works."""

# ruff: noqa: S608  # SQL is what is under test

import json
from decimal import Decimal

import pytest
from django.db import connection, models

from invoicing.actor import acting
from invoicing.importing import import_file
from invoicing.models import InvoiceEvent, Item, get_invoice_model
from tests.factories import line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.usefixtures("triggers")

Invoice = get_invoice_model()


def test_from_the_first_line_to_the_last_payment():
    invoice = make_invoice([line()])
    invoice.add_items([line("Hosting"), line("Domain")])
    first, second, third = invoice.item_set.all()
    first.unit_price = Decimal(10)
    first.save()
    second.delete()
    with invoice.batch():
        third.quantity = 1
        third.save()
    invoice.refresh_from_db()
    # 10 × 10.00 and 1 × 80.00, + 19 %.
    assert str(invoice.total) == "214.20"

    invoice.issue()
    invoice.mark_sent()
    invoice.mark_returned()
    invoice.mark_sent()
    invoice.already_paid, invoice.internal_note = Decimal(100), "called on Friday"
    invoice.save()
    invoice.metadata = {"crm": 7}
    invoice.save(update_fields=["metadata"])
    invoice.send_to_collection()
    invoice.write_off()
    invoice.mark_paid()

    invoice.refresh_from_db()
    assert (invoice.status, str(invoice.already_paid)) == ("PAID", "214.20")


def test_credited_in_part_then_in_full_and_taken_back():
    invoice = make_issued_invoice([line(), line("Hosting")])
    invoice.mark_sent()
    first, second = invoice.item_set.all()

    part = invoice.create_credit_note([first])
    rest = invoice.create_credit_note()
    invoice.refresh_from_db()
    assert (invoice.status, str(part.total), str(rest.total)) == ("CREDITED", "952.00", "952.00")

    rest.cancel("credited by mistake")
    invoice.refresh_from_db()
    assert (invoice.status, second.title) == ("SENT", "Hosting")
    assert set(invoice.related_invoices.all()) == {part, rest}


def test_copies_and_relations_are_free():
    invoice = make_issued_invoice()
    copy, other = invoice.create_copy(), make_issued_invoice()
    copy.issue()

    invoice.related_invoices.add(other)
    # What is related already is no new relation, and is not touched.
    invoice.related_invoices.add(other, copy)

    assert set(invoice.related_invoices.all()) == {copy, other}


def test_a_draft_goes_with_its_relations_and_leaves_its_history():
    issued, draft = make_issued_invoice(), make_invoice([line()], status="DRAFT")
    draft.related_invoices.add(issued)

    draft.delete()

    assert not issued.related_invoices.exists()
    assert [event.kind for event in InvoiceEvent.objects.filter(invoice=None)] == ["CREATED", "DELETED"]


def test_the_last_of_a_counter_goes_and_one_before_it_is_voided():
    first, last = make_invoice([line()]), make_invoice([line()])

    first.delete()
    last.delete()

    assert [(row.number, row.status) for row in Invoice.objects.all()] == [("2026/1", "CANCELED")]


def test_a_user_who_leaves_stays_named(django_user_model):
    user = django_user_model.objects.create_user("petra")
    with acting(user):
        make_issued_invoice()

    user.delete()

    assert {(event.actor, event.actor_name) for event in InvoiceEvent.objects.all()} == {(None, "petra")}


@pytest.mark.parametrize("status", ["NEW", "SENT", "PAID", "CANCELED"])
def test_documents_that_are_made_in_a_later_status(status):
    invoice = make_invoice([line(), line("Hosting")], status=status)

    assert (invoice.status, invoice.item_set.count()) == (status, 2)


def test_many_at_once():
    Invoice.objects.create_many((Invoice(date_issue="2026-11-20", customer_name="Café Anker"), [line(tax_rate=None)]) for _ in range(3))
    Invoice.objects.create_many([(Invoice(date_issue="2026-11-20", customer_name="Café Anker", status="SENT"), [line(tax_rate=None)])])

    assert sorted(Invoice.objects.values_list("sequence", "status")) == [(1, "NEW"), (2, "NEW"), (3, "NEW"), (4, "SENT")]
    assert Item.objects.count() == 4


def test_many_are_issued_at_once():
    first, second = make_invoice([line()]), make_invoice([line()], status="DRAFT")

    Invoice.objects.filter(pk__in=[first.pk, second.pk]).issue_many()

    assert Invoice.objects.filter(issued_at__isnull=False).count() == 2


def test_a_file_is_imported(tmp_path):
    record = {
        "company": None,
        "date_issue": "2026-03-02",
        "date_due": "2026-03-16",
        "supplier_name": "Teehaus Lindner GmbH",
        "supplier_street": "Hafenstraße 3",
        "supplier_country": "DE",
        "supplier_vat_id": "DE136695976",
        "customer_name": "Buchhandlung Sommer",
        "customer_street": "Hauptstraße 21",
        "customer_country": "DE",
        "items": [{"title": "Assam, 1 kg", "quantity": 2, "unit_price": "50.00", "tax_rate": 19}],
    }
    credit = {"company": None, "external_id": "tea-2", "corrects": "tea-1", "date_issue": "2026-03-20"}
    records = [record | {"external_id": "tea-1", "status": "paid"}, credit]
    file = tmp_path / "invoices.json"
    file.write_text(json.dumps(records), encoding="utf-8")

    import_file(file)

    assert sorted(Invoice.objects.values_list("type", "status")) == [("CREDIT_NOTE", "NEW"), ("INVOICE", "CREDITED")]


def test_personal_data_is_erased():
    invoice = make_issued_invoice()

    invoice.erase_personal_data("its retention ended")

    assert Invoice.objects.get(pk=invoice.pk).customer_name == ""


def test_the_same_values_again_are_no_change():
    invoice = make_issued_invoice(company=make_company())
    item = invoice.item_set.get()

    models.QuerySet(Item).filter(pk=item.pk).update(
        **{field.attname: getattr(item, field.attname) for field in Item._meta.concrete_fields if not field.primary_key}
    )
    models.QuerySet(Invoice).filter(pk=invoice.pk).update(
        **{field.attname: getattr(invoice, field.attname) for field in Invoice._meta.concrete_fields if not field.primary_key}
    )
    table = connection.ops.quote_name(Item._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET title = title, net = net + 0, invoice_id = invoice_id")
