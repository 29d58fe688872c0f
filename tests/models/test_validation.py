"""Bad input gets a clear error that names its field, and nothing of it reaches the database."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError

from invoicing.exceptions import InvalidDataError
from invoicing.models import Counter, InvoiceEvent, get_invoice_model
from invoicing.models.validation import check_amount, check_significant_digits, checked_fields
from tests.factories import build_invoice, line, make_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def refused(**fields):
    """The errors that saving a new invoice of these fields gives; nothing is written."""
    invoice = build_invoice(**fields)
    with pytest.raises(InvalidDataError) as caught:
        invoice.save()
    assert (invoice.pk, invoice.sequence) == (None, fields.get("sequence"))
    assert not Invoice.objects.exists()
    assert not InvoiceEvent.objects.exists()
    assert not Counter.objects.filter(value__gt=0).exists()
    return caught.value.errors


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "LOST"),
        ("status", ""),
        ("type", "BILL"),
        ("origin", "MARS"),
        ("payment_method", "GOLD"),
        ("delivery_method", "PIGEON"),
        ("rounding_policy", "BANKERS"),
        ("currency", "XXQ"),
        ("currency", "€"),
        ("currency", "EURO"),
        ("credit", Decimal("-0.01")),
        ("credit", Decimal("0.001")),
        ("credit", 0.5),
        ("credit", Decimal("NaN")),
        ("credit", Decimal(10) ** 11),
        ("credit", None),
        ("credit", ""),
        ("already_paid", Decimal(-1)),
        ("already_paid", "a lot"),
        ("already_paid", Decimal(10) ** 11),
        ("supplier_country", "ZZ"),
        ("customer_country", "Germany"),
        ("supplier_email", "no address"),
        ("customer_email", "a@b\n.example.com"),
        ("date_issue", "2026-02-30"),
        ("date_issue", "yesterday"),
        ("date_issue", 20261120),
        ("date_tax_point", "20.11.2026"),
        ("date_due", date(2026, 11, 19)),
        ("language", "a" * 17),
        ("title", "x" * 256),
        ("customer_name", "x" * 256),
        ("customer_zip", "1" * 33),
        ("number", "9" * 129),
        ("variable_symbol", "1" * 11),
        ("sequence", -1),
        ("sequence", "second"),
        ("uuid", "not a uuid"),
        ("note", None),
    ],
)
def test_a_value_that_is_none_names_its_field(field, value):
    assert list(refused(**{field: value})) == [field]


@pytest.mark.parametrize("field", ["title", "note", "internal_note", "supplier_name", "customer_street", "number", "order_reference"])
@pytest.mark.parametrize("text", ["nul \x00", "bell \x07", "escape \x1b[31m", "delete \x7f", "half a pair \ud83d"])
def test_control_characters_are_refused(field, text):
    assert refused(**{field: text}) == {field: ["Remove the control characters."]}


@pytest.mark.parametrize("field", ["metadata", "attachments", "supplier_additional_info", "customer_additional_info"])
@pytest.mark.parametrize(
    "value",
    [
        {"key": "nul \x00"},
        {"key\x00": 1},
        [{"deep": ["half a pair \ud83d"]}],
        {"key": float("nan")},
        {"key": float("inf")},
        {"key": object()},
    ],
    ids=["control character", "in a key", "deep", "nan", "infinity", "no JSON"],
)
def test_json_that_a_database_cannot_hold_is_refused(field, value):
    assert list(refused(**{field: value})) == [field]


def test_json_that_is_fine_comes_back_as_it_was():
    value = {"purchase": {"by": "Çelik", "lines": [1, 2.5, None, True, "a\nb"]}}

    invoice = make_invoice(metadata=value, attachments=[{"name": "plan.pdf", "size": 12_345}])

    invoice.refresh_from_db()
    assert (invoice.metadata, invoice.attachments) == (value, [{"name": "plan.pdf", "size": 12_345}])


@pytest.mark.parametrize(
    "text", ["Ærø Smørrebrød ApS", "株式会社山田商店", "Ωμέγα και υιοί", "مكتبة", "🧾 & <b>Co</b>", "line one\nline two", "' OR 1=1 --"]
)
def test_every_other_text_comes_back_as_it_was(text):
    invoice = make_invoice(customer_name=text, note=text)

    invoice.refresh_from_db()
    assert (invoice.customer_name, invoice.note) == (text, text)


def test_all_that_is_wrong_is_said_at_once():
    errors = refused(type="BILL", supplier_country="ZZ", credit=Decimal(-1), customer_email="nobody")

    assert set(errors) == {"type", "supplier_country", "credit", "customer_email"}


def test_the_due_date_says_what_to_enter():
    errors = refused(date_issue=date(2026, 3, 2), date_due=date(2026, 3, 1))

    assert errors == {"date_due": ["It is before the issue date 2026-03-02: enter that day or a later one."]}


def test_a_status_word_that_is_none_lists_those_there_are():
    (sentence,) = refused(status="LOST")["status"]

    assert "LOST" in sentence
    assert "UNCOLLECTIBLE" in sentence


@pytest.mark.parametrize(("given", "kept"), [("eur", "EUR"), ("JPY", "JPY"), ("", "EUR"), (None, "EUR")])
def test_a_currency_is_upper_case_and_the_setting_fills_a_blank(given, kept):
    assert make_invoice(currency=given).currency == kept


def test_dates_may_come_as_texts():
    invoice = make_invoice(date_issue="2026-03-02", date_tax_point="2026-03-01", date_due="2026-03-16")

    assert (invoice.date_issue, invoice.date_tax_point, invoice.date_due) == (date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 16))


def test_a_moment_is_read_as_its_day():
    assert make_invoice(date_tax_point=datetime(2026, 11, 1, 12, 30, tzinfo=UTC)).date_tax_point == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "LOST"),
        ("currency", "XXQ"),
        ("credit", 0.5),
        ("date_due", date(2020, 1, 1)),
        ("note", "\x00"),
        ("metadata", {"a": "\x00"}),
    ],
)
def test_a_bad_change_of_a_stored_invoice_leaves_it_as_it_was(field, value):
    invoice = make_invoice([line()])
    before = Invoice.objects.values().get()

    setattr(invoice, field, value)
    with pytest.raises(InvalidDataError) as caught:
        invoice.save()

    assert list(caught.value.errors) == [field]
    assert Invoice.objects.values().get() == before


def test_a_refusal_leaves_the_connection_usable():
    with pytest.raises(InvalidDataError):
        make_invoice(metadata={"key": "\x00"})

    try:
        assert make_invoice().sequence == 1
    except DatabaseError:
        pytest.fail("the refused invoice broke the transaction")


def test_amounts_up_to_the_largest_pass_and_the_next_does_not():
    check_amount(Decimal("99999999999.999"), field="total")
    check_amount(Decimal("-99999999999.999"), field="total")

    for amount in ("100000000000", "-100000000000"):
        with pytest.raises(InvalidDataError, match=r"total: The amount is too large: at most 99999999999\.999"):
            check_amount(Decimal(amount), field="total")


@pytest.mark.parametrize(
    "amount", ["123456789012345", "0.123456789012345", "1234567890.12345", "1000000000000000000", "0", "-1.50000000000000000"]
)
def test_fifteen_digits_pass(amount):
    check_significant_digits(Decimal(amount), field="unit_price")


@pytest.mark.parametrize("amount", ["1234567890123456", "-0.1234567890123456"])
def test_sixteen_digits_do_not(amount):
    with pytest.raises(InvalidDataError, match="unit_price: Use at most 15 significant digits"):
        check_significant_digits(Decimal(amount), field="unit_price")


def test_keys_relations_and_stamps_are_not_checked():
    names = {field.name for field in checked_fields(Invoice)}

    assert {"currency", "note", "metadata", "credit", "status"} <= names
    assert names.isdisjoint({"id", "company", "party", "counter", "created", "modified"})


def test_a_uuid_may_be_a_text():
    own = uuid.uuid4()

    assert make_invoice(uuid=str(own)).uuid == own


@pytest.mark.parametrize("value", [[], "text", 5, None])
def test_metadata_are_an_object(value):
    with pytest.raises(InvalidDataError) as refusal:
        make_invoice(metadata=value)

    assert list(refusal.value.errors) == ["metadata"]
