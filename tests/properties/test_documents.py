"""What holds for every invoice in the database: stored is what its items come to, whichever way they came and went."""

from decimal import Decimal

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from invoicing.domain.amounts import document_totals
from invoicing.exceptions import InvalidDataError, OverCreditError
from invoicing.models import Item, get_invoice_model
from tests.factories import build_invoice, make_invoice
from tests.properties.strategies import amounts_of, currencies, decimals, drawn_line, lines, policies, prices, quantities, rolled_back

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def stored(invoice):
    """Total and VAT as they stand in the database."""
    row = Invoice.objects.get(pk=invoice.pk)
    return row.total, row.vat


def recomputed(invoice):
    """Total and VAT from the stored items, and their stored nets beside those that the items come to."""
    row = Invoice.objects.get(pk=invoice.pk)
    totals = row.totals()
    assert [item.net for item in row.item_set.all()] == [item.subtotal for item in row.item_set.all()]
    assert sum(item.net for item in row.item_set.all()) == totals.net == row.net_total
    return totals.total, totals.vat


def written_down():
    """What is stored of all invoices and items, without the stamps of time."""
    invoices = Invoice.objects.values("pk", "sequence", "number", "status", "currency", "rounding_policy", "total", "vat", "credit")
    items = Item.objects.values("pk", "invoice", "title", "unit_price", "quantity", "discount", "tax_rate", "tax_category", "net")
    return list(invoices), list(items)


def issued(drawn, **fields):
    """An issued invoice over the lines."""
    invoice = make_invoice(drawn, **fields)
    invoice.issue()
    return invoice


@given(drawn=lines, currency=currencies, policy=policies)
def test_every_way_to_store_items_stores_what_they_come_to(drawn, currency, policy):
    expected = document_totals([amounts_of(fields, currency=currency, policy=policy) for fields in drawn], currency=currency)

    with rolled_back():
        at_once = make_invoice(drawn, currency=currency, rounding_policy=policy)
        added, one_by_one, batched = (make_invoice(currency=currency, rounding_policy=policy) for _ in range(3))
        added.add_items(drawn)
        for fields in drawn:
            Item(invoice=one_by_one, **fields).save()
        with batched.batch():
            for fields in drawn:
                Item(invoice=batched, **fields).save()

        for invoice in (at_once, added, one_by_one, batched):
            assert stored(invoice) == recomputed(invoice) == (expected.total, expected.vat)
            assert (invoice.total, invoice.vat) == (expected.total, expected.vat)


@given(drawn=lines, currency=currencies, policy=policies, credit=st.integers(0, 1000))
def test_the_parts_shown_add_up_to_the_total_shown(drawn, currency, policy, credit):
    with rolled_back():
        invoice = make_invoice(drawn, currency=currency, rounding_policy=policy, credit=Decimal(credit))
        summary, groups = invoice.vat_summary, invoice.tax_subtotals()

        assert sum(row["base"] for row in summary) == sum(group.base for group in groups) == invoice.net_total
        assert sum(row["vat"] for row in summary) == sum(group.tax for group in groups) == (invoice.vat or 0)
        assert invoice.net_total + (invoice.vat or 0) - invoice.credit == invoice.total == invoice.to_pay
        assert invoice.subtotal == invoice.net_total - credit
        assert invoice.total_before_discount == invoice.total + invoice.discount + credit


@given(drawn=lines, currency=currencies, policy=policies)
def test_saving_again_changes_nothing(drawn, currency, policy):
    with rolled_back():
        invoice = make_invoice(drawn, currency=currency, rounding_policy=policy)
        before = written_down()

        Invoice.objects.get(pk=invoice.pk).save()
        for item in Item.objects.all():
            item.save()

        assert written_down() == before


@given(drawn=lines, currency=currencies, policy=policies, random=st.randoms(use_true_random=False))
def test_the_order_of_the_items_is_irrelevant(drawn, currency, policy, random):
    with rolled_back():
        first, second = (
            make_invoice(order, currency=currency, rounding_policy=policy) for order in (drawn, random.sample(drawn, len(drawn)))
        )

        assert stored(first) == stored(second)
        assert first.vat_summary == second.vat_summary


# Each step works on the item of that place, as far as there is one.
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), drawn_line()),
        st.tuples(st.just("price"), st.integers(0, 7), prices),
        st.tuples(st.just("quantity"), st.integers(0, 7), quantities),
        st.tuples(st.just("title only"), st.integers(0, 7), prices),
        st.tuples(st.just("delete"), st.integers(0, 7)),
        st.tuples(st.just("move"), st.integers(0, 7)),
        st.tuples(st.just("update all"), decimals("0", "100", 2)),
        st.tuples(st.just("currency"), currencies),
        st.tuples(st.just("policy"), policies),
        st.tuples(st.just("credit"), st.integers(0, 100)),
    ),
    max_size=8,
)


def take(step, invoice, other):
    """Do one step to the invoice."""
    name, *arguments = step
    if name == "add":
        Item(invoice=invoice, **arguments[0]).save()
    elif name in {"currency", "policy", "credit"}:
        column = {"policy": "rounding_policy"}.get(name, name)
        row = Invoice.objects.get(pk=invoice.pk)
        setattr(row, column, Decimal(arguments[0]) if name == "credit" else arguments[0])
        row.save()
    elif name == "update all":
        invoice.item_set.update(discount=arguments[0])
    else:
        item = next(iter(invoice.item_set.all()[arguments[0] : arguments[0] + 1]), None)
        if item is not None:
            take_with_item(name, arguments[1:], item, other)


