"""Trying again: what stood in the way is told apart from what is wrong, nothing is half written, and retry() begins anew."""

from threading import Barrier, Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError

from invoicing import retrying
from invoicing.exceptions import InvalidDataError, TryAgainError
from invoicing.models import Item, Party, get_invoice_model
from invoicing.retrying import is_conflict, retry
from tests.factories import build_invoice, line, make_invoice
from tests.models import conftest
from tests.waiting import wait_until_somebody_waits

Invoice = get_invoice_model()

at_once = conftest.at_once

server = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite locks the whole database")
alone = pytest.mark.django_db(transaction=True)
"""Tests with connections of their own, whose transactions are real ones: the tables are emptied after each."""


class Driver(Exception):  # noqa: N818  # stands for the errors of drivers
    """An error of a database's driver."""

    def __init__(self, *args, **attributes):
        super().__init__(*args)
        self.__dict__.update(attributes)


def told(kind, *args, **attributes):
    """The error that Django makes of a driver's."""
    error = kind(*args)
    error.__cause__ = Driver(*args, **attributes)
    return error


# What stood in the way


@pytest.mark.parametrize(
    "error",
    [
        told(OperationalError, "deadlock detected", sqlstate="40P01"),
        told(OperationalError, "could not serialize access", sqlstate="40001"),
        told(OperationalError, "canceling statement due to lock timeout", sqlstate="55P03"),
        told(OperationalError, "deadlock detected", pgcode="40P01"),
        told(OperationalError, 1213, "Deadlock found when trying to get lock"),
        told(OperationalError, 1205, "Lock wait timeout exceeded"),
        told(OperationalError, 1020, "Record has changed since last read"),
        told(OperationalError, 3572, "Statement aborted because lock(s) could not be acquired immediately"),
        told(OperationalError, "database is locked", sqlite_errorname="SQLITE_BUSY"),
        told(OperationalError, "database is locked", sqlite_errorname="SQLITE_BUSY_SNAPSHOT"),
        told(OperationalError, "database table is locked", sqlite_errorname="SQLITE_LOCKED"),
        TryAgainError(reason="deadlock detected"),
    ],
    ids=str,
)
def test_what_others_caused_is_a_conflict(error):
    assert is_conflict(error)


@pytest.mark.parametrize(
    "error",
    [
        told(IntegrityError, "duplicate key value", sqlstate="23505"),
        told(IntegrityError, 1062, "Duplicate entry"),
        told(IntegrityError, "UNIQUE constraint failed", sqlite_errorname="SQLITE_CONSTRAINT_UNIQUE"),
        told(OperationalError, "the connection is lost", sqlstate="57P01"),
        told(OperationalError, "server closed the connection unexpectedly", sqlstate=None),
        told(OperationalError, 2013, "Lost connection to server during query"),
        told(OperationalError, "disk I/O error", sqlite_errorname="SQLITE_IOERR"),
        told(ProgrammingError, "relation does not exist", sqlstate="42P01"),
        told(ProgrammingError, 1213, "a number of another error"),
        told(InterfaceError, "connection already closed"),
        OperationalError("said by Django itself"),
        OperationalError(),
        DatabaseError(),
        TransactionManagementError("a block is broken"),
        InvalidDataError({"note": ["too long"]}),
        ValueError(1213),
        KeyboardInterrupt(),
    ],
    ids=repr,
)
def test_what_is_wrong_or_lost_is_none(error):
    assert not is_conflict(error)


def test_the_error_says_that_nothing_was_changed():
    error = TryAgainError(reason="deadlock detected")

    assert error.code == "try_again"
    assert str(error) == "Others were writing at the same time (deadlock detected). Nothing was changed: try again."


# Trying again


class Pauses(list):
    """The pauses that were made, without making them."""

    def __call__(self, seconds):
        self.append(seconds)


@pytest.fixture
def pauses(monkeypatch):
    made = Pauses()
    monkeypatch.setattr(retrying.time, "sleep", made)
    return made


def failing(times, *, error=None):
    """Work that fails so often, and then gives how often it was tried."""
    tried = []

    def work():
        tried.append(True)
        Party.objects.create(name=f"Try {len(tried)}")
        if len(tried) <= times:
            raise error or told(OperationalError, 1213, "Deadlock found", sqlstate="40P01")
        return len(tried)

    work.tried = tried
    return work


@alone
def test_work_that_succeeds_is_done_once(pauses):
    assert retry(failing(0)) == 1
    assert (Party.objects.count(), pauses) == (1, [])


@alone
def test_work_is_done_again_from_the_start(pauses):
    assert retry(failing(3)) == 4
    # What was written before the failure is gone with its transaction.
    assert [party.name for party in Party.objects.all()] == ["Try 4"]
    assert len(pauses) == 3


