"""How a worker is spoken to: one JSON object a line, a request in, its answer out.

Started as `serve.py ours` or `serve.py theirs`. Request: {"way": "create/batch", "lines": 100, "transaction": "one" | "own",
"count": false}. Answer: {"seconds": 0.03} or, when `count` is true, {"statements": 109}; {"unavailable": "why"} when the library
has no such way. Or a race, which measures itself: {"race": "issue", "connections": 8, …} is answered by what it found out, such as
{"rate": 310.4, "errors": 0}. The first line out says who is there.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, redirect_stdout
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import django
from django.db import connection, transaction
from project import throw_away_project
from ways import Act, UnavailableError, Way


def main() -> None:
    """Answer requests until standard input ends."""
    # Whatever a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), throw_away_project():
        # Only now: models can be imported once Django is set up.
        library = import_module(sys.argv[1])
        name: str = library.DISTRIBUTION
        hello = {"library": name, "version": version(name), "django": django.__version__, "python": sys.version.split()[0]}
        print(json.dumps(hello), file=answers)
        for request in sys.stdin:
            asked = json.loads(request)
            told = library.RACES[asked.pop("race")](**asked) if "race" in asked else answer(library.WAYS, **asked)
            print(json.dumps(told), file=answers)


def answer(ways: Mapping[str, Way], *, way: str, lines: int, transaction: str, count: bool) -> dict[str, Any]:
    """Do what was asked for, once."""
    if way not in ways:
        return {"unavailable": f"no way {way}"}
    try:
        act = ways[way](lines)
    except UnavailableError as reason:
        return {"unavailable": str(reason)}
    return {"statements": statements(act, kind=transaction)} if count else {"seconds": seconds(act, kind=transaction)}


def seconds(act: Act, *, kind: str) -> float:
    """How long it took, the commit included."""
    # A collection that one run left behind must not fall into the next.
    gc.collect()
    start = time.perf_counter()
    with in_transaction(kind):
        act()
    return time.perf_counter() - start


def statements(act: Act, *, kind: str) -> int:
    """How many statements the main thread sent; BEGIN and COMMIT are not counted."""
    sent = 0

    def counting(execute: Callable[..., Any], *statement: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(*statement)

    with connection.execute_wrapper(counting), in_transaction(kind):
        act()
    return sent


def in_transaction(kind: str) -> Any:
    """One transaction around it all, or those that the library opens itself."""
    return transaction.atomic() if kind == "one" else nullcontext()


if __name__ == "__main__":
    main()
