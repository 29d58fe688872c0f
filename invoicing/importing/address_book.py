"""Companies, parties, products and payment terms of a file: found in the tables, or made there once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from invoicing.importing.records import Record
from invoicing.importing.source import Problems
from invoicing.models import Company, Party, PaymentTerm, Product

MODELS: Final[dict[str, type[models.Model]]] = {
    "payment_terms": PaymentTerm,
    "companies": Company,
    "parties": Party,
    "products": Product,
}
CODES: Final = {"payment_terms": "name", "companies": "code", "parties": "code", "products": "sku"}
"""The short name of each: what a file should call it by."""

CHUNK: Final = 400
"""Names in one question: SQLite takes 999 values at most on old versions."""


class AddressBook:
    """Finds what a name stands for. Names are codes (SKUs) or full names; those of one company go before those of all."""

    def __init__(self, *, using: str, problems: Problems) -> None:
        self.using = using
        self.problems = problems
        self.rows: dict[str, list[Any]] = {name: [] for name in MODELS}
        self.refused: set[tuple[str, str]] = set()
        self.made: dict[str, int] = {}

    def load(self, records: dict[str, list[Record]]) -> None:
        """Read what the file speaks of, in a few questions."""
        self.rows["companies"] = list(Company.objects.using(self.using))
        self.rows["payment_terms"] = list(PaymentTerm.objects.using(self.using))
        invoices = records["invoices"]
        parties = {*_names(records["parties"], "parties"), *(invoice.extras.get("party", "") for invoice in invoices)}
        products = {
            *_names(records["products"], "products"),
            *(item.extras.get("product", "") for invoice in invoices for item in invoice.items),
        }
        for name, wanted in (("parties", parties), ("products", products)):
            for chunk in _chunks(sorted(wanted - {""})):
                asked = Q(**{f"{CODES[name]}__in": chunk}) | Q(name__in=chunk)
                self.rows[name] += MODELS[name]._base_manager.using(self.using).filter(asked)

    def find(self, name: str, key: str, *, company: Company | None = None) -> Any:
        """What `key` stands for, or None. Raises LookupError with a sentence when it could be several."""
        rows = [row for row in self.rows[name] if _is_of(row, company)]
        for attribute in (CODES[name], "name"):
            found = [row for row in rows if getattr(row, attribute) == key]
            own = [row for row in found if getattr(row, "company_id", None) is not None]
            if len(found := own or found) > 1:
                raise LookupError(_("“{key}” could be several: use the code of the one that is meant.").format(key=key))
            if found:
                return found[0]
        return None

    def take(self, name: str, record: Record, *, company: Company | None = None) -> None:
        """Find the row of a record or make it. A row that says something else is a problem: imports never overwrite."""
        key = str(record.columns.get(CODES[name]) or record.columns.get("name") or "")
        values = dict(record.columns)
        if not record.is_sound or not self._link_payment_term(record, values):
            self.refused |= {(name, str(record.columns.get(attribute, ""))) for attribute in (CODES[name], "name")}
            return
        if name in {"parties", "products"}:
            values["company"] = company
        try:
            row = self.find(name, key, company=company)
        except LookupError as error:
            self.problems.add(record.at("name"), error)
            return
        if row is None:
            self._make(name, record, values)
        else:
            self._compare(record, row, values)

    def _link_payment_term(self, record: Record, values: dict[str, Any]) -> bool:
        """Put the payment term that is named in its place; False when there is none of that name."""
        wanted = record.extras.get("payment_term")
        if wanted is None:
            return True
        term = self.find("payment_terms", wanted)
        if term is None and ("payment_terms", wanted) not in self.refused:
            self.problems.add(record.at("payment_term"), _("There is no payment term “{name}”.").format(name=wanted))
        values["payment_term"] = term
        return term is not None

    def _make(self, name: str, record: Record, values: dict[str, Any]) -> None:
        row = MODELS[name](**values)
        row._state.db = self.using
        try:
            row.clean_fields()
            row.clean()
        except ValidationError as error:
            self.problems.add_errors(record.path, error.message_dict)
            return
        row.save(using=self.using)
        self.rows[name].append(row)
        self.made[name] = self.made.get(name, 0) + 1

    def _compare(self, record: Record, row: models.Model, values: dict[str, Any]) -> None:
        for key, value in values.items():
            if key != "company" and (stored := getattr(row, key)) != value:
                text = _("“{row}” is here already with {stored}: change it there, or give this one another code.")
                self.problems.add(record.at(key), text.format(row=row, stored=f"“{stored}”" if stored not in ("", None) else _("nothing")))


def _is_of(row: models.Model, company: Company | None) -> bool:
    """Whether a row belongs to a company or to all."""
    return getattr(row, "company_id", None) in {None, company.pk if company else None}


def _names(records: Iterable[Record], name: str) -> Iterator[str]:
    for record in records:
        yield str(record.columns.get(CODES[name], ""))
        yield str(record.columns.get("name", ""))


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
