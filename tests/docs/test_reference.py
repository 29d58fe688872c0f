"""The tables of the docs are the code: whoever changes one has to change the other."""

import re
from decimal import Decimal

import pytest
from django.db.models import Model
from django.db.models.signals import post_save
from django.dispatch import Signal

from invoicing import exceptions, models, signals
from invoicing.domain import lifecycle, number_language
from invoicing.domain.choices import Status
from invoicing.models import Company, Invoice, InvoiceQuerySet, Item, ItemQuerySet, LockExemption, VoidedNumber
from tests.docs.columns import kind
from tests.docs.pages import DOCS, ROOT, quoted, table
from tests.factories import line, make_invoice, make_issued_invoice

REFERENCE = DOCS / "reference"
TABLES = [model for model in vars(models).values() if isinstance(model, type) and issubclass(model, Model) and not model._meta.abstract]


def first_cells(page, *, after):
    return [name for row in table(page, after=after) for name in quoted(row[0])]


def bare(name):
    return name.partition("(")[0]


# Columns


def snapshot_columns():
    rows = table(REFERENCE / "models.md", after="### The two sides")
    return {quoted(prefix)[0] + key for prefix, keys in rows for key in quoted(keys)}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_column_is_in_the_table_with_its_kind(model):
    described = {quoted(name)[0]: sort for name, sort, _ in table(REFERENCE / "models.md", after=f"## {model.__name__}")}
    described = {name: sort.replace("→ Invoice", f"→ {models.get_invoice_model().__name__}") for name, sort in described.items()}
    columns = [*model._meta.concrete_fields, *model._meta.many_to_many]
    known = {field.name: kind(field) for field in columns if not field.primary_key}
    if model is Invoice:
        known = {name: sort for name, sort in known.items() if name not in snapshot_columns()}

    assert described == known


def test_every_column_of_the_two_sides_is_there():
    prefixes = ("supplier_", "bank_", "issuer_", "customer_", "shipping_")
    columns = {field.name for field in Invoice._meta.concrete_fields if field.name.startswith(prefixes)}

    assert snapshot_columns() == columns - {"customer_vat_id_check"}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_choices_that_a_table_lists_are_all_choices(model):
    for name, _, text in table(REFERENCE / "models.md", after=f"## {model.__name__}"):
        listed = [word for word in quoted(text) if re.fullmatch("[A-Z_]{3,}", word)]
        choices = model._meta.get_field(quoted(name)[0]).choices
        if listed and choices and not any(word.startswith("INVOICING_") for word in listed):
            assert listed == [word for word, _ in choices]


# Attributes and methods


@pytest.mark.parametrize(
    ("model", "heading"),
    [
        (Invoice, "### When it is paid"),
        (Invoice, "### How it is taxed"),
        (Invoice, "### What can be done"),
        (Invoice, "### What a class declares"),
        (Company, "### What a company can do"),
        (Invoice, "### What it comes to"),
        (Item, "## Item\n"),
    ],
)
def test_every_attribute_that_is_described_exists(model, heading):
    names = [bare(name) for name in first_cells(REFERENCE / "models.md", after=heading)]

    assert names
    assert [name for name in names if not hasattr(model, name)] == []


def test_the_names_of_the_model_page_exist():
    invoice = """TYPE ORIGIN STATUS PAYMENT_METHOD COUNTER_PERIOD sequence number total vat credit already_paid attachments related_invoices
        is_overdue overdue_days days_to_overdue payment_term subtotal discount total_before_discount to_pay vat_summary has_discount
        has_unit taxation_policy save create_copy set_supplier_data set_customer_data set_shipping_data recalculate_tax get_tax_rate
        get_next_sequence _get_number date_sent date_paid"""
    item = """UNIT invoice title quantity unit unit_price discount tax_rate tag weight subtotal subtotal_before_discount discount_amount vat
        unit_price_with_vat total total_before_discount calculate_tax"""

    assert [name for name in invoice.split() if not hasattr(Invoice, name)] == []
    assert [name for name in item.split() if not hasattr(Item, name)] == []


