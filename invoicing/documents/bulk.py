"""The PDFs of many invoices, in order, by several processes where there are several cores; what fails does not stop the rest."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import current_process, get_context
from multiprocessing.connection import Connection, wait
from typing import Any
from uuid import UUID

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.utils import translation

from invoicing.documents.filenames import document_filename
from invoicing.exceptions import InvoicingError, MissingDependencyError

RECYCLE_AFTER = 250
"""Documents after which a worker makes room for a new one: what draws takes some 8 MB more by then, and never gives them back."""

AHEAD = 2
"""Documents that a worker has at hand: the one it renders, and the next, so that it never waits for us."""

WINDOW = 4
"""Documents for each worker that may be finished before it is their turn."""

WORTH_A_WORKER = 8
"""A worker needs a second or two to start, in which about so many documents are rendered."""

ATTEMPTS = 2
"""How many workers a document may bring down before it is given up; the first may have been killed by somebody else."""

FAILED_STARTS = 3
"""Workers in a row that may end before they are ready."""

PATIENCE = 5
"""Seconds that a worker is given to end by itself."""

GONE = "The invoice is not there any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One document of many: its PDF, or in `error` the reason why there is none. What is gone has no uuid, number and file name.

    `seal` is what the chain said of its content before it was read.
    """

    pk: Any
    uuid: UUID | None = None
    number: str = ""
    filename: str = ""
    seal: str = ""
    content: bytes | None = None
    error: str = ""


def render_many(
    invoices: Iterable[Any], *, processes: int | None = None, using: str | None = None, recycle_after: int = RECYCLE_AFTER
) -> Generator[Rendered]:
    """The PDFs of a queryset, or of saved invoices of one model, each once and in that order. See `render_keys()`.

    They are read anew from `using`, by default the database that they came from. Raises ValueError.
    """
    if isinstance(invoices, models.QuerySet):
        model, keys, using = invoices.model, list(invoices.values_list("pk", flat=True)), using or invoices.db
    else:
        given = list(invoices)
        kinds = {type(invoice) for invoice in given}
        if len(kinds) > 1 or any(invoice.pk is None for invoice in given):
            raise ValueError("Pass saved invoices of one model.")
        model, keys = kinds.pop() if kinds else models.Model, [invoice.pk for invoice in given]
        using = using or (given[0]._state.db if given else None)
    return render_keys(model, keys, processes=processes, using=using or DEFAULT_DB_ALIAS, recycle_after=recycle_after)


