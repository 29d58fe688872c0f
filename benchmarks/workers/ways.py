"""What a worker offers: ways to do a job, each a function that gets all ready and returns the part that is timed."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections, transaction

Act = Callable[[], object]
Race = Callable[..., dict[str, Any]]
"""Does a job of its own measure, and tells what came of it."""

Way = Callable[[int], Act]
"""Given a number of lines, gets all ready that is not to be timed, and returns what is."""


class UnavailableError(Exception):
    """The library cannot do this here; the text says why."""


def in_threads(act: Act, *, threads: int = 8, times: int = 50) -> Act:
    """Do something so many times in each of so many threads, each time in a transaction of its own. Raises what a thread raised."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(times):
                with transaction.atomic():
                    act()
        except BaseException as error:  # noqa: BLE001  # handed to the main thread, which raises it
            failures.append(error)
        finally:
            connections.close_all()

    def all_at_once() -> None:
        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failures:
            raise failures[0]

    return all_at_once
