"""What the tests of the tables share: invoices in each status, threads, and ears for signals."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from django.db import connections

from tests.factories import line, make_invoice, make_issued_invoice


@pytest.fixture
def hear():
    """Listen to signals inside a `with` block: the list that it gives holds the arguments of each that was sent."""

    @contextmanager
    def listen(*signals) -> Iterator[list[dict]]:
        heard = []

        def note(**news):
            heard.append(news)

        for signal in signals:
            signal.connect(note)
        try:
            yield heard
        finally:
            for signal in signals:
                signal.disconnect(note)

    return listen


def _sent():
    invoice = make_issued_invoice()
    invoice.mark_sent()
    return invoice


def _after(act, *arguments):
    invoice = _sent()
    getattr(invoice, act)(*arguments)
    return invoice


WAYS = {
    "DRAFT": lambda: make_invoice([line()], status="DRAFT"),
    "NEW": lambda: make_invoice([line()]),
    "NEW, issued": make_issued_invoice,
    "SENT": _sent,
    "RETURNED": lambda: _after("mark_returned"),
    "PAID": lambda: _after("mark_paid"),
    "CREDITED": lambda: _after("create_credit_note"),
    "CANCELED": lambda: _after("cancel", "entered twice"),
    "IN_COLLECTION": lambda: _after("send_to_collection"),
    "UNCOLLECTIBLE": lambda: _after("write_off"),
}


@pytest.fixture
def invoice_in():
    """An invoice of 952.00 that came to a status by its acts; “NEW, issued” is one that is issued and not sent."""
    return lambda status: WAYS[status]()


@pytest.fixture
def at_once():
    """Run functions in threads that start together, each with a connection of its own; what they raised comes back in order."""

    def run(*functions):
        start = Barrier(len(functions))
        raised = [None] * len(functions)

        def work(place, function):
            try:
                start.wait(timeout=30)
                function()
            except Exception as error:  # noqa: BLE001 -- the test looks at what it was
                raised[place] = error
            finally:
                connections.close_all()

        threads = [Thread(target=work, args=(place, function)) for place, function in enumerate(functions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        return raised

    return run
