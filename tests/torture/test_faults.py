"""Bad luck, one piece at a time: nothing is half-written, the error is clear, and no number is used up or given twice."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from invoicing import signals
from invoicing.auditing import Finding, audit_numbers
from invoicing.exceptions import NumberTakenError
from invoicing.models import Counter, InvoiceEvent, Item, get_invoice_model
from tests import databases
from tests.factories import LINDNER, columns, line, make_company, make_invoice, make_issued_invoice
from tests.torture.journal import entries
from tests.torture.supervisor import end_session, plan, run_to_end
from tests.torture.verification import faults

Invoice = get_invoice_model()

sqlite_only = pytest.mark.skipif(databases.KIND != "sqlite", reason="is about SQLite")
servers_only = pytest.mark.skipif(databases.KIND == "sqlite", reason="SQLite has no connection that could be cut")


def numbers():
    return [*Invoice.objects.order_by("pk").values_list("number", flat=True)]


def row_counts():
    return [model.objects.count() for model in (Invoice, Item, InvoiceEvent, Counter)]


def undated_invoice(**fields):
    """An invoice of the day that the clock says."""
    invoice = Invoice(**{**columns("supplier", LINDNER), **fields})
    invoice.save_with_items([line()])
    return invoice


# Processes


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_with_a_number_in_its_hand_leaves_nothing(tmp_path):
    make_invoice([line()])

    report = run_to_end(plan("die_with_a_number", tmp_path, workers=3))

    # The second waited for the first, took the same number, and so did the third.
    assert [entry["number"] for entry in entries(tmp_path)] == ["2026/2"] * 3
    assert len(report["failed"]) == 3
    assert (numbers(), Counter.objects.get().value) == (["2026/1"], 1)
    assert make_invoice([line()]).number == "2026/2"


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_at_once_wait_for_each_other(tmp_path):
    report = run_to_end(plan("write", tmp_path, workers=6, options={"invoices": 10}))

    assert report["failed"] == []
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 61))
    assert faults(tmp_path) == []


@pytest.mark.torture
@pytest.mark.django_db(transaction=True)
def test_touching_an_invoice_and_then_making_another_does_not_deadlock(tmp_path):
    wanted = [make_issued_invoice().pk for _ in range(4)]

    report = run_to_end(plan("touch_then_copy", tmp_path, workers=8, options={"turns": 50, "invoices": wanted}))

    assert report["failed"] == []
    assert sum(entry["kind"] == "done" for entry in entries(tmp_path)) == 400
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 405))
    assert faults(tmp_path) == []


# Connections


@contextmanager
def cut_when_a_number_is_taken():
    """The server ends the connection between the number and the commit."""

    def cut(**news):
        other = connection.copy()
        raw = connection.connection
        session = raw.info.backend_pid if connection.vendor == "postgresql" else raw.thread_id()
        try:
            with other.cursor() as cursor:
                end_session(cursor, session)
        finally:
            other.close()

    signals.invoice_numbered.connect(cut)
    try:
        yield
    finally:
        signals.invoice_numbered.disconnect(cut)


@servers_only
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_cut_before_the_commit_uses_no_number_up():
    make_invoice([line()])
    before = row_counts()

    with cut_when_a_number_is_taken(), pytest.raises((OperationalError, InterfaceError), match=r"(?i)connection"):
        make_invoice([line()])

    # The next act makes a connection by itself.
    assert row_counts() == before
    assert make_invoice([line()]).number == "2026/2"


@servers_only
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_cut_inside_a_transaction_of_the_host_takes_all_of_it_along():
    draft = make_invoice([line()], status="DRAFT")
    before = row_counts()

    @transaction.atomic
    def issue_and_make_another():
        Invoice.objects.get(pk=draft.pk).issue()
        make_invoice([line()])

    with cut_when_a_number_is_taken(), pytest.raises((OperationalError, InterfaceError), match=r"(?i)connection"):
        issue_and_make_another()

    assert row_counts() == before
    draft.refresh_from_db()
    assert (draft.status, draft.is_issued, draft.number) == ("DRAFT", False, "")
    draft.issue()
    assert draft.number == "2026/1"


# The disk


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_leaves_nothing_half_written():
    make_invoice([line()])
    before = row_counts()
    many = [line("A line that takes some room. " * 20) for _ in range(400)]

    with a_disk_that_is_full(), pytest.raises(OperationalError, match="full"):
        make_invoice(many)

    assert (row_counts(), Counter.objects.get().value) == (before, 1)
    saved = make_invoice(many)
    assert (saved.number, saved.item_set.count()) == ("2026/2", 400)
    assert audit_numbers().is_explained


@contextmanager
def a_disk_that_is_full():
    """SQLite may take a few pages more, and then no more."""
    with connection.cursor() as cursor:
        # Room that earlier rows left inside the file is room.
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        used = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {used + 4}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")


# The clock


@pytest.mark.django_db
def test_a_clock_that_goes_back_across_new_year_gives_each_year_its_own_next_number():
    made = []
    for moment in ("2026-12-31 23:59", "2027-01-01 00:01", "2026-12-31 23:58", "2027-01-01 00:02"):
        with time_machine.travel(f"{moment}+00:00", tick=False):
            made.append(undated_invoice())

    assert [invoice.number for invoice in made] == ["2026/1", "2027/1", "2026/2", "2027/2"]
    assert [str(invoice.date_issue) for invoice in made] == ["2026-12-31", "2027-01-01", "2026-12-31", "2027-01-01"]
    assert audit_numbers().is_explained


@pytest.mark.django_db
def test_the_audit_tells_of_a_clock_that_went_back_within_a_counter(settings):
    settings.INVOICING_COUNTER_PERIOD = "INFINITE"
    for moment in ("2027-01-01 00:01", "2026-12-31 23:58"):
        with time_machine.travel(f"{moment}+00:00", tick=False):
            undated_invoice(number_format="{{ invoice.sequence }}")

    [counter] = audit_numbers().counters
    assert [(found.number, found.later_number) for found in counter.out_of_order.listed] == [("1", "2")]


@pytest.mark.django_db
def test_at_midnight_each_company_takes_the_number_of_its_own_day():
    daily = {"counter_period": "DAILY", "number_format": "{{ invoice.period }}/{{ invoice.sequence }}"}
    auckland = make_company(name="Kauri Ltd", code="K", time_zone="Pacific/Auckland", **daily)
    los_angeles = make_company(name="Redwood Inc.", code="R", time_zone="America/Los_Angeles", **daily)
    new_year_in_auckland = datetime(2026, 12, 31, 11, 0, tzinfo=UTC)

    told = []
    for moment in (new_year_in_auckland - timedelta(seconds=1), new_year_in_auckland, new_year_in_auckland + timedelta(hours=21)):
        with time_machine.travel(moment, tick=False):
            told.append([undated_invoice(company=company).number for company in (auckland, los_angeles)])

    # 11:00 in London is 00:00 of the next day in Auckland and 03:00 in Los Angeles; 21 hours later the day changes there, too.
    assert told == [["2026-12-31/1", "2026-12-31/1"], ["2027-01-01/1", "2026-12-31/2"], ["2027-01-01/2", "2027-01-01/1"]]


# Fixtures


def dumped(path: Path, *, with_keys: bool = True) -> str:
    tables = ["invoicing", Invoice._meta.app_label]
    call_command("dumpdata", *dict.fromkeys(tables), output=str(path))
    if not with_keys:
        rows = json.loads(path.read_text())
        for row in rows:
            row["pk"] = None
        path.write_text(json.dumps([row for row in rows if row["model"] == Invoice._meta.label_lower]))
    return str(path)


def state():
    rows = Invoice.objects.order_by("pk")
    totals = [(row.number, row.total, row.status, row.is_issued) for row in rows]
    return totals, row_counts(), [*Counter.objects.values_list("key", "value")]


@pytest.mark.django_db
def test_a_fixture_that_is_loaded_twice_changes_nothing(tmp_path):
    make_issued_invoice()
    make_invoice([line()])
    before, fixture = state(), dumped(tmp_path / "books.json")

    for _ in range(2):
        call_command("loaddata", fixture, verbosity=0)

    assert state() == before
    assert make_invoice([line()]).number == "2026/3"


@pytest.mark.django_db
def test_a_fixture_without_keys_is_refused_as_a_whole(tmp_path):
    make_issued_invoice()
    make_invoice([line()])
    before, fixture = state(), dumped(tmp_path / "books.json", with_keys=False)

    with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate"):
        call_command("loaddata", fixture, verbosity=0)

    assert state() == before


@pytest.mark.django_db
def test_a_counter_that_an_old_fixture_sets_back_is_found_and_gives_no_number_twice(tmp_path):
    make_invoice([line()])
    fixture = dumped(tmp_path / "books.json")
    make_invoice([line()])

    call_command("loaddata", fixture, verbosity=0)

    assert Counter.objects.get().value == 1
    [counter] = audit_numbers().counters
    assert counter.unexplained == (Finding.VALUE_BEHIND,)
    with pytest.raises(NumberTakenError):
        make_invoice([line()])
    assert numbers() == ["2026/1", "2026/2"]
