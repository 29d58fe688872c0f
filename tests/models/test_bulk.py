"""Many documents at once: the rules of one document, numbers without a gap, and all or nothing."""

import gc
import weakref
from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models.signals import post_save
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from invoicing import signals
from invoicing.actor import acting
from invoicing.exceptions import (
    BooksLockedError,
    ContentMissingError,
    InvalidDataError,
    NumberTakenError,
    OutOfOrderError,
    OverCreditError,
    TaxWithoutVatIdError,
    TransitionNotAllowedError,
)
from invoicing.models import Counter, InvoiceEvent, Item, Register, VoidedNumber, get_invoice_model
from invoicing.verifying import verify_chain
from tests.factories import ALPENBLICK, TODAY, build_invoice, line, make_company, make_invoice, make_issued_invoice, make_party
from tests.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

BAD = {"currency": "QQQ"}
"""A document that nobody can save."""

JANUARY = {"date_issue": date(2027, 1, 4), "date_tax_point": date(2027, 1, 4), "date_due": date(2027, 1, 4)}
"""Days of another counter."""


def drafts(count=3, **fields):
    return [make_invoice([line()], status="DRAFT", **fields) for _ in range(count)]


def stored(rows):
    """The documents as they are in the database, in the order in which they were passed."""
    found = Invoice.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk] for row in rows]


def numbers(rows):
    return [row.number for row in rows]


def largest_plus_ten(*, related_invoices, start_from, **_rest):
    """A generator of a host that looks at what is there, as the documentation shows one."""
    last = related_invoices.order_by("-sequence").values_list("sequence", flat=True).first()
    return start_from if last is None else last + 10


# Made


def test_documents_are_made_with_their_items_and_numbers():
    made = [build_invoice() for _ in range(3)]
    count = Invoice.create_many([(made[0], [line()]), (made[1], []), (made[2], [Item(**line()), line("Hosting", unit_price=Decimal(5))])])

    assert count == 3
    assert numbers(made) == numbers(stored(made)) == ["2026/1", "2026/2", "2026/3"]
    assert [row.total for row in stored(made)] == [Decimal("952.00"), Decimal(0), Decimal("1011.50")]
    assert [row.item_set.count() for row in made] == [1, 0, 2]
    assert Counter.objects.get().value == 3


def test_nothing_is_made_of_nothing():
    assert Invoice.create_many([]) == Invoice.issue_many([]) == Invoice.issue_many(Invoice.objects.none()) == 0
    assert not Counter.objects.exists()


def test_batches_make_no_difference_to_the_numbers():
    made = [build_invoice() for _ in range(7)]
    Invoice.create_many(((row, [line()]) for row in made), batch_size=2)

    assert [row.sequence for row in made] == [1, 2, 3, 4, 5, 6, 7]


def test_a_document_that_was_made_is_saved_on():
    invoice = build_invoice()
    Invoice.create_many([(invoice, [line()])])
    invoice.note = "Thank you"
    invoice.save()
    invoice.issue()

    assert stored([invoice])[0].note == "Thank you"
    assert Invoice.objects.count() == 1


