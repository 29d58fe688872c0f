"""An audit tells the truth about registers that were broken past the library, and finds nothing in those that were not."""

from dataclasses import fields
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection, connections, models, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from invoicing import auditing
from invoicing.auditing import Duplicate, Gap, Held, OutOfOrder, RepeatedNumber, Voided, audit_counter, audit_numbers
from invoicing.domain.number_key import number_key
from invoicing.models import Counter, InvoiceEvent, VoidedNumber, get_invoice_model
from tests.factories import TODAY, line, make_company, make_invoice, make_issued_invoice

Invoice = get_invoice_model()

STORED = models.QuerySet(Invoice)
"""Rows as the database has them: none of the library's rules are in the way."""


def on(day, **changes):
    return make_invoice(date_issue=day, date_tax_point=day, date_due=day, **changes)


def make(count, **changes):
    return [make_invoice(**changes) for _ in range(count)]


def audited(**options):
    """The audit of the one counter that there is."""
    (counter,) = audit_numbers(**options).counters
    return counter


def lose(*invoices):
    """Take rows out behind the library's back."""
    STORED.filter(pk__in=[invoice.pk for invoice in invoices]).delete()


# Rows alone


def held(sequence, **changes):
    number = f"2026/{sequence}"
    values = {
        "counter_id": 1,
        "sequence": sequence,
        "number": number,
        "number_key": number_key(number, company_id=None),
        "date_issue": TODAY,
        "origin": "ISSUED",
        "company_id": None,
        "status": "NEW",
    }
    return Held(**values | changes)


def voided(sequence, reason="spoilt"):
    return Voided(1, sequence, f"2026/{sequence}", reason, "Petra Lang", datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


def of_rows(held_rows=(), voided_rows=(), *, value):
    return audit_counter(Counter(key="|ISSUED||2026", series="ISSUED", value=value), held=held_rows, voided=voided_rows)


def test_a_sequence_that_several_hold_is_told_once():
    rows = [held(1), held(2), held(2, number="2026/2b", number_key="0|2026%2F2B"), held(2, number="", number_key=None), held(3)]

    audit = of_rows(rows, value=3)

    assert audit.duplicates.listed == (Duplicate(sequence=2, numbers=("2026/2", "2026/2b", "")),)
    assert (audit.duplicates.total, audit.count, audit.missing, audit.unexplained) == (1, 5, 0, ("duplicates",))


def test_what_is_voided_fills_a_gap_in_part():
    audit = of_rows([held(2), held(9)], [voided(4), voided(5), voided(8)], value=9)

    assert audit.gaps.listed == (Gap(first=3, last=3), Gap(first=6, last=7))
    assert (audit.first, audit.last, audit.count, audit.voided.total, audit.missing) == (2, 9, 2, 3, 3)
    assert audit.unexplained == ("gaps",)


def test_voided_numbers_alone_are_a_series():
    audit = of_rows([], [voided(1), voided(2)], value=2)

    assert (audit.first, audit.last, audit.count, audit.unexplained) == (1, 2, 0, ())


def test_a_hundred_findings_are_listed_and_all_are_counted():
    audit = of_rows([held(sequence) for sequence in range(1, 302, 2)], value=301)

    assert (audit.gaps.total, len(audit.gaps.listed), audit.gaps.listed[-1], audit.missing) == (150, 100, Gap(first=200, last=200), 150)


@given(held_here=st.sets(st.integers(1, 40)), voided_here=st.sets(st.integers(1, 40)))
def test_every_sequence_between_first_and_last_is_held_or_voided_or_missing(held_here, voided_here):
    rows = [held(sequence, status="CANCELED") for sequence in sorted(held_here)]
    known = held_here | voided_here

    audit = of_rows(rows, [voided(sequence) for sequence in sorted(voided_here)], value=max(known, default=0))

    missing = [sequence for gap in audit.gaps.listed for sequence in range(gap.first, gap.last + 1)]
    assert missing == sorted(set(range(min(known, default=0), max(known, default=0) + 1)) - known - {0})
    assert (audit.missing, bool(audit.unexplained)) == (len(missing), bool(missing))


# Registers that the library kept


@pytest.mark.django_db
def test_nothing_is_nothing():
    audit = audit_numbers()

    assert (audit.counters, audit.is_explained) == ((), True)


@pytest.mark.django_db
def test_a_register_that_the_library_kept_is_explained():
    first, _, third = make(3)
    make_invoice([line()], status="DRAFT")
    make_invoice([line()], status="DRAFT").cancel("not wanted")
    credited = make_issued_invoice()
    credited.create_credit_note()
    first.delete(reason="ordered by nobody")
    make_invoice().delete()
    third.cancel("entered twice")

    audit = audit_numbers()

    (counter,) = audit.counters
    assert audit.is_explained
    assert (counter.first, counter.last, counter.value, counter.count, counter.missing) == (1, 5, 5, 5, 0)
    assert [(entry.sequence, entry.number, entry.reason) for entry in counter.voided.listed] == [
        (1, "2026/1", "ordered by nobody"),
        (3, "2026/3", "entered twice"),
    ]


@pytest.mark.django_db
def test_companies_types_prefixes_and_received_documents_are_series_of_their_own(settings):
    settings.INVOICING_COUNTER_PER_TYPE = True
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.prefix }}{{ invoice.type }}-{{ invoice.date_issue|date:'Y' }}-{{ invoice.sequence }}"
    berlin = make_company()
    vienna = make_company(name="Lindner & Vogt Wien GmbH", code="", country="AT", vat_id="ATU98765434")
    make(2, company=berlin)
    make(1, company=vienna)
    make(1, company=berlin, type="PROFORMA")
    make(3, company=berlin, number_prefix="WEB-")
    make(2, company=berlin, origin="RECEIVED", number="7")
    make(1, company=berlin, origin="RECEIVED")

    audit = audit_numbers()

    assert audit.is_explained
    assert [(counter.company, counter.series, counter.type, counter.first, counter.last, counter.count) for counter in audit.counters] == [
        ("LV", "ISSUED", "INVOICE", 1, 2, 2),
        ("Lindner & Vogt Wien GmbH", "ISSUED", "INVOICE", 1, 1, 1),
        ("LV", "ISSUED", "PROFORMA", 1, 1, 1),
        ("LV", "ISSUED:WEB-", "INVOICE", 1, 3, 3),
        ("LV", "RECEIVED", "INVOICE", 1, 3, 3),
    ]
    assert [counter.company_id for counter in audit_numbers(companies=[vienna]).counters] == [vienna.pk]
    assert len(audit_numbers(companies=[vienna.pk, berlin.pk]).counters) == 5