def take_with_item(name, arguments, item, other):
    """Do one step to an item."""
    if name == "delete":
        item.delete()
    elif name == "move":
        item.invoice = other
        item.save()
    elif name == "title only":
        item.title, item.unit_price = "Renamed", arguments[0]
        item.save(update_fields=["title"])
    else:
        setattr(item, {"price": "unit_price"}.get(name, name), arguments[0])
        item.save()


@given(drawn=lines, done=steps, currency=currencies, policy=policies)
def test_stored_is_recomputed_after_every_change(drawn, done, currency, policy):
    with rolled_back():
        invoice = make_invoice(drawn, currency=currency, rounding_policy=policy)
        other = make_invoice(currency="JPY")

        for step in done:
            take(step, invoice, other)

            assert stored(invoice) == recomputed(invoice)
            assert stored(other) == recomputed(other)


@given(drawn=lines, policy=policies, credit=st.integers(0, 1000))
def test_yen_never_show_decimals(drawn, policy, credit):
    names = ("total", "vat", "subtotal", "net_total", "discount", "credit", "to_pay", "already_paid", "total_before_discount")

    with rolled_back():
        invoice = make_invoice(drawn, currency="JPY", rounding_policy=policy, credit=Decimal(credit) + Decimal("0.00"))

        for shown in (invoice, Invoice.objects.get(pk=invoice.pk)):
            amounts = [getattr(shown, name) for name in names]
            amounts += [value for row in shown.vat_summary for value in (row["base"], row["vat"])]
            for item in shown.item_set.all():
                amounts += [item.subtotal, item.vat, item.total, item.discount_amount, item.total_before_discount]
            assert [amount for amount in map(str, amounts) if "." in amount or "E" in amount] == []


@given(drawn=st.lists(drawn_line(), min_size=1, max_size=8), currency=currencies, policy=policies, credit=st.integers(0, 100))
def test_a_full_credit_note_cancels_exactly(drawn, currency, policy, credit):
    with rolled_back(), override_settings(INVOICING_CONTENT_RULES="BASIC"):
        invoice = issued(drawn, currency=currency, rounding_policy=policy, credit=Decimal(credit))

        note = invoice.create_credit_note()

        invoice.refresh_from_db()
        assert stored(note) == stored(invoice) == recomputed(note)
        assert note.vat_summary == invoice.vat_summary
        assert invoice.status == "CREDITED"


parts = st.lists(st.tuples(st.integers(0, 7), st.integers(1, 999)), max_size=5)


@given(drawn=st.lists(drawn_line(), min_size=1, max_size=4), taken=parts, currency=currencies, policy=policies)
def test_credit_notes_over_parts_add_up_to_the_invoice(drawn, taken, currency, policy):
    with rolled_back(), override_settings(INVOICING_CONTENT_RULES="BASIC"):
        invoice = issued(drawn, currency=currency, rounding_policy=policy)
        items = list(invoice.item_set.all())
        notes = []
        for place, thousandths in taken:
            item = items[place % len(items)]
            quantity = (item.quantity * thousandths / 1000).quantize(Decimal("0.001")) or Decimal("0.001")
            if invoice.status != "CREDITED":
                try:
                    notes.append(invoice.create_credit_note({item: quantity}))
                except (OverCreditError, InvalidDataError):
                    # More than is left, a deduction left alone, or so little that it rounds to nothing: refused, and nothing is written.
                    assert Invoice.objects.filter(type="CREDIT_NOTE").count() == len(notes)
        if invoice.status != "CREDITED":
            notes.append(invoice.create_credit_note())

        assert invoice.status == "CREDITED"
        if policy == "KEEP_GROSS":
            # The prices with tax are what stays.
            assert sum(note.total for note in notes) == invoice.total
        else:
            assert sum(note.net_total for note in notes) == invoice.net_total
            for item in items:
                assert sum(credited.net for credited in item.crediting_items.all()) == item.net
        for note in notes:
            assert stored(note) == recomputed(note)


@given(drawn=lines, currency=currencies, policy=policies)
def test_a_copy_comes_to_the_same(drawn, currency, policy):
    with rolled_back():
        invoice = make_invoice(drawn, currency=currency, rounding_policy=policy)

        copy = invoice.create_copy()

        assert stored(copy) == recomputed(copy) == stored(invoice)


@given(drawn=lines, bad=st.sampled_from([{"quantity": 0}, {"discount": 101}, {"unit_price": 0.5}, {"tax_rate": -1}, {"title": ""}]))
def test_one_bad_item_among_many_leaves_nothing(drawn, bad):
    with rolled_back():
        mixed = [*drawn, {"title": "Bad", "unit_price": Decimal(1), **bad}]

        with pytest.raises(ValueError, match=rf"items\[{len(drawn)}\]\.{next(iter(bad))}"):
            build_invoice().save_with_items(mixed)

        assert not Invoice.objects.exists()
        assert not Item.objects.exists()