@alone
def test_an_error_that_was_told_already_is_tried_again(pauses):
    assert retry(failing(1, error=TryAgainError(reason="deadlock detected"))) == 2


@alone
@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_the_last_attempt_says_why(pauses, attempts):
    work = failing(10)

    with pytest.raises(TryAgainError, match="Deadlock found") as refusal:
        retry(work, attempts=attempts)

    assert (len(work.tried), len(pauses), Party.objects.count()) == (attempts, attempts - 1, 0)
    assert is_conflict(refusal.value)


@alone
@pytest.mark.parametrize(
    "error", [ValidationError("no"), InvalidDataError({"note": ["no"]}), told(IntegrityError, 1062), KeyboardInterrupt()]
)
def test_what_is_wrong_is_not_tried_again(pauses, error):
    work = failing(1, error=error)

    with pytest.raises(type(error)):
        retry(work)

    assert (len(work.tried), Party.objects.count()) == (1, 0)


@alone
def test_pauses_grow_and_differ(pauses):
    with pytest.raises(TryAgainError):
        retry(failing(20), attempts=12)

    longest = [min(0.02 * 2**place, 2) for place in range(11)]
    assert all(most / 2 <= pause <= most for pause, most in zip(pauses, longest, strict=True))


@pytest.mark.django_db
def test_a_part_of_a_transaction_is_not_repeated():
    work = failing(0)

    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        retry(work)

    assert not work.tried


@alone
def test_work_that_could_only_be_rolled_back_is_not_taken_for_done(pauses, monkeypatch):
    """A connection that is cut while a step is taken back: whoever goes on is not told by Django."""
    attempts = []

    def cut(_sid):
        raise OperationalError(2013, "Lost connection to server during query")

    def work():
        attempts.append(make_invoice([line()]).number)
        with monkeypatch.context() as patch:
            if len(attempts) == 1:
                patch.setattr(connection, "savepoint_rollback", cut)
            with pytest.raises(InvalidDataError), transaction.atomic():
                raise InvalidDataError({"invoice": ["It is not creditable."]})
        return attempts[-1]

    assert retry(work) == "2026/1"
    assert attempts == ["2026/1", "2026/1"]
    assert Invoice.objects.count() == 1


@alone
def test_work_that_rolls_itself_back_is_told_that_nothing_was_written(pauses):
    def work():
        make_invoice([line()])
        transaction.set_rollback(True)

    with pytest.raises(TryAgainError, match="a step that failed could not be taken back by itself"):
        retry(work, attempts=2)
    assert not Invoice.objects.exists()


@alone
def test_what_waits_for_the_commit_is_done_once(pauses):
    done = []
    work = failing(2)

    def with_mail():
        transaction.on_commit(lambda: done.append("mail"))
        return work()

    retry(with_mail)

    assert done == ["mail"]


# Conflicts as they are. Two who change two invoices in opposite order wait for each other, until one is given up.


def _touch(pk):
    invoice = Invoice.objects.get(pk=pk)
    invoice.note += "x"
    invoice.save()


def notes():
    return list(Invoice.objects.order_by("pk").values_list("note", flat=True))


def crossing(one, other):
    """Two functions that run into a deadlock the first time that they are run together."""
    meeting = Barrier(2)
    is_over = Event()

    def change(first, second):
        def work():
            _touch(first)
            if not is_over.is_set():
                meeting.wait(timeout=60)
                is_over.set()
            _touch(second)

        return work

    return change(one, other), change(other, one)


@server
@alone
def test_a_deadlock_is_told_and_nothing_of_it_is_written(at_once):
    one, other = make_invoice([line()]).pk, make_invoice([line()]).pk
    raised = at_once(*map(transaction.atomic, crossing(one, other)))

    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "TryAgainError"]
    assert notes() == ["x", "x"]


@server
@alone
def test_a_deadlock_is_solved_by_trying_again(at_once):
    one, other = make_invoice([line()]).pk, make_invoice([line()]).pk
    raised = at_once(*[lambda work=work: retry(work) for work in crossing(one, other)])

    assert raised == [None, None]
    assert notes() == ["xx", "xx"]


