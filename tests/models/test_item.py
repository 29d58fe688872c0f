"""One line of an invoice: its amounts, its bounds, its unit and its tax."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from invoicing.domain.choices import RoundingPolicy
from invoicing.exceptions import InvalidDataError, InvoiceFrozenError, TaxWithoutVatIdError
from invoicing.models import Item, get_invoice_model
from tests.factories import ALPENBLICK, line, make_invoice, make_issued_invoice, make_product

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


@pytest.fixture
def invoice():
    """An invoice without items; its supplier may charge tax."""
    return make_invoice()


def refused(invoice, **fields):
    """The errors that saving a line of these fields gives."""
    with pytest.raises(InvalidDataError) as caught:
        Item(invoice=invoice, **line(**fields)).save()
    assert not invoice.item_set.exists()
    assert Invoice.objects.get(pk=invoice.pk).total == 0
    return caught.value.errors


# Amounts


def test_the_amounts_of_a_line(invoice):
    # 3 × 19.99 = 59.97; less 15 % = 50.9745 → 50.97; 19 % of that = 9.6843.
    item = Item(invoice=invoice, title="Umbrella", quantity=Decimal(3), unit_price=Decimal("19.99"), discount=15, tax_rate=Decimal(19))

    assert str(item.subtotal_before_discount) == "59.97"
    assert str(item.subtotal) == "50.97"
    assert str(item.vat) == "9.68"
    assert str(item.total) == "60.65"
    assert str(item.vat_before_discount) == "11.39"  # 59.97 × 19 % = 11.3943
    assert str(item.total_before_discount) == "71.36"
    assert str(item.discount_amount) == "10.70"  # 59.97 × 1.19 × 15 % = 10.7046
    assert item.unit_price_with_vat == Decimal("23.7881")


def test_the_amounts_of_a_line_without_a_rate(invoice):
    item = Item(invoice=invoice, title="Rent", unit_price=Decimal("850.00"), quantity=Decimal(2))

    assert (str(item.vat), str(item.total), item.unit_price_with_vat) == ("0.00", "1700.00", Decimal(850))
    assert (str(item.discount_amount), str(item.total_before_discount)) == ("0.00", "1700.00")


@pytest.mark.parametrize(("currency", "amounts"), [("JPY", ("1001", "100", "1101")), ("KWD", ("1000.500", "100.050", "1100.550"))])
def test_a_line_has_the_digits_of_its_currency(currency, amounts):
    item = Item(invoice=make_invoice(currency=currency), title="Kimono", unit_price=Decimal("1000.5"), tax_rate=Decimal(10))

    assert (str(item.subtotal), str(item.vat), str(item.total)) == amounts


def test_a_line_that_keeps_its_gross_price_takes_the_tax_out_of_it():
    invoice = make_invoice(rounding_policy=RoundingPolicy.KEEP_GROSS)
    # 9.99 less 19 %; 3 × 9.99 = 29.97 holds 4.785 of tax.
    item = Item(invoice=invoice, title="Paperback", quantity=Decimal(3), unit_price=Decimal("8.394958"), tax_rate=Decimal(19))

    assert (str(item.subtotal), str(item.vat), str(item.total)) == ("25.18", "4.79", "29.97")


def test_an_untouched_discount_of_everything_leaves_nothing(invoice):
    item = Item(invoice=invoice, **line(discount=100))

    assert (str(item.subtotal), str(item.vat), str(item.total), str(item.discount_amount)) == ("0.00", "0.00", "0.00", "952.00")


def test_the_net_is_stored_with_the_line(invoice):
    item = Item(invoice=invoice, **line(quantity="0.333", unit_price="10.00"))
    item.save()

    assert Item.objects.get().net == Decimal("3.33")


def test_unit_prices_keep_six_decimals(invoice):
    item = Item(invoice=invoice, **line("Electricity, kWh", quantity="1234.567", unit="KWH", unit_price="0.283115"))
    item.save()

    item = Item.objects.get()
    assert item.unit_price == Decimal("0.283115")
    assert str(item.subtotal) == "349.52"  # 349.524…


def test_a_title_says_what_the_line_is():
    assert str(Item(title="Tea")) == "Tea"


# Bounds, with their neighbours on both sides


@pytest.mark.parametrize("quantity", ["0.001", "1", "99999999999.999"])
def test_quantities_that_are_possible(invoice, quantity):
    Item(invoice=invoice, **line(quantity=quantity, unit_price="0.01", tax_rate=None)).save()

    assert Item.objects.get().quantity == Decimal(quantity)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0009", "0.0011", "100000000000", None, "", "two"])
def test_quantities_that_are_not(invoice, quantity):
    assert list(refused(invoice, quantity=quantity)) == ["quantity"]


@pytest.mark.parametrize("discount", ["0", "0.01", "99.99", "100"])
def test_discounts_that_are_possible(invoice, discount):
    Item(invoice=invoice, **line(discount=discount)).save()

    assert Item.objects.get().discount == Decimal(discount)


@pytest.mark.parametrize("discount", ["-0.01", "-1", "100.01", "150", "0.001", None])
def test_discounts_that_are_not(invoice, discount):
    assert list(refused(invoice, discount=discount)) == ["discount"]


@pytest.mark.parametrize("rate", ["0", "0.001", "25.5", "100", None])
def test_rates_that_are_possible(invoice, rate):
    Item(invoice=invoice, **line(tax_rate=rate)).save()

    assert Item.objects.get().tax_rate == (None if rate is None else Decimal(rate))


@pytest.mark.parametrize("rate", ["-1", "100.001", "0.0001", "full"])
def test_rates_that_are_not(invoice, rate):
    assert list(refused(invoice, tax_rate=rate)) == ["tax_rate"]


def test_a_rate_that_is_left_empty_in_a_file_is_none(invoice):
    Item(invoice=invoice, **line(tax_rate="")).save()

    assert Item.objects.get().tax_rate is None


@pytest.mark.parametrize("price", ["-99999999999.9999", "-0.000001", "0", "99999999999.9999", "12345678901.2345"])
def test_unit_prices_that_are_possible(invoice, price):
    Item(invoice=invoice, **line(quantity="0.001", unit_price=price, tax_rate=None)).save()

    assert Item.objects.get().unit_price == Decimal(price)


@pytest.mark.parametrize("price", ["100000000000", "0.0000001", "12345678901.23456", None, "", "10,50"])
def test_unit_prices_that_are_not(invoice, price):
    assert list(refused(invoice, unit_price=price)) == ["unit_price"]


def test_fifteen_significant_digits_are_what_every_database_keeps(invoice):
    errors = refused(invoice, unit_price="1234567890.123456", quantity=1)

    assert errors == {"unit_price": ["Use at most 15 significant digits."]}


def test_a_net_that_is_too_large_names_its_price(invoice):
    assert list(refused(invoice, quantity=2, unit_price="99999999999.99", tax_rate=None)) == ["unit_price"]


@pytest.mark.parametrize("field", ["quantity", "unit_price", "discount", "tax_rate"])
@pytest.mark.parametrize(
    "value", [0.5, float("nan"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+400"), "NaN", [], b"1"]
)
def test_what_is_no_exact_number_is_refused_by_the_name_of_its_field(invoice, field, value):
    assert list(refused(invoice, **{field: value})) == [field]


def test_a_float_is_refused_and_says_what_to_use(invoice):
    assert refused(invoice, unit_price=19.99) == {"unit_price": ["Use a Decimal or a text, not a float: a float is not exact."]}


def test_texts_that_are_numbers_become_numbers(invoice):
    item = Item(invoice=invoice, title="Tea", quantity="2", unit_price="12.50", tax_rate="19")
    item.save()

    assert (item.quantity, item.unit_price, item.tax_rate, item.net) == (Decimal(2), Decimal("12.50"), Decimal(19), Decimal(25))


def test_all_that_is_wrong_with_a_line_is_said_at_once(invoice):
    errors = refused(invoice, title="", quantity=0, discount=150, unit="BUSHELS!", tax_category="ZZ", unit_price=None)

    assert set(errors) == {"title", "quantity", "discount", "unit", "tax_category", "unit_price"}


# Texts


@pytest.mark.parametrize("title", ["", "   ", "\n", None])
def test_a_line_says_what_is_sold(invoice, title):
    assert list(refused(invoice, title=title)) == ["title"]


@pytest.mark.parametrize("field", ["title", "description", "tag"])
@pytest.mark.parametrize("text", ["Tea\x00", "\x07Tea", "Te\x1ba", "Tea\x7f", "Tea\ud800", "\ufffe"])
def test_control_characters_are_refused(invoice, field, text):
    assert refused(invoice, **{field: text}) == {field: ["Remove the control characters."]}


@pytest.mark.parametrize(
    "text", ["Grünkohl à la crème", "抹茶 🍵", "Ελιές", "شاي", "First line\nsecond line\twith a tab", "𝄞", "x" * 20_000]
)
def test_every_other_text_comes_back_as_it_was(invoice, text):
    Item(invoice=invoice, **line(text, description=text)).save()

    item = Item.objects.get()
    assert (item.title, item.description) == (text, text)


# Unit


@pytest.mark.parametrize(
    ("unit", "code"), [("EMPTY", ""), ("PIECES", "C62"), ("HOURS", "HUR"), ("KGM", "KGM"), ("kgm", "KGM"), ("C62", "C62"), ("hours", "HUR")]
)
def test_a_unit_has_a_code(invoice, unit, code):
    Item(invoice=invoice, **line(unit=unit)).save()

    assert Item.objects.get().unit_code == code


@pytest.mark.parametrize("unit", ["BUSHELS", "XXXX", "piece of", "½"])
def test_a_unit_that_is_none_is_refused(invoice, unit):
    assert list(refused(invoice, unit=unit)) == ["unit"]


def test_a_unit_may_be_set_by_its_code():
    item = Item(title="Consulting")

    item.unit_code = "HUR"

    assert item.unit == "HOURS"


# Tax


@pytest.mark.parametrize("rate", ["19", "0"])
def test_a_rate_needs_a_supplier_with_a_vat_id(rate):
    invoice = make_invoice(supplier_vat_id="")

    with pytest.raises(ValueError, match="A supplier VAT id is required to charge tax") as caught:
        Item(invoice=invoice, **line(tax_rate=rate)).save()

    assert isinstance(caught.value, TaxWithoutVatIdError)
    assert list(caught.value.errors) == ["tax_rate"]
    assert not invoice.item_set.exists()


def test_without_a_rate_no_vat_id_is_needed():
    invoice = make_invoice(supplier_vat_id="")

    Item(invoice=invoice, **line(tax_rate=None)).save()

    assert Invoice.objects.get(pk=invoice.pk).total == 800


def test_a_vat_id_that_is_only_in_memory_charges_no_tax(invoice):
    stale = make_invoice(supplier_vat_id="")
    stale.supplier_vat_id = "DE987654328"

    with pytest.raises(TaxWithoutVatIdError):
        Item(invoice=stale, **line()).save()


@pytest.mark.parametrize(
    ("rate", "category"),
    [("19", ""), ("19", "S"), ("7", "L"), ("7", "M"), ("0", "Z"), (None, "E"), (None, "AE"), ("0", "K"), (None, "G"), (None, "O")],
)
def test_categories_that_fit_their_rate(invoice, rate, category):
    Item(invoice=invoice, **line(tax_rate=rate, tax_category=category)).save()

    assert Item.objects.get().tax_category == category


@pytest.mark.parametrize("category", ["Z", "E", "AE", "K", "G", "O"])
def test_categories_that_charge_no_tax_take_no_rate(invoice, category):
    assert list(refused(invoice, tax_rate="19", tax_category=category)) == ["tax_category"]


@pytest.mark.parametrize("rate", [None, "0"])
def test_the_standard_category_needs_a_rate(invoice, rate):
    assert list(refused(invoice, tax_rate=rate, tax_category="S")) == ["tax_rate"]


@pytest.mark.parametrize("category", ["X", "s", "STANDARD"])
def test_a_category_that_is_none_is_refused(invoice, category):
    assert list(refused(invoice, tax_category=category)) == ["tax_category"]


@pytest.mark.parametrize(("rate", "category"), [("19", "S"), ("0", "Z"), (None, "E")])
def test_a_category_that_is_left_empty_is_derived(invoice, rate, category):
    assert Item(invoice=invoice, **line(tax_rate=None if rate is None else Decimal(rate))).get_tax_category() == category


def test_calculate_tax_asks_the_policy_of_the_invoice(invoice):
    item = Item(invoice=invoice, **line(tax_rate=None))

    item.calculate_tax()
    item.save()

    assert (item.tax_rate, item.get_tax_category()) == (Decimal(19), "S")
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "952.00"


def test_calculate_tax_leaves_the_tax_to_a_business_abroad():
    abroad = make_invoice(customer=ALPENBLICK)
    item = Item(invoice=abroad, **line())

    item.calculate_tax()
    item.save()

    assert (item.tax_rate, item.get_tax_category()) == (None, "AE")
    assert (str(abroad.total), abroad.vat) == ("800.00", None)


def test_recalculate_tax_sets_the_rate_of_every_item_and_the_totals_follow(settings):
    settings.INVOICING_TAX_RATE = Decimal(21)
    settings.INVOICING_TAXATION_POLICY = "invoicing.taxation.flat.FlatRatePolicy"
    invoice = make_invoice([line(), line("Hosting", quantity=1, unit_price=100, tax_rate=None)])

    invoice.recalculate_tax()

    assert [item.tax_rate for item in invoice.item_set.all()] == [21, 21]
    assert (str(invoice.total), str(invoice.vat)) == ("1089.00", "189.00")


# Saving


def test_update_fields_count_only_what_is_written(invoice):
    invoice.add_items([line()])
    item = Item.objects.get()
    item.unit_price, item.title = Decimal(500), "Website relaunch"

    item.save(update_fields=["title"])

    item = Item.objects.get()
    assert (item.title, item.unit_price, item.net) == ("Website relaunch", 80, 800)
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "952.00"


def test_update_fields_that_change_the_price_change_net_and_totals(invoice):
    invoice.add_items([line()])
    item = Item.objects.get()
    item.unit_price = Decimal(50)

    item.save(update_fields=["unit_price"])

    assert Item.objects.get().net == 500
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "595.00"


def test_a_row_that_was_read_in_part_can_be_saved(invoice):
    invoice.add_items([line()])
    item = Item.objects.only("title").get()
    item.title = "Website relaunch"

    item.save()

    item = Item.objects.get()
    assert (item.title, item.net, item.quantity) == ("Website relaunch", 800, 10)
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "952.00"


def test_a_refused_change_leaves_the_line_and_the_totals(invoice):
    invoice.add_items([line()])
    item = Item.objects.get()
    item.quantity = Decimal(0)

    with pytest.raises(InvalidDataError):
        item.save()

    assert Item.objects.get().quantity == 10
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "952.00"


def test_items_go_with_their_invoice(invoice):
    invoice.add_items([line(), line()])

    invoice.delete()

    assert not Item.objects.exists()


@pytest.mark.parametrize("weights", [[3, 1, 2], [-1, -3, -2]])
def test_items_are_ordered_by_weight(invoice, weights):
    invoice.add_items([line(f"Weight {weight}", weight=weight) for weight in weights])

    assert [item.title for item in invoice.item_set.all()] == [f"Weight {weight}" for weight in sorted(weights)]


def test_equal_weights_keep_the_order_of_entry(invoice):
    for title in ("Zebra", "Ant", "Monkey"):
        Item(invoice=invoice, **line(title)).save()

    assert [item.title for item in Item.objects.all()] == ["Zebra", "Ant", "Monkey"]


def test_a_tag_finds_its_items(invoice):
    invoice.add_items([line("Flight", tag="travel"), line("Hotel", tag="travel"), line("Design")])

    assert [item.title for item in Item.objects.with_tag("travel")] == ["Flight", "Hotel"]
    assert not Item.objects.with_tag("trav").exists()


# Many at a time


@pytest.mark.parametrize("way", ["update", "add"])
def test_items_that_move_take_their_amounts_along(invoice, way):
    invoice.add_items([line()])
    other = make_invoice([line(quantity=1)])

    if way == "update":
        Item.objects.filter(invoice=invoice).update(invoice=other)
    else:
        other.item_set.add(invoice.item_set.get())

    assert str(Invoice.objects.get(pk=invoice.pk).total) == "0.00"
    assert str(Invoice.objects.get(pk=other.pk).total) == "1047.20"


@pytest.mark.parametrize("way", ["update", "add"])
def test_items_do_not_move_into_or_out_of_an_issued_invoice(invoice, way):
    invoice.add_items([line()])
    issued = make_issued_invoice()

    moves = {
        "update": lambda source, target: Item.objects.filter(invoice=source).update(invoice=target),
        "add": lambda source, target: target.item_set.add(source.item_set.get()),
    }

    for source, target in ((invoice, issued), (issued, invoice)):
        with pytest.raises(InvoiceFrozenError):
            moves[way](source, target)

    assert (invoice.item_set.count(), issued.item_set.count()) == (1, 1)


def test_an_item_needs_an_invoice_to_move_to(invoice):
    invoice.add_items([line()])

    with pytest.raises(InvalidDataError, match="belongs to an invoice"):
        Item.objects.update(invoice=None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"quantity": 0}, "quantity"), ({"discount": 150}, "discount"), ({"unit_price": 0.1}, "unit_price"), ({"tax_rate": -1}, "tax_rate")],
)
def test_a_queryset_refuses_values_that_no_line_may_hold(invoice, changes, field):
    invoice.add_items([line()])

    with pytest.raises(InvalidDataError) as caught:
        Item.objects.update(**changes)

    assert list(caught.value.errors) == [field]
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "952.00"


def test_a_queryset_charges_no_tax_without_a_vat_id():
    invoice = make_invoice([line(tax_rate=None)], supplier_vat_id="")

    with pytest.raises(TaxWithoutVatIdError):
        Item.objects.update(tax_rate=Decimal(19))

    assert Item.objects.get().tax_rate is None
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "800.00"


@pytest.mark.parametrize(
    "change",
    [
        lambda items: items.filter(title="Plot").update(quantity=10),
        lambda items: items.filter(title="Discount").delete(),
    ],
    ids=["update", "delete"],
)
def test_a_queryset_that_makes_a_total_too_large_changes_nothing(invoice, change):
    invoice.add_items(
        [
            line(title, quantity=1, unit_price=price, tax_rate=None)
            for title, price in (("Plot", "60000000000"), ("Discount", "-1"), ("House", "40000000000"))
        ]
    )

    with pytest.raises(InvalidDataError):
        change(invoice.item_set.all())

    assert sorted(Item.objects.values_list("title", "quantity")) == [("Discount", 1), ("House", 1), ("Plot", 1)]
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "99999999999.00"


def test_items_of_an_issued_invoice_are_left_alone():
    invoice = make_issued_invoice()

    for change in (
        lambda: Item(invoice=invoice, **line()).save(),
        lambda: invoice.add_items([line()]),
        lambda: invoice.item_set.update(quantity=1),
        lambda: invoice.item_set.all().delete(),
        lambda: invoice.item_set.get().delete(),
    ):
        with pytest.raises(InvoiceFrozenError):
            change()

    assert str(Invoice.objects.get(pk=invoice.pk).total) == "952.00"


# What the database itself holds


@pytest.mark.parametrize("changes", [{"quantity": 0}, {"quantity": -1}, {"discount": Decimal("100.01")}, {"discount": -1}])
def test_the_database_holds_the_bounds_against_querysets_that_go_round_the_checks(invoice, changes):
    invoice.add_items([line()])

    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet.update(Item.objects.all(), **changes)


@pytest.mark.parametrize("assignment", ["quantity = 0", "discount = 101", "discount = -0.5"])
def test_the_database_holds_the_bounds_against_plain_sql(invoice, assignment):
    invoice.add_items([line()])

    # MariaDB's driver tells a broken CHECK as an OperationalError, which Django turns into an IntegrityError.
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Item._meta.db_table} SET {assignment}")  # noqa: S608  the parts are ours


@pytest.mark.parametrize("quantity", ["0.001", "99999999999.999"])
def test_the_database_takes_the_smallest_and_the_largest_quantity(invoice, quantity):
    invoice.add_items([line()])

    assert models.QuerySet.update(Item.objects.all(), quantity=Decimal(quantity)) == 1


# Filled from a product


def test_a_product_fills_a_new_item(invoice):
    product = make_product(description="By the hour, on site")

    item = Item(invoice=invoice, product=product, quantity=Decimal(3))
    item.calculate_tax()
    item.save()

    assert (item.title, item.description, item.unit, item.unit_price) == ("Consulting", "By the hour, on site", "HOURS", Decimal(80))
    assert str(Invoice.objects.get(pk=invoice.pk).total) == "285.60"


def test_what_is_given_wins_over_the_product(invoice):
    item = Item(invoice=invoice, product=make_product(), title="Consulting at night", unit_price=Decimal(120))

    assert (item.title, item.unit_price, item.unit) == ("Consulting at night", Decimal(120), "HOURS")


def test_a_later_change_of_the_product_leaves_its_items(invoice):
    product = make_product()
    invoice.add_items([{"product": product, "quantity": 1}])

    product.name, product.unit_price = "Advice", Decimal(200)
    product.save()
    item = Item.objects.get()
    item.save()
    assert (item.title, item.unit_price) == ("Consulting", Decimal(80))

    with pytest.raises(ProtectedError):
        product.delete()
