"""Scope: whose documents a report is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from invoicing.models import Company, Party

Companies = Company | int | Iterable[Company | int | None] | None
"""One company or several, as rows or as keys; None among several are documents without a company, None alone is everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The companies, the currency and the party that a report is narrowed to; each may be left open."""

    companies: tuple[int | None, ...] | None = None
    currency: str = ""
    party: int | None = None

    def filter(self, alias: str) -> str:
        """The condition in SQL, on the columns of a document or a payment; it begins with AND where it says something."""
        party = "" if self.party is None else f" AND {alias}.party_id = {self.party}"
        return self.of_company(f"{alias}.company_id") + self.of_currency(f"{alias}.currency") + party

    def of_company(self, column: str) -> str:
        """The condition on the column of a company."""
        if self.companies is None:
            return ""
        # NULL is never equal to anything: no company at all means no rows.
        keys = ", ".join(str(key) for key in self.companies if key is not None) or "NULL"
        return f" AND ({column} IN ({keys}){f' OR {column} IS NULL' if None in self.companies else ''})"

    def of_currency(self, column: str) -> str:
        """The condition on the column of a currency; its parameter is named `currency`."""
        return f" AND {column} = %(currency)s" if self.currency else ""


def scope_of(*, company: Companies = None, currency: str = "", party: Party | int | None = None) -> Scope:
    """The scope that the arguments of a report name."""
    return Scope(companies=_companies(company), currency=currency, party=None if party is None else _key(party))


def _companies(company: Companies) -> tuple[int | None, ...] | None:
    if company is None:
        return None
    if isinstance(company, Company | int):
        return (_key(company),)
    return tuple(None if one is None else _key(one) for one in company)


def _key(row: Any) -> int:
    return int(getattr(row, "pk", row))