@pytest.mark.django_db
def test_what_lies_before_the_first_sequence_is_no_gap(settings):
    settings.INVOICING_NUMBER_START_FROM = 1001
    make(2)
    make_invoice(date_issue=date(2025, 3, 3), sequence=77)

    audit = audit_numbers()

    assert audit.is_explained
    assert [(counter.first, counter.last) for counter in audit.counters] == [(1001, 1002), (77, 77)]


@pytest.mark.django_db
@pytest.mark.parametrize("start_from", [1, 1001])
def test_a_counter_whose_only_number_was_given_back_is_explained(settings, start_from):
    settings.INVOICING_NUMBER_START_FROM = start_from
    make_invoice().delete()

    audit = audit_numbers()

    assert audit.is_explained
    assert (audit.counters[0].first, audit.counters[0].value) == (None, start_from - 1)


# Numbers that are missing


@pytest.mark.django_db
def test_a_row_that_is_deleted_by_sql_leaves_a_gap():
    lost = make(3)[1]
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name
        for table in (InvoiceEvent._meta.db_table, Invoice._meta.db_table):
            column = "invoice_id" if table == InvoiceEvent._meta.db_table else "id"
            cursor.execute(f"DELETE FROM {quoted(table)} WHERE {quoted(column)} = %s", [lost.pk])  # noqa: S608  # quoted names only

    audit = audited()

    assert (audit.gaps.listed, audit.missing, audit.unexplained) == ((Gap(first=2, last=2),), 1, ("gaps",))