def test_the_methods_to_override_exist():
    names = [bare(name) for name in first_cells(DOCS / "how-to/extend-the-invoice.md", after="## Override a method")]

    assert names
    assert [name for name in names if not hasattr(Invoice, name)] == []


@pytest.mark.parametrize(
    ("heading", "queryset"), [("## Invoice.objects", InvoiceQuerySet), ("## Item.objects", ItemQuerySet)], ids=["invoices", "items"]
)
def test_every_question_is_in_the_table(heading, queryset):
    described = [bare(name) for name in first_cells(REFERENCE / "querysets.md", after=heading)]
    written = [name for name, value in vars(queryset).items() if callable(value) and not name.startswith("_")]

    assert set(written) - {"check_lines"} == set(described)


def test_the_ways_to_add_to_registers_exist():
    names = [bare(name) for name in first_cells(REFERENCE / "querysets.md", after="## VoidedNumber.objects, LockExemption.objects")]

    assert [hasattr(VoidedNumber.objects, names[0]), hasattr(LockExemption.objects, names[1])] == [True, True]


# Checks


def test_every_check_is_in_the_table():
    described = first_cells(REFERENCE / "checks.md", after="# System checks")
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "invoicing").rglob("checks.py")]
    written = {found for source in sources for found in re.findall(r'id="(invoicing\.[EW]\d{3})"', source)}

    assert described == sorted(written)


# Errors


def test_every_error_is_in_the_table():
    rows = table(REFERENCE / "errors.md", after="# Errors")
    described = {quoted(name)[0]: (quoted(code)[0], set(quoted(also))) for name, code, also, _ in rows}
    family = {
        name: (error.code, {base.__name__ for base in error.__bases__} - {"InvoicingError", "Exception"})
        for name, error in vars(exceptions).items()
        if isinstance(error, type) and issubclass(error, exceptions.InvoicingError)
    }

    assert described == family


# The lifecycle


def test_the_table_of_acts_is_the_table_of_the_code():
    described = {quoted(status)[0]: quoted(acts) for status, acts in table(DOCS / "explanation/lifecycle.md", after="## The acts")}
    written = {
        status.value: [word for act, outcome in acts.items() for word in (act.value, outcome.value)]
        for status, acts in lifecycle.TABLE.items()
    }

    assert described == written


def test_the_ways_back_are_the_only_steps_beside_the_acts():
    acts = {(before, after) for before, steps in lifecycle.TABLE.items() for after in steps.values()}
    text = (DOCS / "explanation/lifecycle.md").read_text(encoding="utf-8")
    (paragraph,) = [part for part in text.split("\n\n") if part.startswith("Two steps have no act")]
    credited, paid = (set(quoted(part)) & set(Status.values) for part in paragraph.split("When a [payment]"))
    beside = lifecycle.STEPS - acts

    assert {before.value for before, _ in beside} == {"CREDITED", "PAID"}
    assert {after.value for before, after in beside if before == Status.CREDITED} == credited - {"CREDITED"}
    assert {after.value for before, after in beside if before == Status.PAID} == paid - {"PAID"}


def test_what_may_change_after_issue_is_listed():
    listed = first_cells(DOCS / "explanation/lifecycle.md", after="## Frozen")

    assert listed == sorted(Invoice.CHANGEABLE_AFTER_ISSUE)


# Numbers


def test_the_language_of_formats_is_described():
    page = DOCS / "how-to/number-invoices.md"
    variables = {quoted(name)[0]: text for name, text in table(page, after="## Write the number in another way")}
    filters, tags = (quoted(names) for _, names in table(page, after="and use these filters and tags:"))

    assert variables == dict(number_language.VARIABLES)
    assert (filters, tags) == (list(number_language.FILTERS), list(number_language.TAGS))
    assert f"`{' '.join(number_language.DATE_LETTERS)}`" in page.read_text(encoding="utf-8")