def test_numbers_follow_the_order_of_the_documents_within_each_series():
    lv, ta = make_company(), make_company(code="TA", name="Teehaus Anker GmbH")
    old, new = date(2025, 12, 31), TODAY
    plan = [
        ({"company": lv, "date_issue": new}, "2026/1"),
        ({"company": ta, "date_issue": new}, "2026/1"),
        ({"company": lv, "date_issue": old}, "2025/1"),
        ({"company": lv, "date_issue": new, "status": "DRAFT"}, ""),
        ({"company": lv, "date_issue": new, "type": "PROFORMA"}, "2026/2"),
        ({"company": ta, "date_issue": new, "number_prefix": "WEB"}, "WEB-2026-1"),
        ({"company": ta, "date_issue": new, "origin": "RECEIVED", "number": "A-77/26"}, "A-77/26"),
        ({"company": lv, "date_issue": old}, "2025/2"),
        ({"company": ta, "date_issue": new}, "2026/2"),
        ({"company": ta, "date_issue": new, "number_prefix": "WEB"}, "WEB-2026-2"),
        ({"company": lv, "date_issue": new}, "2026/3"),
        ({"company": ta, "date_issue": new, "origin": "RECEIVED", "number": "A-77/26"}, "A-77/26"),
    ]
    webs = {"number_format": "{{ invoice.prefix }}-{{ invoice.date_issue|date:'Y' }}-{{ invoice.sequence }}"}
    made = [
        build_invoice(date_tax_point=fields["date_issue"], **fields, **(webs if "number_prefix" in fields else {})) for fields, _ in plan
    ]
    Invoice.create_many(((row, [line(tax_rate=None)]) for row in made), batch_size=5)

    assert numbers(stored(made)) == [number for _, number in plan]
    assert {(counter.company.code, counter.series, counter.period): counter.value for counter in Counter.objects.all()} == {
        ("LV", "ISSUED", "2025"): 2,
        ("LV", "ISSUED", "2026"): 3,
        ("TA", "ISSUED", "2026"): 2,
        ("TA", "ISSUED:WEB", "2026"): 2,
        ("TA", "RECEIVED", "2026"): 2,
    }


def test_each_type_may_have_a_counter_of_its_own(settings):
    settings.INVOICING_COUNTER_PER_TYPE = True
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.type }}{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence }}"
    made = [build_invoice(type=kind) for kind in ("INVOICE", "PROFORMA", "INVOICE", "PROFORMA", "ADVANCE")]
    Invoice.create_many((row, []) for row in made)

    assert numbers(made) == ["INVOICE2026/1", "PROFORMA2026/1", "INVOICE2026/2", "PROFORMA2026/2", "ADVANCE2026/1"]


def test_a_counter_that_runs_goes_on():
    make_invoice()
    made = [build_invoice(), build_invoice()]
    Invoice.create_many((row, []) for row in made)

    assert (numbers(made), make_invoice().number) == (["2026/2", "2026/3"], "2026/4")


def test_a_new_counter_starts_where_the_settings_say(settings):
    settings.INVOICING_NUMBER_START_FROM = 100
    made = [build_invoice(), build_invoice()]
    Invoice.create_many((row, []) for row in made)

    assert numbers(made) == ["2026/100", "2026/101"]


def test_a_sequence_given_by_hand_in_the_middle_moves_the_counter():
    made = [build_invoice(), build_invoice(), build_invoice(sequence=40), build_invoice(), build_invoice(status="DRAFT", sequence=60)]
    made.append(build_invoice())
    Invoice.create_many((row, [line()]) for row in made)

    assert numbers(made) == ["2026/1", "2026/2", "2026/40", "2026/41", "", "2026/42"]


def test_a_number_given_by_hand_takes_its_place():
    made = [build_invoice(), build_invoice(number="SPECIAL-7"), build_invoice()]
    Invoice.create_many((row, []) for row in made)

    assert [(row.sequence, row.number) for row in stored(made)] == [(1, "2026/1"), (2, "SPECIAL-7"), (3, "2026/3")]


def test_a_format_that_shows_the_key_of_the_row_is_written(settings):
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.pk }}-{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence }}"
    made = [build_invoice() for _ in range(3)]
    Invoice.create_many((row, [line()]) for row in made)

    assert numbers(stored(made)) == [f"{row.pk}-2026/{place}" for place, row in enumerate(made, start=1)]


def test_a_generator_of_the_host_gives_the_sequences(settings):
    settings.INVOICING_SEQUENCE_GENERATOR = "tests.models.test_bulk.largest_plus_ten"
    made = [build_invoice() for _ in range(3)]
    Invoice.create_many((row, [line()]) for row in made)

    assert [row.sequence for row in stored(made)] == [1, 11, 21]