@pytest.mark.django_db
def test_a_sequence_that_was_jumped_over_by_hand_is_a_gap_until_it_is_explained():
    make_invoice()
    make_invoice(sequence=4)
    assert audited().gaps.listed == (Gap(first=2, last=3),)

    VoidedNumber.objects.enter_gap(Counter.objects.get(), 2, 3, reason="used on paper")

    assert audit_numbers().is_explained


@pytest.mark.django_db
def test_a_generator_may_leave_sequences_out(settings):
    make_invoice()
    make_invoice(sequence=4)
    settings.INVOICING_SEQUENCE_GENERATOR = "tests.models.test_numbering.generator"

    audit = audit_numbers()

    assert (audit.counters[0].gaps.total, audit.counters[0].missing, audit.is_explained) == (1, 2, True)


@pytest.mark.django_db
def test_the_last_documents_lost_leave_the_counter_ahead():
    lose(*make(5)[3:])

    audit = audited()

    assert (audit.last, audit.value, audit.gaps.total, audit.unexplained) == (3, 5, 0, ("value_ahead",))


@pytest.mark.django_db
def test_all_documents_lost_leave_the_counter_ahead_of_nothing():
    lose(*make(3))

    audit = audited()

    assert (audit.first, audit.last, audit.count, audit.value, audit.unexplained) == (None, None, 0, 3, ("value_ahead",))


@pytest.mark.django_db
@pytest.mark.parametrize(("value", "unexplained"), [(0, ("value_behind",)), (2, ("value_behind",)), (3, ()), (4, ("value_ahead",))])
def test_a_counter_says_its_last_sequence(value, unexplained):
    make(3)
    Counter.objects.update(value=value)

    assert audited().unexplained == unexplained


@pytest.mark.django_db
def test_a_voided_number_at_the_end_is_a_last_sequence_too():
    make(2)
    counter = Counter.objects.get()
    VoidedNumber.objects.create(counter=counter, sequence=3, reason="printed and torn up")
    assert audited().unexplained == ("value_behind",)

    Counter.objects.update(value=3)

    assert (audited().last, audited().unexplained) == (3, ())


# Numbers that are wrong


@pytest.mark.django_db
def test_a_voided_number_that_a_valid_document_holds_is_told():
    invoice, _ = make(2)
    invoice.delete(reason="ordered by nobody")
    STORED.filter(pk=invoice.pk).update(status="SENT")

    audit = audited()

    (found,) = audit.voided_in_use.listed
    assert (found.sequence, found.number, found.status, found.reason) == (1, "2026/1", "SENT", "ordered by nobody")
    assert audit.unexplained == ("voided_in_use",)


@pytest.mark.django_db
def test_a_number_that_was_changed_without_its_key_is_told():
    first, second = make(2)
    STORED.filter(pk=first.pk).update(number="2026/9")
    STORED.filter(pk=second.pk).update(number_key=None)

    audit = audited()

    assert [(found.sequence, found.number, found.number_key, found.expected) for found in audit.wrong_keys.listed] == [
        (1, "2026/9", "0|2026%2F1", "0|2026%2F9"),
        (2, "2026/2", None, "0|2026%2F2"),
    ]
    assert audit.unexplained == ("wrong_keys",)


@pytest.mark.django_db
def test_a_document_that_was_moved_to_another_company_is_told():
    berlin, vienna = make_company(), make_company(name="Lindner & Vogt Wien GmbH", code="LVW")
    invoice = make_invoice(company=berlin)
    STORED.filter(pk=invoice.pk).update(company=vienna, number_key=number_key("2026/1", company_id=vienna.pk))

    audit = audited()

    (found,) = audit.misplaced.listed
    assert (found.sequence, found.number, found.company_id, audit.company) == (1, "2026/1", vienna.pk, "LV")
    assert audit.unexplained == ("misplaced",)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"counter": None, "sequence": None, "number": "", "number_key": None},
        {"counter": None},
        {"sequence": None},
        {"number": "", "number_key": None},
    ],
    ids=", ".join,
)
def test_an_issued_document_without_its_place_is_told(changes):
    make_invoice()
    invoice = make_issued_invoice()
    STORED.filter(pk=invoice.pk).update(**changes)

    audit = audit_numbers()

    (found,) = audit.unnumbered.listed
    assert (found.uuid, found.origin, found.status, found.date_issue) == (str(invoice.uuid), "ISSUED", "NEW", TODAY)
    assert audit.unexplained == ("unnumbered",)
    assert not audit.is_explained


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "is_issued", "told"),
    [
        ("DRAFT", False, 0),
        ("NEW", False, 0),
        ("CANCELED", True, 0),
        ("DRAFT", True, 1),
        ("NEW", True, 1),
        ("SENT", True, 1),
        ("PAID", False, 1),
    ],
)
def test_only_what_was_issued_must_have_a_place(status, is_issued, told):
    draft = make_invoice(status="DRAFT")
    STORED.filter(pk=draft.pk).update(status=status, issued_at=timezone.now() if is_issued else None)

    assert audit_numbers().unnumbered.total == told


