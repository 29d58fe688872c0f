"""What a document comes to: stored totals and computed ones, by worked numbers, in every currency and under every policy."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from invoicing.domain.choices import RoundingPolicy
from invoicing.exceptions import InvalidDataError, TaxWithoutVatIdError
from invoicing.models import Item, get_invoice_model
from invoicing.models.locking import plain
from tests.factories import line, make_company, make_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

CENTS = [line(f"Stamp {place}", quantity=1, unit_price="0.33") for place in (1, 2, 3)]


def stored(invoice):
    """Total and VAT as they stand in the database, written out."""
    row = Invoice.objects.get(pk=invoice.pk)
    return str(row.total), str(row.vat)


# Stored totals


@pytest.mark.parametrize(
    ("policy", "total", "vat"), [("TAX_PER_CATEGORY", "1.18", "0.19"), ("TAX_PER_LINE", "1.17", "0.18"), ("KEEP_GROSS", "1.17", "0.18")]
)
def test_three_lines_of_33_cents_under_each_policy(policy, total, vat, settings):
    settings.INVOICING_ROUNDING_POLICY = policy

    in_one_go = make_invoice(CENTS)
    one_by_one = make_invoice()
    for fields in CENTS:
        Item(invoice=one_by_one, **fields).save()
    in_bulk = make_invoice()
    in_bulk.add_items(CENTS)

    for invoice in (in_one_go, one_by_one, in_bulk):
        assert stored(invoice) == (total, vat)
        assert (str(invoice.total), str(invoice.vat)) == (total, vat)


def test_gross_prices_stay_where_a_company_keeps_them():
    company = make_company(rounding_policy=RoundingPolicy.KEEP_GROSS)
    # 8.394958 is 9.99 less 19 %.
    invoice = make_invoice([line("Paperback", quantity=1, unit_price="8.394958")] * 3, company=company)

    assert stored(invoice) == ("29.97", "4.80")
    assert [str(item.total) for item in invoice.item_set.all()] == ["9.99", "9.99", "9.99"]


def test_an_invoice_keeps_the_policy_that_it_was_made_under(settings):
    settings.INVOICING_ROUNDING_POLICY = "TAX_PER_LINE"
    invoice = make_invoice(CENTS)

    settings.INVOICING_ROUNDING_POLICY = "TAX_PER_CATEGORY"
    invoice.title = "Stamps"
    invoice.save()

    assert stored(invoice) == ("1.17", "0.18")


def test_a_rounding_policy_that_is_none_is_refused(settings):
    settings.INVOICING_ROUNDING_POLICY = "BANKERS"

    with pytest.raises(InvalidDataError, match="BANKERS"):
        make_invoice(CENTS)


@pytest.mark.parametrize(
    ("currency", "price", "rate", "total", "vat"),
    [("EUR", "33.335", 19, "39.67", "6.33"), ("JPY", "333.5", 10, "367", "33"), ("KWD", "1.2345", 5, "1.297", "0.062")],
)
def test_amounts_have_the_digits_of_their_currency_before_and_after_they_are_read_back(currency, price, rate, total, vat):
    invoice = make_invoice([line(quantity=1, unit_price=price, tax_rate=rate)], currency=currency)
    assert (str(invoice.total), str(invoice.vat)) == (total, vat)

    invoice.refresh_from_db()
    assert (str(invoice.total), str(invoice.vat), str(invoice.to_pay)) == (total, vat, total)

    again = Invoice.objects.get(pk=invoice.pk)
    assert (str(again.total), str(again.vat)) == (total, vat)


@pytest.mark.parametrize("currency", ["CLF", "UYW"])
def test_a_currency_of_four_decimals_is_refused(currency):
    # ISO 4217 gives these units of account four decimals, and the columns hold three.
    with pytest.raises(InvalidDataError) as refused:
        make_invoice(currency=currency)

    assert list(refused.value.errors) == ["currency"]


def test_one_column_read_back_alone_has_the_digits_of_its_currency_too():
    invoice = make_invoice([line(quantity=1, unit_price=400, tax_rate=10)], currency="JPY")

    invoice.refresh_from_db(fields=["total"])

    assert str(invoice.total) == "440"


def test_credit_and_payments_written_with_other_digits_show_those_of_the_currency():
    invoice = make_invoice(
        [line(quantity=1, unit_price=1000, tax_rate=10)], currency="JPY", credit=Decimal("100.000"), already_paid=Decimal("50.00")
    )

    shown = {name: str(getattr(invoice, name)) for name in ("total", "subtotal", "to_pay", "total_before_discount", "net_total")}

    assert shown == {"total": "1000", "subtotal": "900", "to_pay": "950", "total_before_discount": "1100", "net_total": "1000"}


def test_vat_is_none_when_no_item_has_a_rate():
    invoice = make_invoice([line(tax_rate=None)])
    assert stored(invoice) == ("800.00", "None")

    Item(invoice=invoice, **line("Postage", quantity=1, unit_price=10, tax_rate=0)).save()
    assert stored(invoice) == ("810.00", "0.00")

    invoice.item_set.filter(tax_rate=0).delete()
    assert stored(invoice) == ("800.00", "None")


def test_an_invoice_without_items_comes_to_nothing():
    invoice = make_invoice()

    assert stored(invoice) == ("0.00", "None")
    assert (str(invoice.subtotal), str(invoice.to_pay), invoice.vat_summary) == ("0.00", "0.00", [])
    assert (invoice.has_discount, invoice.has_unit) == (False, False)


def test_what_is_not_saved_can_be_asked_as_well():
    invoice = Invoice(currency="EUR")

    assert (invoice.subtotal, invoice.vat_summary, invoice.discount, invoice.has_unit) == (0, [], 0, False)


def test_the_largest_amount_survives_the_database():
    invoice = make_invoice([line(quantity=1, unit_price="99999999999.999", tax_rate=None)], currency="KWD")

    invoice.refresh_from_db()

    assert str(invoice.total) == "99999999999.999"
    assert str(invoice.item_set.get().net) == "99999999999.999"


def test_a_total_that_is_too_large_is_refused_and_changes_nothing():
    largest = line(quantity=1, unit_price="99999999999.99", tax_rate=None)
    invoice = make_invoice([largest])

    with pytest.raises(InvalidDataError) as refused:
        Item(invoice=invoice, **line(quantity=1, unit_price="0.01", tax_rate=None)).save()

    assert list(refused.value.errors) == ["total"]
    assert stored(invoice) == ("99999999999.99", "None")
    assert invoice.item_set.count() == 1


def test_tax_that_makes_a_total_too_large_is_refused():
    with pytest.raises(InvalidDataError) as refused:
        make_invoice([line(quantity=1, unit_price="99999999999.99")])

    assert list(refused.value.errors) == ["total"]


# Totals follow


def test_totals_follow_each_save_and_delete_of_an_item():
    invoice = make_invoice()
    tea = Item(invoice=invoice, **line("Tea", quantity=2, unit_price=50))
    tea.save()
    assert stored(invoice) == ("119.00", "19.00")

    tea.quantity = Decimal(3)
    tea.save()
    assert stored(invoice) == ("178.50", "28.50")

    mug = Item.objects.create(invoice=invoice, **line("Mug", quantity=1, unit_price=10, tax_rate=7))
    assert stored(invoice) == ("189.20", "29.20")
    assert (invoice.total, invoice.vat) == (Decimal("189.20"), Decimal("29.20"))

    tea.delete()
    assert stored(invoice) == ("10.70", "0.70")

    mug.delete()
    assert stored(invoice) == ("0.00", "None")


def test_totals_follow_the_item_manager_of_the_invoice():
    invoice = make_invoice()

    tea = invoice.item_set.create(**line("Tea", quantity=1, unit_price=100))
    assert stored(invoice) == ("119.00", "19.00")

    Item.objects.update_or_create(pk=tea.pk, defaults={"unit_price": Decimal(200)})
    assert stored(invoice) == ("238.00", "38.00")


def test_totals_follow_a_queryset_that_updates_or_deletes():
    invoice = make_invoice([line("Tea", quantity=1, unit_price=100), line("Mug", quantity=1, unit_price=10)])

    invoice.item_set.filter(title="Mug").update(quantity=5)
    assert stored(invoice) == ("178.50", "28.50")
    assert invoice.item_set.get(title="Mug").net == 50

    invoice.item_set.filter(title="Tea").delete()
    assert stored(invoice) == ("59.50", "9.50")


def test_a_queryset_that_spans_invoices_brings_all_their_totals_up_to_date():
    first, second = make_invoice([line(tag="rush")]), make_invoice([line(tag="rush"), line("Hosting")])

    Item.objects.with_tag("rush").update(discount=50)

    assert stored(first) == ("476.00", "76.00")
    assert stored(second) == ("1428.00", "228.00")


def test_totals_follow_bulk_create_and_bulk_update():
    first, second = make_invoice(), make_invoice()

    items = Item.objects.bulk_create(
        [Item(invoice=first, **line()), Item(invoice=second, **line(quantity=1)), Item(invoice=first, **line())]
    )
    assert stored(first) == ("1904.00", "304.00")
    assert stored(second) == ("95.20", "15.20")
    assert (first.total, second.total) == (Decimal("1904.00"), Decimal("95.20"))

    for item in items:
        item.unit_price = Decimal(1)
    Item.objects.bulk_update(items, ["unit_price"])
    assert stored(first) == ("23.80", "3.80")
    assert stored(second) == ("1.19", "0.19")


def test_an_item_that_moves_takes_its_amounts_along():
    source, target = make_invoice([line("Tea"), line("Mug", quantity=1)]), make_invoice()
    mug = source.item_set.get(title="Mug")

    mug.invoice = target
    mug.save()

    assert stored(source) == ("952.00", "152.00")
    assert stored(target) == ("95.20", "15.20")


def test_an_item_that_moves_is_rounded_to_the_currency_it_comes_to():
    source, target = make_invoice([line(quantity=1, unit_price="100.50", tax_rate=None)]), make_invoice(currency="JPY")
    item = source.item_set.get()

    item.invoice = target
    item.save()

    assert stored(source) == ("0.00", "None")
    assert stored(target) == ("101", "None")
    assert Item.objects.get().net == 101


def test_an_unsaved_move_is_no_move():
    source, target = make_invoice([line()]), make_invoice([line()])
    item = source.item_set.get()

    item.invoice = target
    item.delete()

    assert stored(source) == ("0.00", "None")
    assert stored(target) == ("952.00", "152.00")


def test_totals_are_brought_up_to_date_before_an_invoice_is_saved():
    invoice = make_invoice([line()])
    invoice.credit = Decimal("52.00")
    invoice.total, invoice.vat = Decimal(1), Decimal(1)

    invoice.save()

    assert (invoice.total, invoice.vat) == (Decimal("900.00"), Decimal("152.00"))
    assert stored(invoice) == ("900.00", "152.00")


def test_totals_that_went_wrong_in_the_database_are_right_after_a_save():
    invoice = make_invoice([line()])
    plain(Invoice, using="default").filter(pk=invoice.pk).update(total=1, vat=1)

    Invoice.objects.get(pk=invoice.pk).save()

    assert stored(invoice) == ("952.00", "152.00")


def test_a_draft_in_another_currency_has_its_nets_computed_anew():
    invoice = make_invoice([line(quantity=1, unit_price="10.555")])
    assert stored(invoice) == ("12.57", "2.01")  # 10.56 and 2.0064

    invoice.currency = "KWD"
    invoice.save()
    assert stored(invoice) == ("12.560", "2.005")  # 10.555 and 2.00545
    assert str(invoice.item_set.get().net) == "10.555"

    invoice.currency = "JPY"
    invoice.save()
    assert stored(invoice) == ("13", "2")  # 11 and 2.09
    assert invoice.item_set.get().net == 11


def test_another_rounding_policy_computes_the_totals_anew():
    invoice = make_invoice(CENTS)

    invoice.rounding_policy = RoundingPolicy.TAX_PER_LINE
    invoice.save()

    assert stored(invoice) == ("1.17", "0.18")


def test_the_supplier_vat_id_cannot_be_taken_off_while_items_charge_tax():
    invoice = make_invoice([line()])
    invoice.supplier_vat_id = ""

    with pytest.raises(TaxWithoutVatIdError) as refused:
        invoice.save()
    assert list(refused.value.errors) == ["supplier_vat_id"]

    with pytest.raises(TaxWithoutVatIdError):
        invoice.save(update_fields=["supplier_vat_id"])

    assert Invoice.objects.get(pk=invoice.pk).supplier_vat_id == "DE987654328"
    invoice.item_set.update(tax_rate=None)
    invoice.save()
    assert stored(invoice) == ("800.00", "None")


def test_update_fields_writes_the_totals_along():
    invoice = make_invoice([line()])
    invoice.credit, invoice.note = Decimal("52.00"), "not written"

    invoice.save(update_fields=["credit"])

    assert stored(invoice) == ("900.00", "152.00")
    assert Invoice.objects.get(pk=invoice.pk).note == ""


def test_update_fields_that_leave_the_credit_out_leave_the_total_as_stored():
    invoice = make_invoice([line()])
    invoice.credit, invoice.note = Decimal("52.00"), "Thank you."

    invoice.save(update_fields=["note"])

    assert stored(invoice) == ("952.00", "152.00")


# What is computed


@pytest.fixture
def bookshop():
    """Two rates, two discounts and a credit.

    10 × 20.00 − 10 % = 180.00 at 7 %: 12.60; 3 × 9.99 = 29.97 at 19 %: 5.6943; 1 × 50.00 − 50 % = 25.00 at 19 %: 4.75;
    0.5 × 12.00 = 6.00 without a rate. Together 240.97 net, 12.60 + 54.97 × 19 % = 10.4443 → 10.44 of tax, 264.01; less 14.01.
    """
    return make_invoice(
        [
            line("Hardcover", quantity=10, unit="PIECES", unit_price=20, discount=10, tax_rate=7, weight=3),
            line("Notebook", quantity=3, unit="PIECES", unit_price="9.99", weight=2),
            line("Reading", quantity=1, unit="EMPTY", unit_price=50, discount=50, weight=1),
            line("Deposit", quantity="0.5", unit="EMPTY", unit_price=12, tax_rate=None, tax_category="O"),
        ],
        credit=Decimal("14.01"),
        already_paid=Decimal(100),
    )


def test_the_amounts_of_a_document(bookshop):
    assert stored(bookshop) == ("250.00", "23.04")
    assert str(bookshop.net_total) == "240.97"
    assert str(bookshop.subtotal) == "226.96"  # 240.97 less the credit
    assert str(bookshop.to_pay) == "150.00"
    # With tax: 200.00 × 1.07 × 10 % = 21.40, and 50.00 × 1.19 × 50 % = 29.75.
    assert str(bookshop.discount) == "51.15"
    assert str(bookshop.total_before_discount) == "315.16"  # 250.00 + 51.15 + 14.01
    assert (bookshop.calculate_total(), bookshop.calculate_vat()) == (Decimal("250.00"), Decimal("23.04"))


def test_the_vat_summary_has_a_row_for_each_rate(bookshop):
    assert bookshop.vat_summary == [
        {"rate": Decimal(19), "base": Decimal("54.97"), "vat": Decimal("10.44")},
        {"rate": Decimal(7), "base": Decimal(180), "vat": Decimal("12.60")},
        {"rate": None, "base": Decimal(6), "vat": Decimal(0)},
    ]


def test_the_vat_summary_puts_categories_of_one_rate_together_and_the_tax_subtotals_keep_them_apart():
    invoice = make_invoice([line(tax_rate=None, tax_category="O"), line(tax_rate=None, tax_category="E")])

    assert invoice.vat_summary == [{"rate": None, "base": Decimal(1600), "vat": Decimal(0)}]
    assert [(group.category, group.base) for group in invoice.tax_subtotals()] == [("E", Decimal(800)), ("O", Decimal(800))]


def test_the_parts_shown_add_up_to_the_total_shown(bookshop):
    assert sum(row["base"] for row in bookshop.vat_summary) == bookshop.net_total
    assert sum(row["vat"] for row in bookshop.vat_summary) == bookshop.vat
    assert bookshop.net_total + bookshop.vat - bookshop.credit == bookshop.total
    assert sum(item.net for item in bookshop.item_set.all()) == bookshop.net_total


def test_a_deduction_line_lowers_net_and_tax():
    invoice = make_invoice([line(), line("Less the advance invoice 2026/3", quantity=1, unit="EMPTY", unit_price="-300")])

    assert stored(invoice) == ("595.00", "95.00")
    assert str(invoice.net_total) == "500.00"


def test_deductions_may_outweigh_the_rest():
    invoice = make_invoice([line(quantity=1, unit_price="-100")])

    assert stored(invoice) == ("-119.00", "-19.00")


@pytest.mark.parametrize(
    ("units", "has_unit"),
    [(["EMPTY", "EMPTY"], False), (["PIECES", "PIECES"], True), (["EMPTY", "HOURS"], True), (["KGM"], True), ([], False)],
)
def test_units_are_worth_a_column_when_one_is_not_empty(units, has_unit):
    assert make_invoice([line(unit=unit) for unit in units]).has_unit is has_unit


@pytest.mark.parametrize(("discounts", "has_discount"), [([0, 0], False), ([0, "0.01"], True), ([], False)])
def test_a_discount_of_any_item_is_a_discount(discounts, has_discount):
    assert make_invoice([line(discount=discount) for discount in discounts]).has_discount is has_discount


@pytest.mark.parametrize(
    ("paid", "to_pay", "status"),
    [("0", "952.00", "UNPAID"), ("0.01", "951.99", "PARTIALLY_PAID"), ("952.00", "0.00", "PAID"), ("1000", "-48.00", "OVERPAID")],
)
def test_what_is_left_to_pay_says_how_much_is_paid(paid, to_pay, status):
    invoice = make_invoice([line()], already_paid=Decimal(paid))

    assert (str(invoice.to_pay), invoice.payment_status) == (to_pay, status)


def test_days_to_the_due_date():
    invoice = make_invoice([line()], date_issue=date(2026, 11, 20), date_tax_point=date(2026, 11, 20), date_due=date(2026, 12, 4))
    assert invoice.payment_term == 14

    with time_machine.travel("2026-12-01T12:00Z", tick=False):
        assert (invoice.days_to_overdue, invoice.overdue_days, invoice.is_overdue) == (3, -3, False)
    with time_machine.travel("2026-12-04T12:00Z", tick=False):
        assert (invoice.days_to_overdue, invoice.overdue_days, invoice.is_overdue) == (0, 0, False)
    with time_machine.travel("2026-12-14T12:00Z", tick=False):
        assert (invoice.days_to_overdue, invoice.overdue_days, invoice.is_overdue) == (-10, 10, True)


def test_the_day_changes_where_the_company_is():
    invoice = make_invoice([line()], company=make_company(time_zone="Pacific/Auckland"), date_due=date(2026, 12, 4))

    with time_machine.travel("2026-12-04T12:00Z", tick=False):
        assert invoice.is_overdue


def test_nothing_is_overdue_that_is_settled_free_of_charge_or_a_draft():
    day = date(2027, 1, 1)

    assert make_invoice([line()]).is_overdue_on(day)
    assert not make_invoice([line()], status="PAID").is_overdue_on(day)
    assert not make_invoice([line()], status="DRAFT").is_overdue_on(day)
    assert not make_invoice([line(discount=100)]).is_overdue_on(day)


def test_items_at_hand_are_read_once(bookshop, django_assert_num_queries):
    with django_assert_num_queries(1), bookshop.items_at_hand():
        shown = (bookshop.net_total, bookshop.discount, bookshop.vat_summary, bookshop.has_unit, bookshop.has_discount)

    assert shown[0] == Decimal("240.97")
    Item(invoice=bookshop, **line()).save()
    assert str(bookshop.net_total) == "1040.97"


# add_items and save_with_items


def test_items_are_added_as_instances_or_dictionaries_and_the_totals_follow_once():
    invoice = make_invoice()

    added = invoice.add_items(fields if place else Item(**fields) for place, fields in enumerate([line("Tea"), line("Mug", quantity=1)]))

    assert [item.title for item in added] == ["Tea", "Mug"]
    assert all(item.pk and item.invoice is invoice for item in added)
    assert [str(item.net) for item in added] == ["800.00", "80.00"]
    assert (str(invoice.total), str(invoice.vat)) == stored(invoice) == ("1047.20", "167.20")


def test_adding_to_items_that_are_there_counts_both():
    invoice = make_invoice([line()])

    assert invoice.add_items([]) == []
    assert stored(invoice) == ("952.00", "152.00")
    invoice.add_items([line()])
    assert stored(invoice) == ("1904.00", "304.00")


BAD_LINES = [line(), line(quantity=0, discount=150), line(), line(title=" ", unit_price=0.5)]


def test_every_bad_item_is_named_and_nothing_is_added():
    invoice = make_invoice([line("Already there")])

    with pytest.raises(InvalidDataError) as refused:
        invoice.add_items(BAD_LINES)

    assert set(refused.value.errors) == {"items[1].quantity", "items[1].discount", "items[3].title", "items[3].unit_price"}
    assert invoice.item_set.count() == 1
    assert stored(invoice) == ("952.00", "152.00")


def test_a_new_invoice_with_bad_items_is_not_saved_and_uses_up_no_number():
    with pytest.raises(InvalidDataError) as refused:
        make_invoice(BAD_LINES)

    assert "items[3].title" in refused.value.errors
    assert not Invoice.objects.exists()
    assert make_invoice([line()]).sequence == 1


def test_many_items_are_all_or_nothing_when_one_charges_tax_without_a_vat_id():
    invoice = make_invoice(supplier_vat_id="")

    for add in (
        lambda: invoice.add_items([line(tax_rate=None), line(tax_rate=19)]),
        lambda: Item.objects.bulk_create([Item(invoice=invoice, **line(tax_rate=None)), Item(invoice=invoice, **line(tax_rate=0))]),
        lambda: make_invoice([line()], supplier_vat_id=""),
    ):
        with pytest.raises(TaxWithoutVatIdError):
            add()

    assert not Item.objects.exists()
    assert Invoice.objects.count() == 1


def test_items_that_are_too_much_together_are_not_added():
    invoice = make_invoice()

    with pytest.raises(InvalidDataError, match="total"):
        invoice.add_items([line(quantity=1, unit_price="60000000000", tax_rate=None)] * 2)

    assert not invoice.item_set.exists()


@pytest.mark.parametrize("batch_size", [1, 2, 1000])
def test_items_are_inserted_in_batches_and_keep_their_order(batch_size):
    invoice = make_invoice()

    invoice.add_items([line(f"Page {page}") for page in range(5)], batch_size=batch_size)

    assert [item.title for item in invoice.item_set.all()] == ["Page 0", "Page 1", "Page 2", "Page 3", "Page 4"]


def test_an_invoice_that_is_not_saved_takes_no_items():
    unsaved = Invoice(supplier_vat_id="DE987654328", currency="EUR")

    for add in (
        lambda: unsaved.add_items([line()]),
        lambda: Item.objects.bulk_create([Item(invoice=unsaved, **line())]),
        lambda: Item.objects.bulk_create([Item(**line())]),
        lambda: Item(invoice=unsaved, **line()).save(),
        lambda: Item(**line()).save(),
    ):
        with pytest.raises(InvalidDataError, match="Save the invoice before its items"):
            add()
