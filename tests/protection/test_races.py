"""No item slips into an invoice that another connection is just issuing, at whichever isolation level."""

from threading import Event, Thread

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, models, transaction

from invoicing.exceptions import TryAgainError
from invoicing.models import Item
from tests import databases
from tests.factories import line, make_invoice

pytestmark = pytest.mark.skipif(databases.KIND == "sqlite", reason="SQLite has one writer at a time")

LEVELS = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]

SESSION = {
    "postgresql": ("SET lock_timeout = '1s'", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}"),
    "mysql": ("SET innodb_lock_wait_timeout = 1", "SET SESSION TRANSACTION ISOLATION LEVEL {level}"),
}
"""Whoever waits for a lock here is told at once, so that no test has to find out that he waits."""


def plain(model):
    return models.QuerySet(model)


def insert(invoice, home):
    plain(Item).bulk_create([Item(invoice=invoice, net=800, **line("slipped in"))])


def change(invoice, home):
    plain(Item).filter(invoice=invoice).update(title="changed")


def delete(invoice, home):
    plain(Item).filter(invoice=invoice).delete()


def move_in(invoice, home):
    plain(Item).filter(invoice=home).update(invoice=invoice)


def move_out(invoice, home):
    plain(Item).filter(invoice=invoice).update(invoice=home)


WAYS = [insert, change, delete, move_in, move_out]


class Other:
    """A transaction of another connection, that sees the rows as they are now and then works on being told to."""

    def __init__(self, work, *, level="READ COMMITTED"):
        self.work, self.level, self.raised = work, level, None
        self.has_begun, self.may_work, self.has_worked, self.may_commit = Event(), Event(), Event(), Event()
        self.thread = Thread(target=self._run)
        self.thread.start()

    def _run(self):
        try:
            with connection.cursor() as cursor:
                for statement in SESSION[connection.vendor]:
                    cursor.execute(statement.format(level=self.level))
            with transaction.atomic():
                list(plain(Item).values("pk"))
                self.has_begun.set()
                assert self.may_work.wait(60)
                self.work()
                self.has_worked.set()
                assert self.may_commit.wait(60)
        except Exception as error:  # noqa: BLE001  # the test looks at what it was
            self.raised = error
        finally:
            for event in (self.has_begun, self.has_worked):
                event.set()
            connections.close_all()

    def begin(self):
        assert self.has_begun.wait(60)

    def go(self):
        self.may_work.set()
        assert self.has_worked.wait(60)

    def end(self):
        """What was raised."""
        self.may_work.set()
        self.may_commit.set()
        self.thread.join(60)
        return self.raised


def lines():
    return list(Item.objects.order_by("pk").values_list("pk", "invoice_id", "title"))


@pytest.mark.parametrize("level", LEVELS[:2])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nobody_changes_items_while_their_invoice_is_being_issued(way, level, committed_triggers):
    invoice, home = make_invoice([line()]), make_invoice([line("Hosting")])
    before = lines()
    other = Other(lambda: way(invoice, home), level=level)
    other.begin()

    with transaction.atomic():
        invoice.issue()
        other.go()
        raised = other.end()

    assert isinstance(raised, OperationalError)
    assert "lock" in str(raised).lower()
    assert lines() == before


# At SERIALIZABLE MariaDB locks what is read: nobody can issue the invoice before the reader is done.
@pytest.mark.parametrize("level", LEVELS if databases.KIND == "postgres" else LEVELS[:2])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whoever_began_before_the_issue_is_refused_after_it(way, level, committed_triggers):
    invoice, home = make_invoice([line()]), make_invoice([line("Hosting")])
    before = lines()
    other = Other(lambda: way(invoice, home), level=level)
    other.begin()

    invoice.issue()
    other.go()
    raised = other.end()

    assert lines() == before
    # At the higher levels PostgreSQL says first that the invoice has changed meanwhile.
    wanted = OperationalError if connection.vendor == "postgresql" and level != "READ COMMITTED" else IntegrityError
    assert isinstance(raised, wanted)
    if wanted is IntegrityError:
        assert "items of an issued invoice are frozen" in str(raised)


def test_an_item_that_comes_first_is_issued_with_the_others(committed_triggers):
    invoice, home = make_invoice([line()]), make_invoice([line("Hosting")])
    first = Other(lambda: insert(invoice, home))
    first.begin()
    first.go()
    issuing = Other(invoice.issue)
    issuing.begin()
    issuing.go()

    assert isinstance(issuing.end(), OperationalError | TryAgainError)
    assert first.end() is None
    invoice.issue()

    invoice.refresh_from_db()
    # Twice 800.00 + 19 %.
    assert (str(invoice.total), invoice.is_issued, invoice.item_set.count()) == ("1904.00", True, 2)