def test_documents_are_made_issued_where_their_status_says_so():
    made = [build_invoice(), build_invoice(status="SENT"), build_invoice(), build_invoice(status="PAID")]
    Invoice.create_many((row, [line()]) for row in made)

    assert [(row.number, row.status, row.is_issued) for row in stored(made)] == [
        ("2026/1", "NEW", False),
        ("2026/2", "SENT", True),
        ("2026/3", "NEW", False),
        ("2026/4", "PAID", True),
    ]
    assert stored(made)[3].already_paid == Decimal("952.00")
    assert not list(verify_chain())


def test_what_is_left_open_is_filled_as_by_save():
    company, party = make_company(currency="CHF"), make_party(language="de")
    invoice = Invoice(company=company, party=party)
    Invoice.create_many([(invoice, [line(tax_rate=None)])])

    row = stored([invoice])[0]
    assert (row.supplier_name, row.customer_name, row.currency, row.language) == (company.name, party.name, "CHF", "de")
    assert (row.date_due - row.date_issue).days == 14


def test_events_and_news_are_those_of_single_documents(hear):
    made = [build_invoice(), build_invoice(status="DRAFT"), build_invoice()]
    with acting("nightly import"), hear(signals.invoice_numbered) as heard, hear(post_save) as saved:
        Invoice.create_many((row, [line()]) for row in made)

    assert [news["invoice"] for news in heard] == [made[0], made[2]]
    assert not [news for news in saved if news["sender"] in {Invoice, Item}]
    events = list(InvoiceEvent.objects.values_list("invoice", "kind", "status_to", "number", "actor_name"))
    assert events == [
        (row.pk, "CREATED", status, number, "nightly import")
        for row, status, number in zip(made, ["NEW", "DRAFT", "NEW"], ["2026/1", "", "2026/2"], strict=True)
    ]


@given(
    prices=st.lists(
        st.tuples(
            st.decimals(Decimal(-999), Decimal(9999), places=4),
            st.decimals(Decimal("0.001"), Decimal(50), places=3),
            st.sampled_from([None, 0, 7, 19, Decimal("5.5")]),
            st.sampled_from([0, 3, Decimal("12.5"), 100]),
        ),
        min_size=1,
        max_size=6,
    ),
    policy=st.sampled_from(["TAX_PER_CATEGORY", "TAX_PER_LINE", "KEEP_GROSS"]),
)
@hypothesis_settings(max_examples=25)
def test_totals_are_those_of_a_single_document(prices, policy):
    items = [
        {"title": "Tea", "unit_price": price, "quantity": quantity, "tax_rate": rate, "discount": discount}
        for price, quantity, rate, discount in prices
    ]
    with transaction.atomic():
        alone, many = build_invoice(rounding_policy=policy), build_invoice(rounding_policy=policy)
        alone.save_with_items(items)
        Invoice.create_many([(many, items)])

        one, other = stored([alone, many])
        assert (other.total, other.vat) == (one.total, one.vat) == (other.calculate_total(), other.calculate_vat())
        assert list(other.item_set.values_list("net", flat=True)) == list(one.item_set.values_list("net", flat=True))
        transaction.set_rollback(True)