@pytest.mark.django_db
def test_more_documents_without_a_place_than_are_listed_are_counted(monkeypatch):
    monkeypatch.setattr(auditing.numbers, "LISTED", 2)
    make(3, status="DRAFT")
    STORED.update(status="SENT")

    unnumbered = audit_numbers().unnumbered

    assert (unnumbered.total, len(unnumbered.listed)) == (3, 2)


@pytest.mark.postgres
@pytest.mark.django_db
def test_what_a_table_without_its_constraints_took_in_is_told(monkeypatch):
    monkeypatch.setattr(auditing.rows, "PAGE", 2)
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, Invoice._meta.db_table)
        for name, details in constraints.items():
            if details["unique"] and details["columns"] in (["counter_id", "sequence"], ["number_key"]):
                cursor.execute(f"ALTER TABLE {Invoice._meta.db_table} DROP CONSTRAINT {connection.ops.quote_name(name)}")
    first, *others = make(7)
    STORED.filter(pk__in=[invoice.pk for invoice in others[:5]]).update(sequence=1, number="2026/1", number_key=first.number_key)

    audit = audit_numbers()

    # Six documents hold 1, on three pages; then comes 7.
    assert audit.counters[0].duplicates.listed == (Duplicate(sequence=1, numbers=("2026/1",) * 6),)
    assert (audit.counters[0].count, audit.counters[0].unexplained) == (7, ("gaps", "duplicates"))
    assert audit.repeated_numbers.listed == (RepeatedNumber(number_key="0|2026%2F1", count=6),)
    assert audit.unexplained == ("repeated_numbers",)


# Dates


@pytest.mark.django_db
def test_dates_out_of_order_are_told_and_are_wrong_only_where_the_setting_says_so(settings):
    for day in (2, 9, 4, 4, 5):
        on(date(2026, 3, day))

    audit = audited()
    settings.INVOICING_CHRONOLOGICAL = True

    pair = OutOfOrder(number="2026/2", date_issue=date(2026, 3, 9), later_number="2026/3", later_date_issue=date(2026, 3, 4))
    assert (audit.out_of_order.listed, audit.unexplained) == ((pair,), ())
    assert audited().unexplained == ("out_of_order",)


@pytest.mark.django_db
def test_received_documents_come_in_any_order():
    for day in (9, 2):
        on(date(2026, 3, day), origin="RECEIVED", number="1")

    assert audited().out_of_order.total == 0


def of_the_day():
    return make_invoice(date_issue=None, date_tax_point=None, date_due=None)


@pytest.mark.django_db
@pytest.mark.parametrize(("period", "series", "out_of_order"), [("INFINITE", [(1, 3, 3)], 1), ("YEARLY", [(1, 2, 2), (1, 1, 1)], 0)])
def test_a_clock_that_went_back_across_new_year_leaves_no_gap(settings, time_machine, period, series, out_of_order):
    settings.INVOICING_COUNTER_PERIOD = period
    for moment in ((2026, 12, 31, 23, 50), (2027, 1, 1, 0, 10), (2026, 12, 31, 23, 55)):
        time_machine.move_to(datetime(*moment, tzinfo=UTC), tick=False)
        of_the_day()

    audit = audit_numbers()

    assert audit.is_explained
    assert [(counter.first, counter.last, counter.count) for counter in audit.counters] == series
    assert sum(counter.out_of_order.total for counter in audit.counters) == out_of_order


