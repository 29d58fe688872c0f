"""Once a document is issued, nothing of it changes but an allow-list, and its items not at all."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import models, transaction
from django.db.models import F

from invoicing.exceptions import InvoiceFrozenError
from invoicing.models import Counter, Item, VatIdCheck, get_invoice_model
from tests.factories import line, make_company, make_invoice, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

# Written by hand: what the architecture lets change after the issue. Status, dates of sending and payment have tests of their own.
CHANGEABLE = {
    "already_paid": Decimal("10.00"),
    "internal_note": "Called on Friday",
    "metadata": {"crm": 7},
    "attachments": [{"name": "a.pdf"}],
}
GOVERNED = {"id", "status", "date_sent", "date_paid", "created", "modified"}
FROZEN = [field.name for field in Invoice._meta.concrete_fields if field.name not in GOVERNED | set(CHANGEABLE)]

OTHERS = {
    "uuid": UUID("7a0b3f7e-0000-4000-8000-000000000001"),
    "type": "ADVANCE",
    "origin": "RECEIVED",
    "rounding_policy": "TAX_PER_LINE",
    "currency": "CHF",
    "payment_method": "CASH",
    "delivery_method": "DIGITAL",
    "issued_at": None,
    "early_discount_until": date(2026, 11, 30),
    "tax_decisions": [{"rate": "7", "category": "S"}],
    "company": make_company,
    "party": make_party,
    "counter": lambda: Counter.objects.create(key="other", series="OTHER"),
    "customer_vat_id_check": lambda: VatIdCheck.objects.create(vat_id="ATU98765434", answer="VALID"),
}


def other_value(field, before):
    """A value that the column could hold and does not."""
    if field.name in OTHERS:
        value = OTHERS[field.name]
        return value() if callable(value) else value
    if field.name.endswith("_country"):
        return "PT"
    if isinstance(field, models.DateField):
        return before + timedelta(days=1)
    if isinstance(field, (models.DecimalField, models.IntegerField)):
        return (before or 0) + 1
    if isinstance(field, models.JSONField):
        return {"changed": True}
    return "changed@example.com" if isinstance(field, models.EmailField) else "changed"


def row_of(invoice):
    return Invoice.objects.filter(pk=invoice.pk).values().get()


@pytest.mark.parametrize("name", FROZEN)
@pytest.mark.parametrize("written_alone", [False, True], ids=["save", "update_fields"])
def test_every_other_column_is_frozen(name, written_alone):
    invoice = make_issued_invoice()
    before = row_of(invoice)
    setattr(invoice, name, other_value(Invoice._meta.get_field(name), getattr(invoice, name)))

    with pytest.raises(InvoiceFrozenError, match=rf"2026/1 is issued: {name} can no longer change") as refusal:
        invoice.save(update_fields=[name] if written_alone else None)

    assert row_of(invoice) == before
    assert refusal.value.code == "invoice_frozen"


@pytest.mark.parametrize("name", CHANGEABLE)
@pytest.mark.parametrize("written_alone", [False, True], ids=["save", "update_fields"])
def test_the_allow_list_may_change(name, written_alone):
    invoice = make_issued_invoice()
    setattr(invoice, name, CHANGEABLE[name])
    invoice.save(update_fields=[name] if written_alone else None)

    assert getattr(Invoice.objects.get(pk=invoice.pk), name) == CHANGEABLE[name]


def test_before_the_issue_the_same_columns_may_change():
    invoice = make_invoice([line()])
    invoice.note, invoice.currency, invoice.customer_name = "Thank you", "CHF", "Buchhandlung Winter KG"
    invoice.save()

    row = row_of(invoice)
    assert (row["note"], row["currency"], row["customer_name"]) == ("Thank you", "CHF", "Buchhandlung Winter KG")


def test_all_columns_that_were_changed_are_named_at_once():
    invoice = make_issued_invoice()
    invoice.note, invoice.title = "changed", "changed"

    with pytest.raises(InvoiceFrozenError, match="title, note can no longer change"):
        invoice.save()


def test_an_expression_is_no_way_around():
    invoice = make_issued_invoice()
    before = row_of(invoice)
    invoice.note = F("internal_note")

    with pytest.raises(InvoiceFrozenError):
        invoice.save()

    assert row_of(invoice) == before


def test_the_moment_of_creation_never_moves():
    invoice = make_issued_invoice()
    created = invoice.created
    invoice.created += timedelta(days=1)

    with pytest.raises(InvoiceFrozenError, match="created can no longer change"):
        invoice.save()

    assert row_of(invoice)["created"] == created


def test_saving_what_is_unchanged_is_no_change():
    invoice = make_issued_invoice()
    before = row_of(invoice)
    Invoice.objects.get(pk=invoice.pk).save()
    invoice.save()

    after = row_of(invoice)
    assert after.pop("modified") >= before.pop("modified")
    assert after == before


@pytest.mark.parametrize("status", ["SENT", "RETURNED", "PAID", "CREDITED", "CANCELED", "IN_COLLECTION", "UNCOLLECTIBLE"])
def test_it_stays_frozen_whatever_follows(invoice_in, status):
    invoice = invoice_in(status)
    invoice.refresh_from_db()
    invoice.note = "changed"

    with pytest.raises(InvoiceFrozenError):
        invoice.save()
    with pytest.raises(InvoiceFrozenError):
        Item(invoice=invoice, **line()).save()


# Items


def add(invoice, item, home):
    Item(invoice=invoice, **line()).save()


def create(invoice, item, home):
    invoice.item_set.create(**line())


def add_many(invoice, item, home):
    invoice.add_items([line(), line()])


def bulk_create(invoice, item, home):
    Item.objects.bulk_create([Item(invoice=home, **line()), Item(invoice=invoice, **line())])


def batch(invoice, item, home):
    with invoice.batch():
        pytest.fail("a batch of an issued invoice must not open")


def change(invoice, item, home):
    item.title = "changed"
    item.save()


def change_one_column(invoice, item, home):
    item.tag = "changed"
    item.save(update_fields=["tag"])


def change_in_one_statement(invoice, item, home):
    Item.objects.filter(invoice__in=[invoice, home]).update(title="changed")


def change_many(invoice, item, home):
    item.title = "changed"
    with transaction.atomic():  # Django's bulk_update sets no savepoint of its own.
        Item.objects.bulk_update([item], ["title"])


def change_or_create(invoice, item, home):
    Item.objects.update_or_create(pk=item.pk, defaults={"title": "changed"})


def delete(invoice, item, home):
    item.delete()


def delete_many(invoice, item, home):
    Item.objects.filter(invoice__in=[invoice, home]).delete()


def delete_all(invoice, item, home):
    invoice.item_set.all().delete()


def move_out(invoice, item, home):
    item.invoice = home
    item.save()


def move_in(invoice, item, home):
    moved = home.item_set.get()
    moved.invoice = invoice
    moved.save()


def overwrite(invoice, item, home):
    Item(pk=item.pk, invoice=home, **line("overwritten")).save()


def recalculate(invoice, item, home):
    invoice.recalculate_tax()


WAYS = [
    add,
    create,
    add_many,
    bulk_create,
    batch,
    change,
    change_one_column,
    change_in_one_statement,
    change_many,
    change_or_create,
    delete,
    delete_many,
    delete_all,
    move_out,
    move_in,
    overwrite,
    recalculate,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("knows", [True, False], ids=["fresh", "stale"])
def test_items_are_frozen_with_their_invoice(way, knows):
    invoice, home = make_invoice([line()]), make_invoice([line("Hosting")])
    stale = Invoice.objects.get(pk=invoice.pk)
    stale_item = stale.item_set.get()
    invoice.issue()
    before, items = row_of(invoice), list(Item.objects.order_by("pk").values())

    with pytest.raises(InvoiceFrozenError, match="2026/1 is issued: items can no longer change"):
        way(invoice if knows else stale, invoice.item_set.get() if knows else stale_item, home)

    assert list(Item.objects.order_by("pk").values()) == items
    assert row_of(invoice) == before


def test_items_of_an_open_invoice_come_and_go():
    invoice = make_invoice([line(), line("Hosting")])
    first, second = invoice.item_set.all()
    first.delete()
    second.unit_price = Decimal(10)
    second.save()

    # 10 × 10.00 + 19 %.
    assert str(row_of(invoice)["total"].quantize(Decimal("0.01"))) == "119.00"
