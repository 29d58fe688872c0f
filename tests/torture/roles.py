"""What a worker may be: one that does anything at random, or one that does the same thing many times."""

from __future__ import annotations

import os
import random
import signal
import traceback
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.backends.signals import connection_created
from django.utils.module_loading import import_string

from invoicing.exceptions import NumberTakenError, TryAgainError
from invoicing.models import Company, get_invoice_model
from invoicing.retrying import is_conflict, retry
from tests.factories import line, make_invoice
from tests.torture.acts import ACTS, Act, fact
from tests.torture.journal import Journal
from tests.torture.plan import Plan

Invoice = get_invoice_model()

ATTEMPTS = 12

COMPANIES: list[Company] = []
"""Read once, before the workers are forked."""

SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class AbandonedError(Exception):
    """The host failed in the middle of a transaction."""


class Breaker:
    """Fails before the statement of its number, as a host may fail anywhere."""

    def __init__(self, statement: int) -> None:
        self.left = statement

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(SAVEPOINTS):
            self.left -= 1
            if self.left == 0:
                raise AbandonedError
        return execute(sql, params, many, context)


class Worker:
    """One process: its dice, its journal, and the companies that it works for."""

    def __init__(self, plan: Plan, *, slot: int, generation: int) -> None:
        self.plan = plan
        self.slot = slot
        self.dice = random.Random(f"{plan.seed}-{slot}-{generation}")  # noqa: S311
        self.journal = Journal(plan.journal_of(slot, generation))
        self.parent = os.getppid()
        self.is_asked_to_stop = False
        self.backend = 0
        self.facts: list[dict[str, Any]] = []
        signal.signal(signal.SIGTERM, self._stop)
        connection_created.connect(self._note_backend)
        self.companies: list[Company | None] = [*COMPANIES, None]
        # Another app's acts, where the plan names them.
        self.acts: tuple[Act, ...] = import_string(plan.options["acts"]) if "acts" in plan.options else ACTS

    @property
    def is_stopping(self) -> bool:
        """Whether somebody said so, or nobody is left who could."""
        return self.is_asked_to_stop or os.getppid() != self.parent

    def _stop(self, *_signal: object) -> None:
        self.is_asked_to_stop = True

    def _note_backend(self, **_news: object) -> None:
        """Remember the number by which the server knows this connection."""
        raw = connection.connection
        if connection.vendor == "postgresql":
            self.backend = raw.info.backend_pid
        elif connection.vendor == "mysql":
            self.backend = raw.thread_id()

    def connect(self) -> bool:
        """Whether there is a connection now: a server may cut one while it is made."""
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            self.journal.write("unconnected", error=said(error))
            return False
        return True

    def perform(self, act: Act) -> None:
        """Do an act on whatever the dice choose. What the rules refuse is no failure: the transaction goes on."""
        try:
            self.facts.extend(act.do(self))
        except NumberTakenError:
            raise  # An InvalidDataError that no act may end in here: nobody asks for a number.
        except act.refusals as refusal:
            self.journal.write("refused", act=act.name, error=type(refusal).__name__)

    def transaction(self) -> None:
        """A few acts in one transaction, or one act by itself; sometimes the host fails in between."""
        size = self.dice.choice((1, 1, 1, 1, 2, 2, 3, 5))
        acts = self.dice.choices(self.acts, weights=[act.weight for act in self.acts], k=size)
        breaker = Breaker(self.dice.randint(1, 50 * size) if self.dice.random() < 0.2 else 0)
        attempts = 0
        backend = self.backend

        def work() -> None:
            nonlocal attempts
            attempts += 1
            self.facts = []
            try:
                for act in acts:
                    self.perform(act)
            except (DatabaseError, TryAgainError) as error:
                if is_conflict(error):
                    self.journal.write("conflict", error=said(error))
                raise

        try:
            with connection.execute_wrapper(breaker):
                if size > 1 or self.dice.random() < 0.5:
                    retry(work, attempts=ATTEMPTS)
                else:
                    work()
        except AbandonedError:
            self.journal.write("abandoned")
        except TryAgainError as error:
            self.journal.write("gave up", error=said(error))
        except Exception as error:  # noqa: BLE001  # the test looks at what it was
            self.account_for(error, acts, backend=backend)
        else:
            self.journal.write("done", acts=[act.name for act in acts], attempts=attempts, facts=self.facts)

    def account_for(self, error: Exception, acts: list[Act], *, backend: int) -> None:
        """Write down an error that nobody asked for, and whether the connection that it came from is gone."""
        facts = {"acts": [act.name for act in acts], "error": said(error)}
        # Where a rollback fails, Django drops the connection and makes another at once.
        is_gone = self.backend != backend or connection.connection is None or not connection.is_usable()
        if is_conflict(error):
            self.journal.write("gave up", **facts)
        elif isinstance(error, DatabaseError | InterfaceError) and is_gone:
            self.journal.write("lost", backend=backend, **facts)
        else:
            self.journal.write("unexpected", trace=traceback.format_exc(), **facts)
        # As a request does when it ends.
        close_old_connections()


def said(error: BaseException) -> str:
    """Class and first line of an error: of the database's own, where it hides behind others."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:160]}"


def warm_up() -> None:
    """Make and issue an invoice that is taken back: what is loaded and composed once, the workers have from the beginning."""
    with transaction.atomic():
        make_invoice([line()]).issue()
        transaction.set_rollback(True)
    COMPANIES.extend(Company.objects.order_by("pk"))
    connection.close()


def torment(worker: Worker) -> None:
    """Anything at random, until it is told to stop."""
    while not worker.is_stopping:
        if worker.connect():
            worker.transaction()


def write(worker: Worker) -> None:
    """Make some invoices, one a transaction."""
    for _ in range(worker.plan.options["invoices"]):
        worker.journal.write("done", facts=[fact(make_invoice([line()]))])


def touch_then_copy(worker: Worker) -> None:
    """Change one of a few invoices and copy it, in one transaction: first a row that all want, then the counter that all want."""
    for turn in range(worker.plan.options["turns"]):
        with transaction.atomic():
            invoice = Invoice.objects.get(pk=worker.dice.choice(worker.plan.options["invoices"]))
            invoice.internal_note = f"{worker.slot}: {turn}"
            invoice.save()
            made = fact(invoice.create_copy())
        worker.journal.write("done", facts=[made])


def die_with_a_number(worker: Worker) -> None:
    """Take a number, and be killed before the commit."""
    with transaction.atomic():
        worker.journal.write("taken", number=make_invoice([line()]).number)
        os.kill(os.getpid(), signal.SIGKILL)
