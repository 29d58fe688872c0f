"""A question, and whom and what it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib import import_module
from typing import Any

from million.rows import TODAY
from million.statements import rows

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `ours` is None where the library has no answer yet; then only the SQL is timed."""

    name: str
    title: str
    sql: str
    values: dict[str, Any]
    ours: Callable[[], Any] | None = None
    rows: Callable[[Any], list[Row]] = list
    """Reads the library's answer as the rows that the SQL gives. It is not timed."""
    is_ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Whom and what is asked for."""

    company: int = 1
    today: date = TODAY
    past: date = date(2025, 12, 31)
    month: tuple[date, date] = (date(2026, 4, 1), date(2026, 4, 30))
    year: tuple[date, date] = (date(2025, 1, 1), date(2025, 12, 31))
    party: int
    number: str
    prefix: str
    customer: str
    part: str

    def values(self, span: tuple[date, date] | None = None) -> dict[str, Any]:
        """What the SQL may name; a span of time is its first and last day."""
        first, last = span or self.year
        return {
            "company": self.company,
            "today": self.today,
            "past": self.past,
            "first": first,
            "last": last,
            "party": self.party,
            "number": self.number,
            "prefix": f"{self.prefix}%",
            "customer": f"{self.customer}%",
            "part": f"%{self.part}%",
        }


def sample() -> Sample:
    """A party with about a hundred documents, and a number and a name out of the middle."""
    party = "SELECT party_id FROM invoicing_invoice WHERE company_id = 1 GROUP BY 1 ORDER BY abs(count(*) - 100), 1 LIMIT 1"
    middle = """
    SELECT number, customer_name FROM invoicing_invoice
    WHERE company_id = 1 AND type = 'INVOICE' AND origin = 'ISSUED' AND number <> '' AND date_issue >= '2025-06-01' ORDER BY id LIMIT 1
    """
    ((key,),), ((number, name),) = rows(party), rows(middle)
    # Ten numbers, ten or fewer customers, and those whose name holds a number.
    return Sample(party=key, number=number, prefix=number[:-1], customer=name[:-1], part=name.rpartition(" ")[2])


def report(module: str, name: str, **arguments: Any) -> Callable[[], Any] | None:
    """A report of the library with its arguments, or None where it is not there."""
    try:
        return partial(getattr(import_module(f"invoicing.contrib.reports.{module}"), name), **arguments)
    except (ModuleNotFoundError, AttributeError):
        return None


def streamed(act: Callable[[], Any] | None) -> Callable[[], Any] | None:
    """The same, read to its end."""
    return None if act is None else lambda: list(act())