def render_keys(
    model: type[models.Model],
    keys: Iterable[Any],
    *,
    processes: int | None = None,
    using: str = DEFAULT_DB_ALIAS,
    recycle_after: int = RECYCLE_AFTER,
) -> Generator[Rendered]:
    """The PDFs of the invoices of a model that have these primary keys, each once and in that order.

    `processes` is how many render at once; by default one for each core, and none beside this one in an open transaction or
    for a few documents. Other processes need DJANGO_SETTINGS_MODULE and a database that is not in memory: without them all is
    rendered here. A worker ends after `recycle_after` documents, and a new one takes its place.

    Reads as it goes, so take what it gives: few documents are held at a time. Close it to stop early. Raises ValueError,
    MissingDependencyError, and RuntimeError when no worker can start.
    """
    if recycle_after < 1 or (processes is not None and processes < 1):
        raise ValueError("At least one process renders at least one document.")
    wanted = list(dict.fromkeys(keys))
    job = _Job(
        model=model._meta.label if wanted else "",
        using=using,
        databases={alias: options["NAME"] for alias, options in connections.settings.items()},
        language=translation.get_language(),
        recycle_after=recycle_after,
    )
    workers = _how_many(processes, documents=len(wanted), using=using)
    return _by_workers(job, wanted, processes=workers) if workers else _here(job, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What a process has to know beside the keys."""

    model: str
    using: str
    databases: Mapping[str, Any]
    language: str | None
    recycle_after: int


def _how_many(processes: int | None, *, documents: int, using: str) -> int:
    """The number of workers; 0 is to render in this process."""
    connection = connections[using]
    is_alone = (
        "DJANGO_SETTINGS_MODULE" not in os.environ
        or current_process().daemon
        or (connection.vendor == "sqlite" and connection.is_in_memory_db())  # type: ignore[attr-defined]
    )
    if processes is None:
        processes = 1 if connection.in_atomic_block else min(os.cpu_count() or 1, documents // WORTH_A_WORKER)
    return 0 if is_alone or processes <= 1 else min(processes, documents)


# One document


def _here(job: _Job, keys: Iterable[Any]) -> Generator[Rendered]:
    for key in keys:
        yield _rendered(key, job)


def _rendered(key: Any, job: _Job) -> Rendered:
    """One document. Raises MissingDependencyError, which would befall every other one too."""
    # Not at the top: a worker imports this file to learn what to do, and only then are there models.
    from invoicing.documents.storing import pdf_of, seal_of  # noqa: PLC0415

    names: dict[str, Any] = {"pk": key}
    try:
        # Asked for before the row is read, so that whoever stores the PDF finds out what came between.
        seal = seal_of(key, using=job.using)
        invoice = _rows(job).get(pk=key)
        names = _names(invoice)
        return Rendered(**names, seal=seal, content=pdf_of(invoice))
    except MissingDependencyError:
        raise
    except ObjectDoesNotExist:
        return Rendered(**names, error=GONE)
    except InvoicingError as error:
        return Rendered(**names, error=str(error))
    except Exception as error:  # noqa: BLE001  # whatever is wrong with one document is told with it
        return Rendered(**names, error=f"{type(error).__name__}: {error}")


def _rows(job: _Job) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = apps.get_model(job.model)._base_manager.using(job.using)
    return rows


def _names(invoice: Any) -> dict[str, Any]:
    return {"pk": invoice.pk, "uuid": invoice.uuid, "number": invoice.number, "filename": document_filename(invoice)}


# A worker


def _work(pipe: Connection, job: _Job) -> None:
    """What another process does: say that it is ready, then answer each key with its document until the pipe is closed."""
    # Ctrl-C is for whoever started us: he closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # So that it tidies up when it is stopped early: its copies of the fonts would stay on the disk.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit())
    for alias, name in job.databases.items():
        # As a test run has renamed it.
        settings.DATABASES[alias]["NAME"] = name
    django.setup()
    if job.language:
        translation.activate(job.language)
    else:
        translation.deactivate_all()
    with suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            answer = _answer(pipe.recv(), job)
            pipe.send(answer)
    connections.close_all()


def _answer(key: Any, job: _Job) -> Rendered | MissingDependencyError:
    try:
        rendered = _rendered(key, job)
    except MissingDependencyError as error:
        return error
    if rendered.error:
        # The next document is not to suffer from a connection that broke.
        connections[job.using].close_if_unusable_or_obsolete()
    return rendered


class _Worker:
    """A process that renders, and our end of the pipe to it."""

    def __init__(self, job: _Job) -> None:
        # Not forked: a copy of our connections, threads and font maps would not survive it.
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, job), name="invoicing-render", daemon=True)
        self.process.start()
        # Only the process holds it now, so that we see when it ends.
        theirs.close()
        self.is_ready = False
        self.left = job.recycle_after
        self.places: deque[int] = deque()
        """Whose documents it has at hand, the one that it renders first."""

    @property
    def has_room(self) -> bool:
        return len(self.places) < AHEAD and self.left > 0

    def send(self, place: int, key: Any) -> None:
        self.left -= 1
        self.places.append(place)
        # Whoever listens to it will see that it is dead.
        with suppress(OSError):
            self.pipe.send(key)

    def stop(self) -> int | None:
        """Wait for its end, and bring it about if need be; gives the exit code."""
        self.pipe.close()
        self.process.join(PATIENCE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        code = self.process.exitcode
        self.process.close()
        return code


# All of them


def _by_workers(job: _Job, keys: Sequence[Any], *, processes: int) -> Generator[Rendered]:
    crew = _Crew(job=job, keys=keys, processes=processes)
    try:
        yield from crew.results()
    finally:
        crew.stop()


@dataclass(kw_only=True)
class _Crew:
    """Workers, and which document is where. A place is the index of a key.

    Not a ProcessPoolExecutor: one that recycles its processes may wait for ever (python/cpython#115634, in Pythons that we
    support), and when one of them dies it cannot tell whose document it was.
    """

    job: _Job
    keys: Sequence[Any]
    processes: int
    workers: list[_Worker] = field(default_factory=list)
    done: dict[int, Rendered] = field(default_factory=dict)
    again: deque[int] = field(default_factory=deque)
    """Places that a dead worker had at hand."""
    upcoming: int = 0
    deaths: Counter[int] = field(default_factory=Counter)
    failed_starts: int = 0

    def results(self) -> Iterator[Rendered]:
        for place in range(len(self.keys)):
            while place not in self.done:
                self.hand_out(until=min(place + self.processes * WINDOW, len(self.keys)))
                self.listen()
            yield self.done.pop(place)

    def hand_out(self, *, until: int) -> None:
        """Give places below `until` to whoever has room."""
        while (self.again or self.upcoming < until) and (worker := self.least_busy()):
            place = self.again.popleft() if self.again else self.upcoming
            self.upcoming = max(self.upcoming, place + 1)
            worker.send(place, self.keys[place])

    def least_busy(self) -> _Worker | None:
        worker = min((worker for worker in self.workers if worker.has_room), key=lambda worker: len(worker.places), default=None)
        if (worker is None or worker.places) and len(self.workers) < self.processes:
            worker = _Worker(self.job)
            self.workers.append(worker)
        return worker

    def listen(self) -> None:
        """Wait until at least one worker says something, or dies."""
        speaking = wait([worker.pipe for worker in self.workers])
        for worker in [worker for worker in self.workers if worker.pipe in speaking]:
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                self.bury(worker)
                continue
            if isinstance(answer, MissingDependencyError):
                raise answer
            if answer is None:
                worker.is_ready, self.failed_starts = True, 0
                continue
            self.done[worker.places.popleft()] = answer
            if not (worker.left or worker.places):
                self.workers.remove(worker)
                worker.stop()

    def bury(self, worker: _Worker) -> None:
        """Put back what a dead worker had at hand; the first of it is what it died of, if it had begun."""
        self.workers.remove(worker)
        code = worker.stop()
        if worker.is_ready and worker.places:
            suspect = worker.places[0]
            self.deaths[suspect] += 1
            if self.deaths[suspect] >= ATTEMPTS:
                self.done[worker.places.popleft()] = self.given_up(self.keys[suspect], code=code)
        elif not worker.is_ready:
            self.failed_starts += 1
        self.again.extendleft(reversed(worker.places))
        if self.failed_starts >= FAILED_STARTS:
            raise RuntimeError(f"No process could start that renders documents (exit code {code}): standard error says why.")

    def given_up(self, key: Any, *, code: int | None) -> Rendered:
        invoice = _rows(self.job).filter(pk=key).first()
        names = {"pk": key} if invoice is None else _names(invoice)
        return Rendered(**names, error=f"The process that rendered it died {ATTEMPTS} times (exit code {code}).")

    def stop(self) -> None:
        for worker in self.workers:
            # Nobody wants what it is at.
            if worker.places:
                worker.process.terminate()
        while self.workers:
            self.workers.pop().stop()