# Fixtures


@pytest.fixture
def dump(tmp_path):
    """Write the register to a fixture, whose path comes back."""

    def write(name):
        path = tmp_path / f"{name}.json"
        rows = [*Counter.objects.all(), *STORED.all(), *VoidedNumber.objects.all()]
        path.write_text(serializers.serialize("json", rows), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.django_db
def test_a_fixture_that_is_loaded_twice_changes_nothing(dump, time_machine):
    # Fixtures keep milliseconds.
    time_machine.move_to(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), tick=False)
    make(3)[0].delete(reason="ordered by nobody")
    before, fixture = audit_numbers(), dump("register")

    for _ in range(2):
        call_command("loaddata", fixture, verbosity=0)

    assert before.is_explained
    assert audit_numbers() == before
    assert make_invoice().number == "2026/4"


@pytest.mark.django_db
def test_an_older_fixture_over_newer_rows_sets_the_counter_back(dump):
    make(2)
    fixture = dump("older")
    make(2)

    call_command("loaddata", fixture, verbosity=0)

    audit = audited()
    assert (audit.last, audit.value, audit.count, audit.unexplained) == (4, 2, 4, ("value_behind",))


# How it reads


@pytest.mark.django_db
def test_it_reads_page_by_page_and_misses_nothing(monkeypatch):
    monkeypatch.setattr(auditing.rows, "PAGE", 2)
    for year, count in ((2024, 1), (2025, 2), (2026, 5)):
        for _ in range(count):
            on(date(year, 3, 2))
    Counter.objects.hold(make_invoice(status="DRAFT", date_issue=date(2023, 3, 2)).counter_scope())
    for year, sequences in ((2024, [2]), (2026, [6, 7, 8])):
        counter = Counter.objects.get(period=year)
        for sequence in sequences:
            VoidedNumber.objects.create(counter=counter, sequence=sequence, reason="used on paper")
        Counter.objects.filter(pk=counter.pk).update(value=sequences[-1])

    audit = audit_numbers()

    assert audit.is_explained
    assert [(counter.period, counter.count, counter.voided.total, counter.last) for counter in audit.counters] == [
        ("2024", 1, 1, 2),
        ("2025", 2, 0, 2),
        ("2026", 5, 3, 8),
        ("2023", 0, 0, None),
    ]


@pytest.mark.django_db
def test_it_costs_the_same_however_many_counters_there_are(django_assert_max_num_queries):
    for year in range(2001, 2027):
        on(date(year, 3, 2))

    with django_assert_max_num_queries(9):
        assert len(audit_numbers().counters) == 26


@pytest.mark.django_db(transaction=True)
def test_it_sees_one_moment_while_others_write(monkeypatch):
    make_invoice()

    def write():
        try:
            make(2)
        finally:
            connections.close_all()

    def audit_while_others_write(counter, **rows):
        writer = Thread(target=write)
        writer.start()
        writer.join(timeout=60)
        return audit_counter(counter, **rows)

    monkeypatch.setattr(auditing.numbers, "audit_counter", audit_while_others_write)
    during = audited()
    monkeypatch.undo()

    assert (during.last, during.value, during.unexplained) == (1, 1, ())
    assert (audited().last, audited().value) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_it_leaves_no_transaction_open(monkeypatch):
    make_invoice()
    audit_numbers()
    monkeypatch.setattr(auditing.numbers, "audit_counter", None)
    with pytest.raises(TypeError):
        audit_numbers()

    with transaction.atomic():
        assert make_invoice().number == "2026/2"
    assert Invoice.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_it_sees_what_an_open_transaction_sees():
    with transaction.atomic():
        make(2)
        assert (audited().last, audited().unexplained) == (2, ())
        transaction.set_rollback(True)

    assert audit_numbers().counters == ()


def test_every_kind_of_finding_has_its_place_in_the_audit():
    names = {field.name for kind in (auditing.CounterAudit, auditing.Audit) for field in fields(kind)}

    assert set(auditing.Finding) - names == {"value_behind", "value_ahead"}
