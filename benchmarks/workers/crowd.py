"""Many at once: each in a process and with a connection of its own, as the workers of a web server are; all start at the same moment."""

import gc
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import BrokenBarrierError
from typing import Any

from django.db import DatabaseError, connections, transaction
from ways import Act

WARM_UP = 3
"""Runs of each process before the clock starts: a new connection knows no tables yet."""

MOST_SECONDS = 600

processes = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What one process did, and in how long; what it was refused, by the kind of error."""

    done: int
    seconds: float
    errors: dict[str, int]


def together(make: Callable[[int], Act], *, crowd: int, seconds: float = 0, times: int = 0) -> dict[str, Any]:
    """Let so many processes do something over and over, each time in a transaction of its own: for so long, or so often each.

    `make` is called in each process with its place and gives what it does. The rate is the sum of the rates of the processes, of
    which each ends with the run that it has begun.
    """
    efforts = [Effort(**effort) for effort in _in_processes(lambda place, ready: _work(make(place), ready, seconds, times), crowd=crowd)]
    errors = sum((Counter(effort.errors) for effort in efforts), Counter[str]())
    return {
        "rate": sum(effort.done / effort.seconds for effort in efforts),
        "done": sum(effort.done for effort in efforts),
        "errors": errors.total(),
        "kinds": dict(errors),
    }


def in_process(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do something once in a fresh process, so that nothing which ran before shows in its time or memory."""

    def alone(_place: int, _ready: Any) -> dict[str, Any]:
        return work()

    return _in_processes(alone, crowd=1)[0]


def _work(act: Act, ready: Any, seconds: float, times: int) -> dict[str, Any]:
    for _ in range(WARM_UP):
        with suppress(DatabaseError), transaction.atomic():
            act()
    gc.collect()
    errors: Counter[str] = Counter()
    done = 0
    ready.wait(timeout=MOST_SECONDS)
    start = time.perf_counter()
    for _ in _runs(times, until=start + seconds):
        try:
            with transaction.atomic():
                act()
            done += 1
        except DatabaseError as error:
            errors[type(error.__cause__ or error).__name__] += 1
    return asdict(Effort(done=done, seconds=time.perf_counter() - start, errors=dict(errors)))


def _runs(times: int, *, until: float) -> Iterator[int]:
    if times:
        yield from range(times)
        return
    while time.perf_counter() < until:
        yield 0


def _in_processes(work: Callable[[int, Any], dict[str, Any]], *, crowd: int) -> list[dict[str, Any]]:
    # A connection must not be shared by processes.
    connections.close_all()
    ready, answers = processes.Barrier(crowd), processes.SimpleQueue()

    def run(place: int) -> None:
        try:
            answers.put(work(place, ready))
        except BaseException as error:
            ready.abort()
            answers.put("" if isinstance(error, BrokenBarrierError) else f"{type(error).__name__}: {error}")
            raise
        finally:
            connections.close_all()

    crew = [processes.Process(target=run, args=(place,)) for place in range(crowd)]
    for member in crew:
        member.start()
    found = [answers.get() for _member in crew]
    for member in crew:
        member.join()
    failed = [answer for answer in found if isinstance(answer, str)]
    if failed:
        raise RuntimeError(next(filter(None, failed), "A process gave up."))
    return found
