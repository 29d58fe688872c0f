"""A document takes the next number of its series at its first save, keeps it, and leaves no gap when something fails."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from invoicing import signals
from invoicing.exceptions import ContentMissingError, InvalidDataError, NumberTakenError, NumberUnusableError
from invoicing.models import Counter, Item, get_invoice_model
from invoicing.models.locking import plain
from tests.factories import build_invoice, line, make_company, make_invoice, make_party

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

DAY, MONTH, YEAR = (f"{{{{ invoice.date_issue|date:'{letters}' }}}}-{{{{ invoice.sequence }}}}" for letters in ("Y-m-d", "Y-m", "Y"))
FISCAL = "{{ invoice.fiscal_year }}-{{ invoice.sequence }}"

calls = []


def generator(**arguments):
    calls.append(arguments)
    return 4711


def generator_by_related_invoices(*, related_invoices, start_from, **arguments):
    last = related_invoices.order_by("-sequence").first()
    return last.sequence + 10 if last else start_from


def unusable_generator(**arguments):
    return "seven"


def formatter(invoice):
    calls.append(invoice)
    return f"LV-{invoice.sequence:05d}-{invoice.customer_country}"


def unusable_formatter(invoice):
    return " "


@pytest.fixture(autouse=True)
def no_calls():
    calls.clear()


def on(day, **fields):
    return make_invoice(date_issue=day, date_tax_point=day, date_due=day, **fields)


# The first save and the later ones


def test_the_first_save_takes_sequence_and_number():
    assert [(invoice.sequence, invoice.number) for invoice in (make_invoice(), make_invoice())] == [(1, "2026/1"), (2, "2026/2")]


def test_what_was_taken_is_stored():
    stored = Invoice.objects.get(pk=make_invoice().pk)

    assert (stored.sequence, stored.number) == (1, "2026/1")


def test_later_saves_keep_sequence_and_number(settings):
    invoice = make_invoice()
    settings.INVOICING_NUMBER_FORMAT = "other {{ invoice.sequence }}"
    invoice.date_issue = date(2027, 1, 2)
    invoice.date_due = date(2027, 1, 16)
    invoice.save()
    invoice.save()

    invoice.refresh_from_db()
    assert (invoice.sequence, invoice.number) == (1, "2026/1")
    assert make_invoice().sequence == 2


def test_create_takes_a_number_as_well():
    invoice = Invoice.objects.create(date_issue=date(2026, 11, 20), supplier_name="Lindner & Vogt Medien GmbH")

    assert invoice.number == "2026/1"


def test_a_document_with_its_items_takes_one_number():
    assert [make_invoice([line(), line()]).number, make_invoice([line()]).number] == ["2026/1", "2026/2"]


def test_taking_a_number_is_told_once(hear):
    with hear(signals.invoice_numbered) as heard:
        invoice = make_invoice()
        invoice.save()

    assert [(news["sender"], news["invoice"].number) for news in heard] == [(type(invoice), "2026/1")]


# Periods


@pytest.mark.parametrize(
    ("period", "number_format", "numbers"),
    [
        ("DAILY", DAY, {date(2026, 11, 20): "2026-11-20-1", date(2026, 11, 21): "2026-11-21-1"}),
        ("MONTHLY", MONTH, {date(2026, 11, 20): "2026-11-1", date(2026, 12, 1): "2026-12-1"}),
        ("YEARLY", YEAR, {date(2026, 11, 20): "2026-1", date(2027, 1, 1): "2027-1"}),
        ("FISCAL_YEAR", FISCAL, {date(2027, 3, 31): "2026-1", date(2027, 4, 1): "2027-1"}),
    ],
)
def test_a_new_period_starts_anew(settings, period, number_format, numbers):
    settings.INVOICING_COUNTER_PERIOD = period
    settings.INVOICING_NUMBER_FORMAT = number_format
    settings.INVOICING_FISCAL_YEAR_START = 4

    assert [on(day).number for day in numbers] == list(numbers.values())


@pytest.mark.parametrize(
    ("period", "number_format", "days"),
    [
        ("DAILY", DAY, [date(2026, 11, 20), date(2026, 11, 20)]),
        ("MONTHLY", MONTH, [date(2026, 11, 1), date(2026, 11, 30)]),
        ("YEARLY", YEAR, [date(2026, 1, 1), date(2026, 12, 31)]),
        ("FISCAL_YEAR", FISCAL, [date(2026, 4, 1), date(2027, 3, 31)]),
        ("INFINITE", "{{ invoice.sequence }}", [date(2019, 1, 1), date(2026, 12, 31)]),
    ],
)
def test_within_a_period_the_sequence_goes_on(settings, period, number_format, days):
    settings.INVOICING_COUNTER_PERIOD = period
    settings.INVOICING_NUMBER_FORMAT = number_format
    settings.INVOICING_FISCAL_YEAR_START = 4

    assert [on(day).sequence for day in days] == [1, 2]


def test_the_day_of_issue_says_which_period_counts():
    on(date(2027, 1, 4))
    backdated = make_invoice(date_issue=date(2026, 12, 31), date_tax_point=date(2027, 1, 4), date_due=date(2027, 1, 14))

    assert backdated.number == "2026/1"


def test_a_new_counter_starts_where_the_setting_says(settings):
    settings.INVOICING_NUMBER_START_FROM = 1001

    numbers = [on(day).number for day in (date(2026, 5, 4), date(2026, 5, 5), date(2027, 5, 4))]

    assert numbers == ["2026/1001", "2026/1002", "2027/1001"]


# Series: type, company, prefix, origin


def test_types_share_a_counter():
    assert [make_invoice(type=kind).sequence for kind in ("INVOICE", "ADVANCE", "PROFORMA", "CREDIT_NOTE")] == [1, 2, 3, 4]


def test_each_type_may_have_a_counter_of_its_own(settings):
    settings.INVOICING_COUNTER_PER_TYPE = True
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.type }}-{{ invoice.date_issue|date:'Y' }}-{{ invoice.sequence }}"

    numbers = [make_invoice(type=kind).number for kind in ("INVOICE", "PROFORMA", "INVOICE")]

    assert numbers == ["INVOICE-2026-1", "PROFORMA-2026-1", "INVOICE-2026-2"]


def test_each_company_counts_for_itself():
    berlin, vienna = make_company(), make_company(name="Lindner & Vogt Wien GmbH", country="AT", vat_id="ATU98765434")

    invoices = [make_invoice(company=company) for company in (berlin, vienna, berlin)]

    assert [invoice.number for invoice in invoices] == ["2026/1", "2026/1", "2026/2"]
    assert make_invoice().number == "2026/1"


def test_a_company_has_a_format_a_period_and_a_fiscal_year_of_its_own():
    company = make_company(
        number_format="LV{{ invoice.fiscal_year }}-{{ invoice.sequence }}", counter_period="FISCAL_YEAR", fiscal_year_start=7
    )

    numbers = [on(day, company=company).number for day in (date(2026, 6, 30), date(2026, 7, 1), date(2027, 6, 30))]

    assert numbers == ["LV2025-1", "LV2026-1", "LV2026-2"]


def test_a_document_may_have_a_format_of_its_own():
    company = make_company(number_format="LV-{{ invoice.date_issue|date:'Y' }}-{{ invoice.sequence }}")

    assert make_invoice(company=company, number_format="FAIR-{{ invoice.sequence }}").number == "FAIR-1"
    assert make_invoice(company=company).number == "LV-2026-2"


def test_each_prefix_is_a_series(settings):
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.prefix }}{{ invoice.date_issue|date:'Y' }}-{{ invoice.sequence }}"

    numbers = [make_invoice(number_prefix=prefix).number for prefix in ("", "WEB-", "WEB-", "")]

    assert numbers == ["2026-1", "WEB-2026-1", "WEB-2026-2", "2026-2"]


def test_the_setting_names_the_usual_prefix(settings):
    settings.INVOICING_NUMBER_PREFIX = "WEB-"
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.prefix }}{{ invoice.date_issue|date:'Y' }}-{{ invoice.sequence }}"

    assert make_invoice().number == "WEB-2026-1"


def test_a_received_document_keeps_its_suppliers_number_and_leaves_the_issued_series_alone():
    make_invoice()
    received = make_invoice(origin="RECEIVED", number="A-77/26")

    assert (received.number, received.sequence) == ("A-77/26", 1)
    assert make_invoice().number == "2026/2"


def test_a_received_document_is_given_no_number_of_ours():
    received = make_invoice([line()], origin="RECEIVED")

    assert (received.number, received.sequence) == ("", 1)
    with pytest.raises(ContentMissingError, match="Enter the number that the supplier gave the invoice"):
        received.issue()


def test_two_suppliers_may_use_one_number():
    assert [make_invoice(origin="RECEIVED", number="1").sequence for _ in range(2)] == [1, 2]


# Numbers given by hand


def test_a_sequence_given_by_hand_moves_the_counter_forward():
    assert make_invoice(sequence=50).number == "2026/50"
    assert make_invoice().number == "2026/51"


def test_a_sequence_given_by_hand_never_moves_the_counter_back():
    make_invoice(sequence=50)

    assert make_invoice(sequence=7).number == "2026/7"
    assert make_invoice().number == "2026/51"


def test_a_counter_given_by_hand_is_kept_and_what_is_saved_as_sent_is_issued():
    first = make_invoice([line()])
    invoice = build_invoice(status="SENT", counter_id=first.counter_id, sequence=7)

    invoice.save_with_items([line()])

    stored = Invoice.objects.get(pk=invoice.pk)
    assert (stored.counter_id, stored.number, stored.is_issued) == (first.counter_id, "2026/7", True)


def test_a_number_given_by_hand_is_kept_and_its_sequence_is_taken():
    invoice = make_invoice(number="OLD-118")

    assert (invoice.number, invoice.sequence) == ("OLD-118", 1)
    assert make_invoice().number == "2026/2"


@pytest.mark.parametrize("number", ["OLD-118", "old-118"])
def test_a_number_that_is_in_use_is_refused_and_leaves_no_gap(number):
    make_invoice(number="OLD-118")
    refused = build_invoice(number=number)

    with pytest.raises(NumberTakenError, match=f"number: {number} is in use"):
        refused.save()

    assert (refused.pk, refused.sequence, refused.counter_id) == (None, None, None)
    assert Invoice.objects.count() == 1
    assert make_invoice().number == "2026/2"


def test_a_refused_number_leaves_an_open_transaction_usable():
    with transaction.atomic():
        make_invoice(number="OLD-118")
        with pytest.raises(NumberTakenError):
            make_invoice([line()], number="OLD-118")
        assert make_invoice().number == "2026/2"


def test_a_sequence_that_is_in_use_is_refused():
    make_invoice()

    with pytest.raises(NumberTakenError, match="sequence: 1 is in use") as refusal:
        make_invoice(sequence=1, number="another")

    assert list(refusal.value.errors) == ["sequence"]


def test_a_number_cannot_be_changed_to_one_that_is_in_use():
    make_invoice()
    second = make_invoice()
    second.number = "2026/1"

    with pytest.raises(NumberTakenError, match="number: 2026/1 is in use"):
        second.save()

    assert Invoice.objects.get(pk=second.pk).number == "2026/2"


def test_the_database_itself_refuses_a_number_twice():
    first, second = make_invoice(), make_invoice()

    with pytest.raises(IntegrityError), transaction.atomic():
        plain(Invoice, using="default").filter(pk=second.pk).update(number_key=first.number_key)
    with pytest.raises(IntegrityError), transaction.atomic():
        plain(Invoice, using="default").filter(pk=second.pk).update(sequence=first.sequence)


@pytest.mark.parametrize(("field", "value"), [("sequence", 9), ("sequence", None), ("number", ""), ("origin", "RECEIVED")])
def test_a_numbered_document_cannot_leave_its_series(field, value):
    invoice = make_invoice()
    setattr(invoice, field, value)

    with pytest.raises(InvalidDataError) as refusal:
        invoice.save()

    assert field in refusal.value.errors
    assert Invoice.objects.get(pk=invoice.pk).number == "2026/1"


def test_a_numbered_document_cannot_change_its_company():
    invoice = make_invoice()
    invoice.company = make_company()

    with pytest.raises(InvalidDataError, match="company_id: Its number was taken from another series"):
        invoice.save()


def test_a_numbered_document_cannot_change_its_type_where_types_count_for_themselves(settings):
    settings.INVOICING_COUNTER_PER_TYPE = True
    invoice = make_invoice()
    invoice.type = "PROFORMA"

    with pytest.raises(InvalidDataError, match="type: Its number was taken from another series"):
        invoice.save()


# Drafts and failures


def test_a_draft_has_no_number_until_it_is_issued():
    draft = make_invoice([line()], status="DRAFT")
    draft.save()
    assert (draft.sequence, draft.number) == (None, "")
    assert make_invoice().number == "2026/1"

    draft.issue()

    draft.refresh_from_db()
    assert (draft.sequence, draft.number, draft.status) == (2, "2026/2", "NEW")


def test_a_draft_that_is_made_new_by_hand_takes_its_number():
    draft = make_invoice([line()], status="DRAFT")
    draft.status = "NEW"
    draft.save()

    draft.refresh_from_db()
    assert draft.number == "2026/1"


def test_a_draft_that_is_given_up_never_takes_a_number():
    draft = make_invoice([line()], status="DRAFT")
    draft.cancel("not wanted")

    draft.refresh_from_db()
    assert (draft.status, draft.sequence, draft.number) == ("CANCELED", None, "")
    assert make_invoice().number == "2026/1"


def test_a_draft_that_cannot_be_issued_takes_no_number():
    draft = make_invoice(status="DRAFT")

    with pytest.raises(ContentMissingError):
        draft.issue()

    assert (draft.sequence, draft.number, draft.status) == (None, "", "DRAFT")
    assert make_invoice().number == "2026/1"


def test_saving_some_columns_of_a_draft_takes_no_number():
    draft = make_invoice([line()], status="DRAFT")
    draft.status = "SENT"
    draft.note = "Thank you"
    draft.save(update_fields=["note"])

    assert make_invoice().number == "2026/1"


def test_a_transaction_that_is_rolled_back_leaves_no_gap():
    with transaction.atomic():
        assert make_invoice().number == "2026/1"
        transaction.set_rollback(True)

    assert make_invoice().number == "2026/1"


def test_an_instance_whose_transaction_was_refused_takes_a_new_number_when_it_is_saved_again(settings):
    invoice = build_invoice(number="OLD-118")
    make_invoice(number="OLD-118")
    with pytest.raises(NumberTakenError):
        invoice.save()

    invoice.number = ""
    invoice.save()

    assert invoice.number == "2026/2"


@pytest.mark.parametrize(
    "fault",
    [{"currency": "XXQ"}, {"date_due": date(2026, 11, 19)}, {"supplier_country": "ZZ"}, {"credit": Decimal("1.005")}, {"title": "a\x00"}],
)
def test_bad_data_uses_up_no_number(fault):
    with pytest.raises(InvalidDataError):
        make_invoice(**fault)

    assert make_invoice().number == "2026/1"


def test_a_bad_item_uses_up_no_number():
    with pytest.raises(InvalidDataError, match=r"items\[1\].quantity"):
        make_invoice([line(), line(quantity=Decimal(0))])

    assert not Invoice.objects.exists()
    assert make_invoice().number == "2026/1"


# Formats


def test_a_format_may_show_the_key_of_the_stored_row(settings):
    settings.INVOICING_NUMBER_FORMAT = (
        "{{ invoice.customer_code }}{{ invoice.pk }}{{ invoice.date_issue|date:'M'|upper }}{{ invoice.date_issue|date:'y' }}"
    )
    party = make_party(code="st")

    saved = on(date(2025, 12, 3), party=party)
    with_items = on(date(2025, 12, 3), party=party, items=[line(tax_rate=None)])
    draft = on(date(2025, 12, 3), party=party, status="DRAFT")
    assert draft.number == ""
    draft.status = "NEW"
    draft.save()

    for invoice in (saved, with_items, draft):
        invoice.refresh_from_db()
        assert invoice.number == f"st{invoice.pk}DEC25"


@pytest.mark.parametrize(
    ("number_format", "number"),
    [
        ("INV-{{ invoice.date_issue|date:'Y' }}-{{ invoice.sequence|stringformat:'05d' }}", "INV-2026-00001"),
        ("INV-{{ invoice.sequence|stringformat:'03d' }}", "INV-001"),
        ("{{ invoice.company_code }}/{{ invoice.currency }}/{{ invoice.supplier_country }}-{{ invoice.sequence }}", "LV/EUR/DE-1"),
        ("{{ invoice.period }}:{{ invoice.sequence }}", "2026:1"),
        ("{% if invoice.type == 'CREDIT_NOTE' %}C{% else %}I{% endif %}{{ invoice.sequence }}", "I1"),
    ],
)
def test_formats(number_format, number):
    assert make_invoice(company=make_company(), number_format=number_format).number == number


@pytest.mark.parametrize("language", ["de", "sk", "ar"])
def test_numbers_are_never_localised(settings, language):
    settings.USE_THOUSAND_SEPARATOR = True
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.date_issue|date:'M' }} {{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence }}"

    with translation.override(language):
        assert on(date(2026, 12, 3), sequence=1234567).number == "Dec 2026/1234567"


def test_numbers_are_never_escaped(settings):
    settings.INVOICING_NUMBER_FORMAT = "<{{ invoice.prefix }}>{{ invoice.date_issue|date:'Y' }}'{{ invoice.sequence }}"

    assert make_invoice(number_prefix="R&D").number == "<R&D>2026'1"


@pytest.mark.parametrize("number_format", ["{{ invoice.delete }}", "{{ sequence }}", "{% load static %}{{ invoice.sequence }}"])
def test_a_format_that_cannot_be_used_is_refused_and_leaves_no_gap(number_format):
    with pytest.raises(InvalidDataError, match="number_format: The number format cannot be used"):
        make_invoice(number_format=number_format)

    assert make_invoice().number == "2026/1"


# Hooks


def test_a_generator_gives_the_sequence(settings):
    settings.INVOICING_SEQUENCE_GENERATOR = f"{__name__}.generator"

    invoice = make_invoice(type="ADVANCE", number_prefix="WEB-")

    assert (invoice.sequence, invoice.number) == (4711, "2026/4711")
    asked = calls[0]
    assert sorted(asked) == ["counter_period", "important_date", "number_prefix", "related_invoices", "start_from", "type"]
    assert (asked["type"], asked["important_date"], asked["number_prefix"]) == ("ADVANCE", date(2026, 11, 20), "WEB-")
    assert (asked["counter_period"], asked["start_from"], len(calls)) == ("YEARLY", 1, 1)


def test_a_generator_sees_the_documents_of_its_counter(settings):
    settings.INVOICING_SEQUENCE_GENERATOR = f"{__name__}.generator_by_related_invoices"
    settings.INVOICING_NUMBER_START_FROM = 100
    make_invoice(origin="RECEIVED", sequence=5000)

    assert [make_invoice().sequence for _ in range(3)] == [100, 110, 120]


def test_after_a_generator_the_counter_goes_on(settings):
    settings.INVOICING_SEQUENCE_GENERATOR = f"{__name__}.generator"
    make_invoice()
    settings.INVOICING_SEQUENCE_GENERATOR = ""

    assert make_invoice().sequence == 4712


def test_a_generator_that_repeats_itself_is_refused(settings):
    settings.INVOICING_SEQUENCE_GENERATOR = f"{__name__}.generator"
    make_invoice()

    with pytest.raises(NumberTakenError):
        make_invoice()


def test_a_generator_that_gives_no_number_is_refused(settings):
    settings.INVOICING_SEQUENCE_GENERATOR = f"{__name__}.unusable_generator"

    with pytest.raises(NumberUnusableError, match="unusable_generator gave 'seven': it must give a whole number from 1"):
        make_invoice()

    assert not Counter.objects.exists()


def test_a_formatter_writes_the_number(settings):
    settings.INVOICING_NUMBER_FORMATTER = f"{__name__}.formatter"

    invoice = make_invoice()

    assert invoice.number == "LV-00001-DE"
    assert calls == [invoice]


def test_a_formatter_that_gives_no_text_is_refused_and_leaves_no_gap(settings):
    settings.INVOICING_NUMBER_FORMATTER = f"{__name__}.unusable_formatter"
    with pytest.raises(NumberUnusableError, match="it must give a text"):
        make_invoice()

    settings.INVOICING_NUMBER_FORMATTER = ""
    assert make_invoice().number == "2026/1"


def test_items_of_a_document_that_was_refused_can_be_used_again():
    make_invoice(sequence=7)
    item = Item(**line())
    with pytest.raises(NumberTakenError):
        build_invoice(sequence=7).save_with_items([item])

    other = build_invoice()
    other.save_with_items([item])

    assert item.pk is not None
    assert list(other.item_set.all()) == [item]