def test_a_generator_is_never_held_as_a_whole():
    seen = []

    def documents():
        for _ in range(12):
            # Two batches: the one that is being filled, and the one before it.
            assert all(reference() is None for reference in seen[: max(0, (len(seen) // 2 - 1) * 2)])
            invoice, item = build_invoice(), Item(**line())
            seen.append(weakref.ref(invoice))
            yield invoice, [item]
            del invoice, item

    gc.disable()
    try:
        assert Invoice.create_many(documents(), batch_size=2) == 12
    finally:
        gc.enable()
    assert all(reference() is None for reference in seen)


# Refused


def test_a_document_that_fails_in_the_third_batch_takes_all_back(hear):
    make_invoice()
    made = [build_invoice() for _ in range(5)]
    with hear(signals.invoice_numbered), pytest.raises(InvalidDataError) as refusal:
        Invoice.create_many([*((row, [line()]) for row in made), (build_invoice(**BAD), [])], batch_size=2)

    assert list(refusal.value.errors) == ["invoices[5].currency"]
    assert (Invoice.objects.count(), Item.objects.count(), InvoiceEvent.objects.count(), Counter.objects.get().value) == (1, 0, 1, 1)


def test_a_counter_that_failed_to_be_new_is_not_there():
    with pytest.raises(InvalidDataError):
        Invoice.create_many([(build_invoice(), []), (build_invoice(**BAD), [])], batch_size=1)

    assert not Counter.objects.exists()
    assert make_invoice().number == "2026/1"


def test_what_failed_is_made_at_the_second_try():
    plain, by_hand = build_invoice(), build_invoice(sequence=40)
    received, draft = build_invoice(origin="RECEIVED", number="A-77/26"), build_invoice(status="DRAFT", number="SPECIAL-7")
    sent, item = build_invoice(status="SENT"), Item(**line())
    documents = [(plain, [item]), (by_hand, []), (received, []), (draft, []), (sent, [line()])]
    with pytest.raises(InvalidDataError):
        Invoice.create_many([*documents, (build_invoice(**BAD), [])], batch_size=2)
    after = [(row.pk, row.sequence, row.number, row.counter_id, row.issued_at, row._state.adding) for row, _ in documents]
    make_invoice()

    assert after == [
        (None, None, "", None, None, True),
        (None, 40, "", None, None, True),
        (None, None, "A-77/26", None, None, True),
        (None, None, "SPECIAL-7", None, None, True),
        (None, None, "", None, None, True),
    ]
    assert (item.pk, item._state.adding) == (None, True)
    assert Invoice.create_many(documents, batch_size=2) == 5
    assert numbers(stored([row for row, _ in documents])) == ["2026/2", "2026/40", "A-77/26", "SPECIAL-7", "2026/41"]
    assert Item.objects.get(pk=item.pk).invoice == plain


def test_every_document_of_a_batch_that_is_wrong_is_named():
    with pytest.raises(InvalidDataError) as refusal:
        Invoice.create_many([(build_invoice(**BAD), []), (build_invoice(), []), (build_invoice(), [line(quantity=0), line(title="")])])

    assert list(refusal.value.errors) == ["invoices[0].currency", "invoices[2].items[0].quantity", "invoices[2].items[1].title"]


def test_a_document_that_saves_alone_is_named_as_well():
    with pytest.raises(InvalidDataError) as refusal:
        Invoice.create_many([(build_invoice(), []), (build_invoice(sequence=0), [])])

    assert list(refusal.value.errors) == ["invoices[1].sequence"]


def test_errors_keep_their_kind():
    with pytest.raises(TaxWithoutVatIdError):
        Invoice.create_many([(build_invoice(supplier_vat_id=""), [line()])])


def test_a_number_that_is_in_use_is_said():
    make_invoice(number="2026/77")
    with pytest.raises(NumberTakenError, match="2026/77 is in use"):
        Invoice.create_many([(build_invoice(), []), (build_invoice(number="2026/77"), [])])
    with pytest.raises(NumberTakenError, match="1 is in use"):
        Invoice.create_many([(build_invoice(sequence=1), [])])

    assert Counter.objects.get().value == 1


def test_one_number_twice_is_said():
    with pytest.raises((NumberTakenError, IntegrityError)):
        Invoice.create_many([(build_invoice(number="SPECIAL-7"), []), (build_invoice(number="SPECIAL-7"), [])])

    assert not Invoice.objects.exists()


@pytest.mark.parametrize("status", ["DRAFT", "NEW"])
def test_a_stored_document_is_not_made_again_and_stays_as_it_is(status):
    invoice = make_invoice([line()], status=status)
    before = (invoice.pk, invoice.sequence, invoice.number)

    with pytest.raises(InvalidDataError, match="saved already"):
        Invoice.create_many([(invoice, [line()])])
    with pytest.raises(InvalidDataError, match="saved already"):
        Invoice.create_many([(build_invoice(pk=invoice.pk), [line()])])

    assert (invoice.pk, invoice.sequence, invoice.number) == before
    invoice.save()
    assert (Invoice.objects.count(), Item.objects.count()) == (1, 1)


@pytest.mark.parametrize("batch_size", [1, 500])
def test_a_document_that_is_named_twice_is_refused(batch_size):
    invoice = build_invoice(status="DRAFT")

    with pytest.raises(InvalidDataError) as refusal:
        Invoice.create_many([(invoice, []), (invoice, [])], batch_size=batch_size)

    assert list(refusal.value.errors) == ["invoices[1].invoice"]
    assert not Invoice.objects.exists()


def test_a_generator_that_fails_takes_all_back():
    def documents():
        yield build_invoice(), [line()]
        raise ConnectionError("the file ends here")

    with pytest.raises(ConnectionError):
        Invoice.create_many(documents(), batch_size=1)

    assert not Invoice.objects.exists()


def test_whoever_listens_may_refuse():
    def refuse(invoice, **_news):
        if invoice.sequence == 2:
            raise ValidationError("not today")

    made = [build_invoice(), build_invoice()]
    signals.invoice_numbered.connect(refuse)
    try:
        with pytest.raises(ValidationError):
            Invoice.create_many((row, []) for row in made)
    finally:
        signals.invoice_numbered.disconnect(refuse)

    assert (numbers(made), Invoice.objects.count(), Counter.objects.count()) == (["", ""], 0, 0)


def test_a_refusal_leaves_the_open_transaction_usable():
    with transaction.atomic():
        make_invoice()
        with pytest.raises(InvalidDataError):
            Invoice.create_many([(build_invoice(), []), (build_invoice(**BAD), [])], batch_size=1)
        Invoice.create_many([(build_invoice(), [])])

    assert sorted(Invoice.objects.values_list("number", flat=True)) == ["2026/1", "2026/2"]


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_holds_something(size):
    draft = drafts(1)[0]

    with pytest.raises(ValueError, match="batch_size"):
        Invoice.create_many([(build_invoice(), [])], batch_size=size)
    with pytest.raises(ValueError, match="batch_size"):
        Invoice.issue_many([draft], batch_size=size)


def test_locked_books_take_nothing(settings):
    settings.INVOICING_LOCKED_UNTIL = TODAY
    draft = build_invoice(status="DRAFT")

    with pytest.raises(BooksLockedError):
        Invoice.create_many([(draft, []), (build_invoice(), [])])
    assert Invoice.create_many([(draft, [])]) == 1
    with pytest.raises(BooksLockedError):
        Invoice.issue_many([draft])
    assert not stored([draft])[0].is_issued


# Through the queryset


def test_bulk_create_is_the_same_without_items():
    made = Invoice.objects.bulk_create([build_invoice(), build_invoice(status="DRAFT"), build_invoice()], batch_size=2)

    assert numbers(stored(made)) == ["2026/1", "", "2026/2"]


@pytest.mark.parametrize("options", [{"ignore_conflicts": True}, {"update_conflicts": True, "update_fields": ["note"]}])
def test_bulk_create_merges_nothing(options):
    with pytest.raises(InvalidDataError, match="leave the conflict options out"):
        Invoice.objects.bulk_create([build_invoice()], **options)


def test_a_queryset_makes_and_issues():
    assert Invoice.objects.create_many([(build_invoice(status="DRAFT"), [line()]) for _ in range(3)]) == 3
    assert Invoice.objects.filter(status="DRAFT").issue_many(batch_size=2) == 3

    assert sorted(Invoice.objects.values_list("number", "status")) == [("2026/1", "NEW"), ("2026/2", "NEW"), ("2026/3", "NEW")]


# Issued


def test_drafts_take_their_numbers_in_the_order_in_which_they_were_passed():
    first, second, third = drafts()
    new = make_invoice([line()])

    assert Invoice.issue_many([third, new, first, second], batch_size=2) == 4
    assert numbers(stored([third, new, first, second])) == ["2026/2", "2026/1", "2026/3", "2026/4"]
    assert all(row.is_issued and row.status == "NEW" for row in Invoice.objects.all())
    assert first.number == "", "what is passed in is not changed"


def test_a_document_named_twice_is_issued_once():
    draft = drafts(1)[0]

    assert Invoice.issue_many([draft, draft, Invoice.objects.get(pk=draft.pk)]) == 1
    assert InvoiceEvent.objects.filter(kind="ISSUED").count() == 1


def test_the_chain_of_each_company_has_the_events_in_order():
    companies = [make_company(code="LV"), make_company(code="TA"), None]
    made = [make_invoice([line()], status="DRAFT", **({"company": company} if company else {})) for company in companies * 2]
    Invoice.issue_many(made, batch_size=4)

    for company in companies:
        chained = InvoiceEvent.objects.filter(register=Register.objects.get(company=company)).order_by("position")
        own = [row.pk for row in made if row.company == company]
        assert list(chained.values_list("position", "invoice", "kind", "status_from")) == [
            (place, pk, "ISSUED", "DRAFT") for place, pk in enumerate(own, start=1)
        ]
        assert chained.last().hash == Register.objects.get(company=company).head
    assert not list(verify_chain())


def test_the_news_are_those_of_single_documents(hear):
    new, draft = make_invoice([line()]), *drafts(1)
    with hear(signals.invoice_numbered, signals.invoice_issued) as heard, hear(post_save) as saved:
        Invoice.issue_many([new, draft])

    names = {signals.invoice_numbered: "numbered", signals.invoice_issued: "issued"}
    told = [(names[news["signal"]], news["invoice"].number, news["invoice"].is_issued) for news in heard]
    assert sorted(told) == [("issued", "2026/1", True), ("issued", "2026/2", True), ("numbered", "2026/2", True)]
    assert not [news for news in saved if news["sender"] is Invoice]


def test_whoever_hears_of_the_issue_may_save():
    def thank(invoice, **_news):
        invoice.internal_note = "thanked"
        invoice.save()

    made = drafts()
    signals.invoice_issued.connect(thank)
    try:
        Invoice.issue_many(made)
    finally:
        signals.invoice_issued.disconnect(thank)

    assert [(row.number, row.internal_note, row.is_issued) for row in stored(made)] == [
        ("2026/1", "thanked", True),
        ("2026/2", "thanked", True),
        ("2026/3", "thanked", True),
    ]
    assert not list(verify_chain())


def test_categories_that_were_left_open_are_written_down():
    invoice = make_invoice([line(tax_rate=None), line("Hosting", tax_rate=None)], customer=ALPENBLICK)
    assert list(invoice.item_set.values_list("tax_category", flat=True)) == ["", ""]
    alone = invoice.create_copy()
    Invoice.issue_many([invoice])
    alone.issue()

    issued = list(invoice.item_set.values_list("tax_category", flat=True))
    assert issued == list(alone.item_set.values_list("tax_category", flat=True))
    assert "" not in issued
    assert stored([invoice])[0].tax_decisions == stored([alone])[0].tax_decisions


def test_content_that_is_missing_is_said_of_all_documents_at_once():
    nameless = make_invoice([line()], status="DRAFT", customer={})
    empty = make_invoice(status="DRAFT")
    good = drafts(1)[0]

    with pytest.raises(ContentMissingError) as refusal:
        Invoice.issue_many([nameless, good, empty])

    places = {name.partition("]")[0] + "]" for name in refusal.value.errors}
    assert places == {"invoices[0]", "invoices[2]"}
    assert "invoices[0].customer_name" in refusal.value.errors
    assert not Invoice.objects.filter(issued_at__isnull=False).exists()
    assert not Counter.objects.exists()


def test_documents_are_named_by_their_place_among_all():
    good = drafts(3)
    empty = make_invoice(status="DRAFT")

    with pytest.raises(ContentMissingError) as refusal:
        Invoice.issue_many([*good, empty], batch_size=2)

    assert {name.partition(".")[0] for name in refusal.value.errors} == {"invoices[3]"}
    assert not Counter.objects.exists()


def test_what_is_issued_already_is_refused_and_nothing_else_is_issued():
    draft, issued = *drafts(1), make_issued_invoice()

    with pytest.raises(TransitionNotAllowedError, match="2026/1 is NEW: issue is not possible"):
        Invoice.issue_many([draft, issued], batch_size=1)

    assert not stored([draft])[0].is_issued
    assert make_invoice().number == "2026/2"


def test_what_is_gone_is_said():
    draft, gone = drafts(2)
    Invoice.objects.get(pk=gone.pk).delete()

    with pytest.raises(Invoice.DoesNotExist, match="does not exist any more"):
        Invoice.issue_many([draft, gone])
    assert not stored([draft])[0].is_issued


def test_what_was_never_saved_is_said():
    with pytest.raises(InvalidDataError, match="not saved"):
        Invoice.issue_many([*drafts(1), build_invoice()])


def test_tax_without_a_vat_id_is_refused(settings):
    settings.INVOICING_CONTENT_RULES = "NONE"
    invoice = make_invoice([line()])
    models.QuerySet(Invoice).filter(pk=invoice.pk).update(supplier_vat_id="")

    with pytest.raises(TaxWithoutVatIdError):
        Invoice.issue_many([invoice])


def test_an_own_sequence_among_drafts_is_kept():
    made = [*drafts(1), *drafts(1, sequence=40), *drafts(1), *drafts(1, number="SPECIAL-7")]
    Invoice.issue_many(made)

    assert [(row.sequence, row.number) for row in stored(made)] == [(1, "2026/1"), (40, "2026/40"), (41, "2026/41"), (42, "SPECIAL-7")]


def test_a_generator_of_the_host_gives_the_sequences_of_drafts(settings):
    settings.INVOICING_SEQUENCE_GENERATOR = "tests.models.test_bulk.largest_plus_ten"
    made = drafts()
    Invoice.issue_many(made)

    assert [row.sequence for row in stored(made)] == [1, 11, 21]


def test_a_number_in_use_refuses_all():
    make_invoice(number="SPECIAL-7")
    made = [*drafts(1), *drafts(1, number="SPECIAL-7")]

    with pytest.raises(NumberTakenError, match="SPECIAL-7 is in use"):
        Invoice.issue_many(made)

    assert Counter.objects.get().value == 1


def test_received_documents_are_issued_as_well():
    made = drafts(2, origin="RECEIVED", number="A-77/26")
    Invoice.issue_many(made)

    assert [(row.sequence, row.number, row.is_issued) for row in stored(made)] == [(1, "A-77/26", True), (2, "A-77/26", True)]


def test_a_block_of_credit_notes_does_not_credit_twice():
    invoice = make_issued_invoice()
    notes = [invoice.create_copy(type="CREDIT_NOTE") for _ in range(2)]

    with pytest.raises(OverCreditError):
        Invoice.issue_many(notes)

    assert not any(note.is_issued for note in stored(notes))
    assert stored([invoice])[0].status == "NEW"


def test_what_a_block_of_credit_notes_takes_back_is_credited(hear):
    invoices = [make_issued_invoice(), make_issued_invoice()]
    notes = [invoice.create_copy(type="CREDIT_NOTE") for invoice in invoices]
    with hear(signals.invoice_credited) as heard:
        Invoice.issue_many([notes[0], *drafts(1), notes[1]])

    assert [row.status for row in stored(invoices)] == ["CREDITED", "CREDITED"]
    assert [(news["invoice"].pk, news["credit_note"].pk, news["whole"]) for news in heard] == [
        (invoice.pk, note.pk, True) for invoice, note in zip(invoices, notes, strict=True)
    ]
    assert not list(verify_chain())


def test_an_open_document_whose_number_is_voided_later_is_counted():
    first, _second, _third = drafts()
    Invoice.issue_many(Invoice.objects.filter(status="DRAFT").order_by("pk"))
    stored([first])[0].cancel("entered twice")

    assert not VoidedNumber.objects.exists(), "an issued document holds its number, canceled or not"


# Chronology


def test_a_block_of_documents_is_in_the_order_of_its_dates(settings):
    settings.INVOICING_CHRONOLOGICAL = True
    days = [date(2026, 11, 2), date(2026, 11, 2), date(2026, 11, 9)]
    Invoice.create_many((build_invoice(date_issue=day), []) for day in days)

    with pytest.raises(OutOfOrderError):
        Invoice.create_many((build_invoice(date_issue=day), []) for day in [date(2026, 11, 12), date(2026, 11, 11)])
    with pytest.raises(OutOfOrderError):
        Invoice.create_many([(build_invoice(date_issue=date(2026, 11, 8)), [])])
    assert Counter.objects.get().value == 3


@pytest.mark.parametrize("sequence", [None, 1])
def test_drafts_are_issued_in_the_order_of_their_dates(settings, sequence):
    settings.INVOICING_CHRONOLOGICAL = True
    later, earlier = [*drafts(1, date_issue=date(2026, 11, 9), sequence=sequence), *drafts(1, date_issue=date(2026, 11, 3))]

    with pytest.raises(OutOfOrderError):
        Invoice.issue_many([later, earlier])

    assert not Counter.objects.exists()


def test_received_documents_come_in_as_they_come_in(settings):
    settings.INVOICING_CHRONOLOGICAL = True
    made = [build_invoice(origin="RECEIVED", number=f"A-{day}", date_issue=date(2026, 11, day)) for day in (9, 3)]

    assert Invoice.create_many((row, []) for row in made) == 2


# Cost: the same however many documents are in a batch


def statements(act):
    with CountedStatements() as counted:
        act()
    return counted.count


class CountedStatements:
    """Counts statements on this connection; savepoints are none."""

    def __enter__(self):
        self.count = 0
        self.wrapper = connection.execute_wrapper(self._counted)
        self.wrapper.__enter__()
        return self

    def __exit__(self, *details):
        self.wrapper.__exit__(*details)

    def _counted(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


def test_a_batch_costs_the_same_for_ten_documents_as_for_two():
    company, party = make_company(), make_party()
    make_issued_invoice(company=company, party=party)

    def make(count):
        return [(build_invoice(company=company, party=party), [line()]) for _ in range(count)]

    def issue(count):
        return Invoice.objects.order_by("pk").filter(pk__in=[row.pk for row in drafts(count, company=company, party=party)])

    assert statements(lambda: Invoice.create_many(make(10))) == statements(lambda: Invoice.create_many(make(2)))
    two, ten = issue(2), issue(10)
    assert statements(two.issue_many) == statements(ten.issue_many)


# Several at once


@pytest.mark.django_db(transaction=True)
def test_blocks_that_are_taken_at_once_leave_no_gap(at_once):
    def make_fifty():
        Invoice.create_many(((build_invoice(), [line()]) for _ in range(50)), batch_size=20)

    make_invoice()
    assert at_once(*[make_fifty] * 4) == [None] * 4

    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 202))


@pytest.mark.django_db(transaction=True)
def test_documents_that_are_issued_by_two_at_once_are_issued_once(at_once):
    made = drafts(6)

    raised = at_once(lambda: Invoice.issue_many(made, batch_size=2), lambda: Invoice.issue_many(made[::-1], batch_size=4))

    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "TransitionNotAllowedError"]
    assert sorted(row.sequence for row in stored(made)) == [1, 2, 3, 4, 5, 6]
    assert not list(verify_chain())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_block_holds_its_counters_before_the_first_register(at_once):
    """Else whoever holds the counter of the second batch, and waits for the register, waits for ever."""
    make_issued_invoice()
    make_issued_invoice(**JANUARY)
    made = [*drafts(1), *drafts(1, **JANUARY)]
    is_taken = Event()

    def one():
        with transaction.atomic():
            invoice = make_invoice([line()], **JANUARY)
            is_taken.set()
            wait_until_somebody_waits()
            invoice.issue()

    def many():
        assert is_taken.wait(60)
        Invoice.issue_many(made, batch_size=1)

    assert at_once(one, many) == [None, None]
