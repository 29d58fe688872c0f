"""What a page takes: processor time of the process and its children, time on the clock, and what came out."""

import gc
import os
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import catalogue
import pypdfium2

Act = Callable[[], bytes]
"""Prints one page of which all is ready that is not to be timed."""

MEGABYTE = 1_000_000


def printing(prepare: Callable[[Any], Act]) -> Callable[..., dict[str, Any]]:
    """A race that prints the next invoice of so many lines; the first of each size is printed once before, which is not timed."""
    rows: dict[int, Any] = {}

    def race(*, lines: int) -> dict[str, Any]:
        if lines not in rows:
            rows[lines] = count()
            prepare(catalogue.stored(next(rows[lines]), lines=lines))()
        invoice = catalogue.stored(next(rows[lines]), lines=lines)
        return measured(prepare(invoice), invoice)

    return race


def measured(act: Act, invoice: Any) -> dict[str, Any]:
    """What printing took, in milliseconds; how many pages and kilobytes came of it. Fails where the PDF is not of that invoice."""
    # A collection that one run left behind must not fall into the next.
    gc.collect()
    cpu, wall = cpu_seconds(), time.perf_counter()
    pdf = act()
    wall = time.perf_counter() - wall
    _reap()
    cpu = cpu_seconds() - cpu
    return {"cpu": cpu * 1000, "wall": wall * 1000, "pages": _pages(pdf, invoice), "kilobytes": len(pdf) / 1000}


def growing(prepare: Callable[[Any], Act], *, different: int = 25) -> Callable[..., dict[str, Any]]:
    """A race that prints invoices of ten lines over and over and tells the resident memory after 50 of them and at the end."""

    def race(*, renders: int) -> dict[str, Any]:
        acts = [prepare(catalogue.stored(place, lines=10)) for place in range(different)]
        for turn in range(50):
            acts[turn % different]()
        before = resident()
        for turn in range(renders):
            acts[turn % different]()
        after = resident()
        return {"before": before, "after": after, "grown": after - before}

    return race


def cpu_seconds() -> float:
    """What this process and its children that have ended used of the processors, in user and system mode."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def resident() -> float:
    """Megabytes that the process has in memory now."""
    gc.collect()
    with open("/proc/self/statm") as told:  # noqa: PTH123  # a file that the kernel makes up
        return int(told.read().split()[1]) * resource.getpagesize() / MEGABYTE


def _reap() -> None:
    """Wait for whatever a printer has started and not waited for itself."""
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _pages(pdf: bytes, invoice: Any) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
        pages = len(document)
    lots = [item.title.rpartition(" ")[2] for item in invoice.item_set.all()]
    expected = (invoice.number, invoice.customer_name, invoice.variable_symbol, lots[0], lots[-1])
    missing = [words for words in expected if words not in text]
    assert not missing, f"not on the page: {missing}"
    return pages
