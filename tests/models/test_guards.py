"""No way through Django's querysets and relations changes an issued document, its relations, or history."""

from datetime import date, timedelta
from threading import Event

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from invoicing.exceptions import AppendOnlyError, InvalidDataError, InvoiceFrozenError
from invoicing.models import Counter, InvoiceEvent, Item, LockExemption, VoidedNumber, get_invoice_model, unprotected
from invoicing.verifying import verify_chain
from tests.factories import line, make_company, make_invoice, make_issued_invoice, make_party
from tests.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def rows():
    return [list(Invoice.objects.order_by("pk").values()), list(Item.objects.order_by("pk").values())]


@pytest.fixture
def issued():
    return make_issued_invoice(company=make_company(), party=make_party())


def changed(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def given(relation, row):
    relation.add(row)


# Documents many at a time

FROZEN_WAYS = {
    "update": lambda invoice: Invoice.objects.filter(pk=invoice.pk).update(note="changed"),
    "update of all": lambda _: Invoice.objects.update(note="changed"),
    "update by F()": lambda _: Invoice.objects.update(note=Concat(F("note"), Value("!"))),
    "update to what it is": lambda invoice: Invoice.objects.update(note=invoice.note),
    "update of two columns": lambda _: Invoice.objects.update(internal_note="changed", title="changed"),
    "update of the key": lambda invoice: Invoice.objects.update(pk=invoice.pk + 1),
    "update of a relation": lambda _: Invoice.objects.update(party=None),
    "update of its column": lambda _: Invoice.objects.update(party_id=None),
    "update of values()": lambda _: Invoice.objects.values("note").update(note="changed"),
    "update of distinct()": lambda _: Invoice.objects.distinct().update(note="changed"),
    "update of an ordered queryset": lambda _: Invoice.objects.order_by("-number").update(note="changed"),
    "update through a join": lambda _: Invoice.objects.filter(item__quantity=10).update(note="changed"),
    "update through an annotation": lambda _: Invoice.objects.annotate(old=F("title")).filter(old="").update(note="changed"),
    "update of a combined queryset": lambda invoice: (Invoice.objects.filter(pk=invoice.pk) | Invoice.objects.filter(pk=0)).update(
        note="changed"
    ),
    "update through select_for_update()": lambda _: Invoice.objects.select_for_update().update(note="changed"),
    "update through defer()": lambda _: Invoice.objects.defer("issued_at").update(note="changed"),
    "update through the default manager": lambda _: Invoice._default_manager.update(note="changed"),
    "update through the base manager": lambda _: Invoice._base_manager.update(note="changed"),
    "bulk_update": lambda invoice: Invoice.objects.bulk_update([changed(invoice, note="changed")], ["note"]),
    "bulk_update in batches": lambda invoice: Invoice.objects.bulk_update([changed(invoice, note="changed")], ["note"], batch_size=1),
    "update_or_create": lambda invoice: Invoice.objects.update_or_create(pk=invoice.pk, defaults={"note": "changed"}),
    "get_or_create and save": lambda invoice: changed(Invoice.objects.get_or_create(pk=invoice.pk)[0], note="changed").save(),
    "the company's documents": lambda invoice: invoice.company.invoice_set.update(note="changed"),
    "the company's documents, again": lambda invoice: invoice.company.invoice_set.filter(status="NEW").update(note="changed"),
    "the company's update_or_create": lambda invoice: invoice.company.invoice_set.update_or_create(
        pk=invoice.pk, defaults={"note": "changed"}
    ),
    "the party's documents": lambda invoice: invoice.party.invoice_set.update(note="changed"),
    "taken from the party": lambda invoice: invoice.party.invoice_set.remove(invoice),
    "taken from the party one by one": lambda invoice: invoice.party.invoice_set.remove(invoice, bulk=False),
    "the party cleared": lambda invoice: invoice.party.invoice_set.clear(),
    "the party set anew": lambda invoice: invoice.party.invoice_set.set([]),
    "given to another party": lambda invoice: given(make_party(code="TWO").invoice_set, invoice),
    "given to another party by saving": lambda invoice: make_party(code="TWO").invoice_set.add(invoice, bulk=False),
    "deleted": lambda _: Invoice.objects.all().delete(),
    "the company's deleted": lambda invoice: invoice.company.invoice_set.all().delete(),
    "the item's documents": lambda invoice: Invoice.objects.filter(item__in=invoice.item_set.all()).delete(),
}


@pytest.mark.parametrize("way", FROZEN_WAYS)
def test_an_issued_document_is_not_changed_through_a_queryset(issued, way):
    before = rows()

    with pytest.raises(InvoiceFrozenError), transaction.atomic():
        FROZEN_WAYS[way](issued)

    assert rows() == before
    assert not list(verify_chain())


def test_one_issued_document_among_open_ones_refuses_all(issued):
    make_invoice([line()])

    with pytest.raises(InvoiceFrozenError, match=f"Invoice {issued.number} is issued: note, title can no longer change"):
        Invoice.objects.update(note="changed", title="changed")

    assert not Invoice.objects.filter(note="changed").exists()


BY_SAVE_WAYS = {
    "status": lambda: Invoice.objects.update(status="PAID"),
    "status back": lambda: Invoice.objects.update(status="DRAFT"),
    "issued_at": lambda: Invoice.objects.filter(issued_at=None).update(issued_at=timezone.now()),
    "date_sent": lambda: Invoice.objects.update(date_sent=timezone.now()),
    "date_paid": lambda: Invoice.objects.update(date_paid=None),
    "total": lambda: Invoice.objects.filter(issued_at=None).update(total=1),
    "vat": lambda: Invoice.objects.filter(issued_at=None).update(vat=None),
    "number": lambda: Invoice.objects.filter(issued_at=None).update(number="X"),
    "number_key": lambda: Invoice.objects.filter(issued_at=None).update(number_key=None),
    "sequence": lambda: Invoice.objects.filter(issued_at=None).update(sequence=F("sequence") + 1),
    "counter": lambda: Invoice.objects.filter(issued_at=None).update(counter=None),
    "company": lambda: Invoice.objects.filter(issued_at=None).update(company=None),
    "company_id": lambda: Invoice.objects.filter(issued_at=None).update(company_id=None),
    "origin": lambda: Invoice.objects.filter(issued_at=None).update(origin="RECEIVED"),
    "type": lambda: Invoice.objects.filter(issued_at=None).update(type="PROFORMA"),
    "date_issue": lambda: Invoice.objects.filter(issued_at=None).update(date_issue=date(2025, 1, 1)),
    "currency": lambda: Invoice.objects.filter(issued_at=None).update(currency="CHF"),
    "credit": lambda: Invoice.objects.filter(issued_at=None).update(credit=1),
    "rounding_policy": lambda: Invoice.objects.filter(issued_at=None).update(rounding_policy="KEEP_GROSS"),
    "supplier_vat_id": lambda: Invoice.objects.filter(issued_at=None).update(supplier_vat_id=""),
    "tax_decisions": lambda: Invoice.objects.filter(issued_at=None).update(tax_decisions=[]),
    "bulk_update": lambda: Invoice.objects.bulk_update([changed(row, status="SENT") for row in Invoice.objects.all()], ["status"]),
    "taken from the company": lambda: make_company(code="TWO").invoice_set.add(Invoice.objects.get(issued_at=None)),
    "the company cleared": lambda: Invoice.objects.get(issued_at=None).company.invoice_set.filter(issued_at=None).update(company=None),
}


@pytest.mark.parametrize("way", BY_SAVE_WAYS)
def test_what_numbers_totals_and_history_follow_from_is_written_by_save_alone(issued, way):
    make_invoice([line()], company=issued.company)
    before = rows()

    with pytest.raises(InvalidDataError, match="Set it on each invoice and save"), transaction.atomic():
        BY_SAVE_WAYS[way]()

    assert rows() == before


def test_what_may_change_may_change_many_at_a_time(issued):
    make_invoice([line()])

    assert Invoice.objects.update(internal_note="called", metadata={"project": 7}, already_paid=10) == 2
    assert Invoice.objects.bulk_update([changed(issued, internal_note="called twice")], ["internal_note"]) == 1
    assert sorted(Invoice.objects.values_list("internal_note", flat=True)) == ["called", "called twice"]


def test_open_documents_may_change_many_at_a_time(issued):
    make_invoice([line()])

    assert Invoice.objects.filter(issued_at=None).update(note="Thank you", title="Website") == 1
    assert Invoice.objects.none().update(note="changed") == 0
    assert list(Invoice.objects.order_by("pk").values_list("note", flat=True)) == ["", "Thank you"]


def test_a_refused_update_leaves_the_open_transaction_usable(issued):
    with transaction.atomic():
        with pytest.raises(InvoiceFrozenError):
            Invoice.objects.update(note="changed")
        with pytest.raises(InvoiceFrozenError):
            Invoice.objects.bulk_update([changed(issued, note="changed")], ["note"])
        make_invoice([line()])

    assert Invoice.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_document_that_is_issued_meanwhile_is_not_changed(at_once):
    invoice = make_invoice([line()])
    is_issued = Event()

    def issue():
        with transaction.atomic():
            invoice.issue()
            is_issued.set()
            wait_until_somebody_waits()

    def update():
        assert is_issued.wait(60)
        Invoice.objects.update(note="changed")

    raised = at_once(issue, update)

    assert [type(error) for error in raised] == [type(None), InvoiceFrozenError]
    assert not list(verify_chain())


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_document_that_comes_between_the_check_and_the_update_is_not_changed(at_once):
    make_invoice([line()])
    arrives = make_issued_invoice(internal_note="later")
    is_checked, has_arrived = Event(), Event()

    def update():
        def waits(execute, sql, params, many, context):
            # At READ COMMITTED each statement sees what was committed before it.
            if sql.startswith("UPDATE") and not is_checked.is_set():
                is_checked.set()
                assert has_arrived.wait(60)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(waits):
            Invoice.objects.filter(internal_note="").update(title="changed")

    def arrive():
        assert is_checked.wait(60)
        arrives.internal_note = ""
        arrives.save()
        has_arrived.set()

    raised = at_once(update, arrive)

    assert raised[1] is None
    assert Invoice.objects.get(pk=arrives.pk).title == ""


# Items

ITEM_WAYS = {
    "the document's items": lambda item: item.invoice.item_set.update(quantity=2),
    "deleted": lambda item: item.invoice.item_set.all().delete(),
    "added": lambda item: item.invoice.item_set.add(make_invoice([line()]).item_set.get()),
    "added by saving": lambda item: item.invoice.item_set.add(Item(**line()), bulk=False),
    "created": lambda item: item.invoice.item_set.create(**line()),
    "update_or_create": lambda item: item.invoice.item_set.update_or_create(pk=item.pk, defaults={"quantity": 2}),
    "get_or_create": lambda item: item.invoice.item_set.get_or_create(title="Hosting", defaults=line("Hosting")),
    "bulk_create": lambda item: item.invoice.item_set.bulk_create([Item(invoice=item.invoice, **line())]),
    "bulk_update": lambda item: item.invoice.item_set.bulk_update([changed(item, quantity=2)], ["quantity"]),
    "set": lambda item: item.invoice.item_set.set([make_invoice([line()]).item_set.get()]),
    "moved out": lambda item: given(make_invoice().item_set, item),
    "base manager": lambda item: Item._base_manager.filter(pk=item.pk).update(quantity=2),
}


@pytest.mark.parametrize("way", ITEM_WAYS)
def test_items_of_an_issued_document_stay(issued, way):
    before = list(issued.item_set.values()), Invoice.objects.values().get(pk=issued.pk)

    with pytest.raises(InvoiceFrozenError), transaction.atomic():
        ITEM_WAYS[way](issued.item_set.get())

    assert (list(issued.item_set.values()), Invoice.objects.values().get(pk=issued.pk)) == before


# Relations

RELATION_WAYS = {
    "remove": lambda one, other: one.related_invoices.remove(other),
    "remove by key": lambda one, other: one.related_invoices.remove(other.pk),
    "remove from the other side": lambda one, other: other.related_invoices.remove(one),
    "clear": lambda one, _: one.related_invoices.clear(),
    "clear of the other side": lambda _, other: other.related_invoices.clear(),
    "set": lambda one, _: one.related_invoices.set([]),
    "set, cleared first": lambda one, other: one.related_invoices.set([other], clear=True),
}


@pytest.mark.parametrize("way", RELATION_WAYS)
def test_issued_documents_stay_related(issued, way):
    note = issued.create_credit_note()

    with pytest.raises(InvoiceFrozenError, match="related_invoices can no longer change"), transaction.atomic():
        RELATION_WAYS[way](issued, note)

    assert list(issued.related_invoices.all()) == [note]
    assert list(note.related_invoices.all()) == [issued]


def test_a_relation_of_an_open_document_may_go(issued):
    copy, other = issued.create_copy(), make_issued_invoice()
    issued.related_invoices.add(other)

    issued.related_invoices.remove(copy)
    copy.related_invoices.add(issued)
    copy.related_invoices.clear()

    assert list(issued.related_invoices.all()) == [other]
    issued.related_invoices.add(copy)
    with pytest.raises(InvoiceFrozenError):
        issued.related_invoices.set([copy])


def test_relations_are_mended_through_the_door(issued):
    note = issued.create_credit_note()

    with unprotected(issued, reason="related by mistake"):
        issued.related_invoices.remove(note)

    assert not issued.related_invoices.exists()


# History


def _exemption():
    user = get_user_model().objects.create_user("petra")
    return LockExemption.objects.grant(None, user, until=timezone.now() + timedelta(hours=1), reason="asked for")


def _voided():
    first, _second = make_invoice(), make_invoice()
    first.delete(reason="ordered by nobody")
    return VoidedNumber.objects.get()


def _sealed():
    return make_issued_invoice().events.last()


HISTORY = {"event": _sealed, "voided number": _voided, "exemption": _exemption}

REWRITES = {
    "save": lambda row: changed(row, reason="changed").save(),
    "save of one column": lambda row: changed(row, reason="changed").save(update_fields=["reason"]),
    "save by force": lambda row: changed(row, reason="changed").save(force_update=True),
    "same key": lambda row: changed(
        type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    ).save(),
    "delete": lambda row: row.delete(),
    "queryset delete": lambda row: type(row).objects.filter(pk=row.pk).delete(),
    "all": lambda row: type(row).objects.all().delete(),
    "update": lambda row: type(row).objects.update(reason="changed"),
    "update to nothing": lambda row: type(row).objects.update(reason=None),
    "update by F()": lambda row: type(row).objects.update(reason=F("reason")),
    "base manager": lambda row: type(row)._base_manager.update(reason="changed"),
    "bulk_update": lambda row: type(row).objects.bulk_update([changed(row, reason="changed")], ["reason"]),
    "update_or_create": lambda row: type(row).objects.update_or_create(pk=row.pk, defaults={"reason": "changed"}),
    "bulk_create over it": lambda row: type(row).objects.bulk_create(
        [changed(row, reason="changed")], update_conflicts=True, update_fields=["reason"], unique_fields=["id"]
    ),
    "bulk_create over it, by place": lambda row: type(row).objects.bulk_create(
        *([changed(row, reason="changed")], None, False, True, ["reason"], ["id"])
    ),
}


@pytest.mark.parametrize("rewrite", REWRITES)
@pytest.mark.parametrize("kind", HISTORY)
def test_history_can_be_added_to_and_nothing_else(kind, rewrite):
    row = HISTORY[kind]()
    before = list(type(row).objects.values())

    # Exemptions are not made in bulk at all, whatever the options.
    with pytest.raises((AppendOnlyError, InvalidDataError)) as refusal, transaction.atomic():
        REWRITES[rewrite](row)

    assert isinstance(refusal.value, AppendOnlyError) or (kind, rewrite.partition(" ")[0]) == ("exemption", "bulk_create")
    assert list(type(row).objects.values()) == before


CUTS = {
    "queryset": lambda _: InvoiceEvent.objects.update(invoice=None),
    "the document's events": lambda invoice: invoice.events.update(invoice=None),
    "remove": lambda invoice: invoice.events.remove(invoice.events.last()),
    "clear": lambda invoice: invoice.events.clear(),
    "set": lambda invoice: invoice.events.set([]),
    "base manager": lambda _: InvoiceEvent._base_manager.update(invoice_id=None),
}


@pytest.mark.parametrize("cut", CUTS)
def test_the_history_of_an_issued_document_stays_linked_to_it(issued, cut):
    with pytest.raises(AppendOnlyError), transaction.atomic():
        CUTS[cut](issued)

    assert issued.events.count() == 2
    assert not list(verify_chain())


def test_a_user_who_goes_takes_his_links_along_and_leaves_his_name(issued):
    _exemption()
    petra = get_user_model().objects.get()
    event = InvoiceEvent.objects.get(kind="EXEMPTED")
    petra.delete()

    assert (LockExemption.objects.get().user, LockExemption.objects.get().user_name) == (None, "petra")
    assert InvoiceEvent.objects.get(pk=event.pk).data["user"] == "petra"
    assert not list(verify_chain())


# A gap that people made


def test_a_gap_is_entered_with_its_reason():
    make_invoice()
    make_invoice(sequence=5)
    counter = Counter.objects.get()

    entered = VoidedNumber.objects.enter_gap(counter, 2, 3, reason="written on paper")

    assert [(row.sequence, row.reason) for row in VoidedNumber.objects.all()] == [(2, "written on paper"), (3, "written on paper")]
    assert [row.sequence for row in entered] == [2, 3]


@pytest.mark.parametrize(
    ("first", "last", "reason", "field"),
    [
        (2, 4, " ", "reason"),
        (0, 3, "r", "first"),
        (4, 3, "r", "first"),
        (4, 7, "r", "first"),
        (1, 3, "r", "first"),
        (3, 5, "r", "first"),
        (2, 10**12, "r", "first"),
    ],
    ids=["no reason", "from nothing", "backwards", "beyond the counter", "holds a document", "ends in a document", "without end"],
)
def test_a_gap_that_is_none_is_refused(first, last, reason, field):
    make_invoice()
    make_invoice(sequence=5)

    with pytest.raises(InvalidDataError) as refusal:
        VoidedNumber.objects.enter_gap(Counter.objects.get(), first, last, reason=reason)

    assert list(refusal.value.errors) == [field]
    assert not VoidedNumber.objects.exists()


def test_a_gap_is_entered_once():
    make_invoice(sequence=5)
    VoidedNumber.objects.enter_gap(Counter.objects.get(), 2, 3, reason="written on paper")

    with pytest.raises(InvalidDataError, match="explained already"):
        VoidedNumber.objects.enter_gap(Counter.objects.get(), 3, 4, reason="written on paper")
    assert VoidedNumber.objects.count() == 2


def test_a_gap_leaves_numbers_that_were_voided_to_their_reasons():
    _voided()
    counter = Counter.objects.get()

    with pytest.raises(InvalidDataError):
        VoidedNumber.objects.enter_gap(counter, 1, 1, reason="written on paper")
    assert VoidedNumber.objects.get().reason == "ordered by nobody"