# Signals


def sent_invoice():
    invoice = make_issued_invoice()
    invoice.mark_sent()
    return invoice


def unpaid_again():
    invoice = make_issued_invoice()
    invoice.settle(invoice.total)
    invoice.settle(Decimal(0))


SENT = {name: signal for name, signal in vars(signals).items() if isinstance(signal, Signal)}

WAYS = {
    "invoice_numbered": lambda: make_invoice([line()], status="DRAFT").issue(),
    "invoice_issued": lambda: make_invoice([line()]).issue(),
    "invoice_sent": lambda: make_issued_invoice().mark_sent(),
    "invoice_paid": lambda: make_issued_invoice().mark_paid(),
    "invoice_reopened": unpaid_again,
    "invoice_returned": lambda: sent_invoice().mark_returned(),
    "invoice_canceled": lambda: make_issued_invoice().cancel("entered twice"),
    "invoice_credited": lambda: make_issued_invoice().create_credit_note(),
    "invoice_written_off": lambda: make_issued_invoice().write_off(),
    "invoice_sent_to_collection": lambda: make_issued_invoice().send_to_collection(),
    "invoice_erased": lambda: make_issued_invoice().erase_personal_data("retention is over"),
    "invoice_copied": lambda: make_issued_invoice().create_copy(),
}


def test_every_signal_is_in_the_table():
    assert first_cells(REFERENCE / "signals.md", after="# Signals") == list(SENT)
    assert set(WAYS) == set(SENT)


@pytest.mark.django_db
@pytest.mark.parametrize("name", SENT)
def test_each_signal_is_sent(name):
    sends = next(set(quoted(row[2])) for row in table(REFERENCE / "signals.md", after="# Signals") if quoted(row[0]) == [name])
    heard = []

    def note(**news):
        heard.append(set(news) - {"signal", "sender", "invoice"})

    SENT[name].connect(note)
    try:
        WAYS[name]()
    finally:
        SENT[name].disconnect(note)

    assert sends in heard


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["mark_sent", "mark_paid", "write_off"])
def test_an_act_that_issues_on_the_way_says_so(act):
    heard = []

    def note(invoice, **news):
        heard.append(invoice.is_issued)

    invoice = make_invoice([line()])
    signals.invoice_issued.connect(note)
    try:
        getattr(invoice, act)()
    finally:
        signals.invoice_issued.disconnect(note)

    assert heard == [True]


def save_items(invoice):
    with invoice.batch():
        Item(**line(), invoice=invoice).save()


# Each way to write items, by its first name in the docs: how many items and invoices tell Django's post_save.
WRITING = {
    "Item.save()": (save_items, {Item: 1}),
    "add_items()": (lambda invoice: invoice.add_items([line()]), {}),
    "Item.objects.bulk_create()": (lambda invoice: Item.objects.bulk_create([Item(**line(), invoice=invoice)]), {}),
    "save_with_items()": (lambda _: make_invoice([line()]), {Invoice: 1}),
    "create_copy()": (lambda invoice: invoice.create_copy(), {Invoice: 1}),
}


@pytest.mark.django_db
@pytest.mark.skipif(models.get_invoice_model() is not Invoice, reason="the page speaks of the package's own invoice")
@pytest.mark.parametrize("way", WRITING)
def test_which_way_sends_save_signals(way):
    rows = table(DOCS / "how-to/add-items.md", after="## Which way sends which signals")
    items, invoices = next(row[1:] for row in rows if way in quoted(row[0]))
    write, expected = WRITING[way]
    invoice = make_invoice([line()])
    heard = {}

    def note(sender, **_news):
        if sender in (Item, Invoice):
            heard[sender] = heard.get(sender, 0) + 1

    post_save.connect(note)
    try:
        write(invoice)
    finally:
        post_save.disconnect(note)

    assert heard == expected
    assert (items, invoices) == tuple("yes" if model in expected else "no" for model in (Item, Invoice))
