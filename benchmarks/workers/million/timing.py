"""Two ways to one answer, in turns: first whether they agree, then what each takes."""

import gc
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from django.db import DatabaseError, connection, transaction

from million.asking import Question
from million.statements import rows

LEAST = 3
"""Turns that a question gets however long it takes."""


@dataclass(slots=True)
class Timed:
    """What one question took by each way, turn by turn, in milliseconds."""

    name: str
    title: str
    answer: int = 0
    """Rows of the answer."""
    statements: int = 0
    ours: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    """Our statements alone, sent as they are and read as tuples: what is left is Python's share."""
    different: str = ""

    def told(self) -> dict[str, Any]:
        """As a line of the report needs it."""
        return {
            "question": self.name,
            "title": self.title,
            "rows": self.answer,
            "statements": self.statements,
            "ours": self.ours,
            "database": self.database,
            "sql": self.sql,
            "ratio": self._times(self.ours),
            "database ratio": self._times(self.database),
            "different": self.different,
        }

    def _times(self, taken: list[float]) -> float | None:
        return median(mine / its for mine, its in zip(taken, self.sql, strict=True)) if taken and self.sql else None


def compare(question: Question, *, rounds: int, seconds: float) -> Timed:
    """Ask both ways once, compare the answers, then let them take turns, no longer than so many seconds beyond the first turns."""
    timed = Timed(question.name, question.title)
    try:
        ways = _ways(question, timed)
    except DatabaseError as error:
        timed.different = f"{type(error).__name__}: {error}"
        return timed
    until = time.perf_counter() + seconds
    for turn in range(rounds):
        if turn >= LEAST and time.perf_counter() > until:
            break
        # Each turn begins with another one: whoever follows a long job finds other caches.
        first = turn % len(ways)
        for act, taken in [*ways[first:], *ways[:first]]:
            taken.append(_milliseconds(act))
    return timed


def _ways(question: Question, timed: Timed) -> list[tuple[Callable[[], object], list[float]]]:
    """What takes turns, after each was asked once and the answers were compared."""
    expected = rows(question.sql, question.values)
    timed.answer = len(expected)
    ways: list[tuple[Callable[[], object], list[float]]] = [(lambda: rows(question.sql, question.values), timed.sql)]
    if question.ours is None:
        return ways
    with _counted() as sent:
        answer = question.ours()
    timed.statements = len(sent)
    timed.different = _difference(question.rows(answer), expected, is_ordered=question.is_ordered)
    return [*ways, (lambda: _replayed(sent), timed.database), (question.ours, timed.ours)]


@transaction.atomic
def _replayed(sent: list[tuple[str, Any]]) -> list[Any]:
    """Send statements again, in one transaction: what one of them sets for its transaction is meant for the next."""
    return [rows(*statement) for statement in sent]


def plans(question: Question) -> str:
    """The plans of every statement of ours, and of the hand-written one."""
    statements = []
    if question.ours is not None:
        with _counted() as sent:
            question.ours()
        statements = [(f"ours, {place} of {len(sent)}", *one) for place, one in enumerate(sent, start=1)]
    statements.append(("SQL", question.sql, question.values))
    return "\n\n".join(f"-- {title}\n{statement}\n{_plan(statement, values)}" for title, statement, values in statements)


class _counted:  # noqa: N801  # reads as a verb where it is used
    """A `with` block that collects the statements that are sent inside it."""

    def __enter__(self) -> list[tuple[str, Any]]:
        self.sent: list[tuple[str, Any]] = []
        self.wrapper = connection.execute_wrapper(self._note)
        self.wrapper.__enter__()
        return self.sent

    def __exit__(self, *error: object) -> None:
        self.wrapper.__exit__(*error)

    def _note(self, execute: Callable[..., Any], statement: str, values: Any, *rest: Any) -> Any:
        self.sent.append((statement, values))
        return execute(statement, values, *rest)


def _plan(statement: str, values: Any) -> str:
    words = statement.lstrip()
    if not words.upper().startswith(("SELECT", "WITH")):
        return ""
    return "\n".join(line for (line,) in rows(f"EXPLAIN (ANALYZE, BUFFERS) {words}", values))


def _milliseconds(act: Callable[[], object]) -> float:
    # A collection that one run left behind must not fall into the next.
    gc.collect()
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _difference(found: list[Any], expected: list[Any], *, is_ordered: bool) -> str:
    """The first row that differs, or nothing."""
    ours, sql = ([_plain(row) for row in answer] for answer in (found, expected))
    if not is_ordered:
        ours, sql = sorted(ours, key=repr), sorted(sql, key=repr)
    for place, (mine, its) in enumerate(zip(ours, sql, strict=False)):
        if mine != its:
            apart = [f"{one!r} is not {another!r}" for one, another in zip(mine, its, strict=False) if one != another]
            return f"row {place} ({mine[0]!r}): {'; '.join(apart) or f'{mine} is not {its}'}"
    return "" if len(ours) == len(sql) else f"ours has {len(ours)} rows, SQL {len(sql)}"


def _plain(row: Any) -> tuple[Any, ...]:
    """A row whose values are equal where they say the same: 1.5 and 1.500, JSON and its text, a country and its code."""
    return tuple(_plain_value(value) for value in row)


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.normalize() + 0
    if isinstance(value, dict | list):
        return json.dumps(value)
    return getattr(value, "code", value)