@server
@alone
@pytest.mark.parametrize(
    "change",
    [
        _touch,
        lambda pk: Invoice.objects.get(pk=pk).add_items([line()]),
        lambda pk: Item.objects.get(invoice=pk).delete(),
        lambda pk: Item.objects.filter(invoice=pk).update(quantity=2),
        lambda pk: Invoice.objects.get(pk=pk).issue(),
        lambda pk: Invoice.objects.filter(pk=pk).update(note="changed"),
        lambda pk: Invoice.objects.get(pk=pk).delete(),
        lambda pk: Invoice.issue_many(Invoice.objects.filter(pk=pk)),
        lambda pk: Invoice.objects.get(pk=pk).create_copy(),
    ],
    ids=["save", "add_items", "delete an item", "update items", "issue", "update", "delete", "issue_many", "create_copy"],
)
def test_whoever_goes_on_after_a_conflict_writes_nothing(at_once, change):
    one, other = make_invoice([line()]).pk, make_invoice([line()]).pk
    is_met = Barrier(2)
    went_on = []

    def stubborn(first, second):
        def work():
            with transaction.atomic():
                Party.objects.create(name="before")
                _touch(first)
                is_met.wait(timeout=60)
                try:
                    change(second)
                except TryAgainError:
                    went_on.append(True)
                    # MariaDB has ended the transaction: what follows must not be written as if it had not.
                    Party.objects.create(name="after")

        return work

    raised = at_once(stubborn(one, other), stubborn(other, one))

    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "TransactionManagementError"]
    assert went_on == [True]
    assert [party.name for party in Party.objects.all()] == ["before"]


@server
@alone
def test_a_row_that_changed_since_it_was_read_is_told(at_once):
    """At REPEATABLE READ, which on MariaDB must look at its snapshot before it locks."""
    invoice = make_invoice([line()])
    has_read, has_changed = Event(), Event()

    def reader():
        with connection.cursor() as cursor:
            if connection.vendor == "mysql":
                cursor.execute("SET SESSION innodb_snapshot_isolation = ON")
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            else:
                cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        seen.append(retry(read_and_write))

    def read_and_write():
        row = Invoice.objects.get(pk=invoice.pk)
        has_read.set()
        assert has_changed.wait(60)
        tried.append(row.note)
        row.note += "y"
        row.save()
        return row.note

    def writer():
        assert has_read.wait(60)
        _touch(invoice.pk)
        has_changed.set()

    seen, tried = [], []
    assert at_once(reader, writer) == [None, None]
    assert (tried, seen, notes()) == (["", "x"], ["xy"], ["xy"])


@pytest.mark.postgres
@alone
def test_a_conflict_that_shows_at_the_commit_is_tried_again(at_once):
    """At SERIALIZABLE, two who each write what the other has read."""
    have_read = Barrier(2)
    tried = []

    def keep_one_party(name):
        def work():
            is_first = len(tried) < 2
            tried.append(name)
            count = Party.objects.count()
            if is_first:
                have_read.wait(timeout=60)
            if not count:
                Party.objects.create(name=name)

        def run():
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            retry(work)

        return run

    assert at_once(keep_one_party("one"), keep_one_party("other")) == [None, None]
    assert Party.objects.count() == 1
    assert len(tried) == 3


@server
@alone
def test_a_lock_that_takes_too_long_is_told(at_once):
    invoice = make_invoice([line()])
    is_held = Event()

    def holder():
        with transaction.atomic():
            _touch(invoice.pk)
            is_held.set()
            wait_until_somebody_waits()
            waiter_is_done.wait(60)

    def waiter():
        assert is_held.wait(60)
        try:
            with connection.cursor() as cursor:
                mariadb = connection.vendor == "mysql"
                cursor.execute("SET SESSION innodb_lock_wait_timeout = 2" if mariadb else "SET SESSION lock_timeout = '2s'")
            _touch(invoice.pk)
        finally:
            waiter_is_done.set()

    waiter_is_done = Event()
    raised = at_once(holder, waiter)

    assert [type(error) for error in raised] == [type(None), TryAgainError]
    assert notes() == ["x"]


@only_sqlite
@alone
@pytest.mark.parametrize(
    "act",
    [
        lambda: make_invoice([line()]),
        lambda: Invoice.objects.get().add_items([line()]),
        lambda: Invoice.objects.get().issue(),
        lambda: Invoice.objects.update(note="changed"),
        lambda: Invoice.create_many([(build_invoice(), [])]),
        lambda: retry(lambda: Party.objects.create(name="Sommer"), attempts=1),
    ],
    ids=["save", "add_items", "issue", "update", "create_many", "retry"],
)
def test_a_database_that_is_locked_is_told(act):
    invoice = make_invoice([line()])
    raised = []

    def impatient():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 1")
        try:
            act()
        except TryAgainError as error:
            raised.append(error)
        finally:
            connections.close_all()

    with transaction.atomic():
        _touch(invoice.pk)
        thread = Thread(target=impatient)
        thread.start()
        thread.join(timeout=60)

    assert [str(error) for error in raised] == [
        "Others were writing at the same time (database is locked). Nothing was changed: try again."
    ]
    assert (notes(), Item.objects.count(), Party.objects.count()) == (["x"], 1, 0)
