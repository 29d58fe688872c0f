"""Where the file of each document belongs, so that a second run finds what the first one wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from invoicing.documents.filenames import document_filename
from invoicing.models import Company, get_invoice_model

PLAIN = re.compile(r"[\w+-][\w.+-]*")
"""Codes of companies that can be names of folders."""

RESERVED = "company-"
"""How the folders of companies begin that have no such code."""

LONGEST = 180
"""Bytes of a file name that leave room for what stands round it while it is written: most file systems take 255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a document belongs, from the folder or in the zip, and the day on which it was issued."""

    pk: Any
    name: str
    day: date


def places_of(chosen: Any, *, using: str) -> dict[Any, Place]:
    """The places of the chosen documents by key.

    A document has the same place whatever else is chosen, or else a second run might take the file of another one for its own. So all
    documents of its company have a say in whether a name is unique.
    """
    # Rows without instances, which take ten times as long: those of a whole company may be read to name one document.
    columns = ("pk", "type", "number", "uuid", "company_id", "date_issue")
    folders = _folders(using=using)
    rows = get_invoice_model()._base_manager.using(using).exclude(number="").order_by()
    companies = set(chosen.order_by().values_list("company", flat=True).distinct())
    counts: Counter[str] = Counter()
    for invoice in rows.filter(of_companies(companies)).values_list(*columns, named=True).iterator() if companies else ():
        counts[_name(invoice, folders).casefold()] += 1
    places = {}
    for invoice in chosen.values_list(*columns, named=True).iterator():
        name = _name(invoice, folders)
        is_alone = counts[name.casefold()] < 2 and len(name.encode()) <= LONGEST
        places[invoice.pk] = Place(pk=invoice.pk, name=name if is_alone else _name_by_uuid(invoice, name), day=invoice.date_issue)
    return places


def _name(invoice: Any, folders: Mapping[int | None, str]) -> str:
    return folders.get(invoice.company_id, "") + document_filename(invoice)


def _name_by_uuid(invoice: Any, name: str) -> str:
    """A name that no other document can have; of a long number the beginning stays."""
    stem = name.removesuffix(".pdf").encode()[: LONGEST - 41].decode(errors="ignore")
    return f"{stem}-{invoice.uuid}.pdf"


def _folders(*, using: str) -> dict[int | None, str]:
    """The sub-folder of each company; none where all documents are of one company."""
    model = get_invoice_model()
    if len(model._base_manager.using(using).order_by().values("company").distinct()[:2]) < 2:
        return {}
    codes = dict(Company.objects.using(using).values_list("pk", "code"))
    counts = Counter(code.casefold() for code in codes.values())
    folders: dict[int | None, str] = {None: f"{RESERVED}none/"}
    for key, code in codes.items():
        is_usable = PLAIN.fullmatch(code) and counts[code.casefold()] == 1 and not code.casefold().startswith(RESERVED)
        folders[key] = f"{code if is_usable else f'{RESERVED}{key}'}/"
    return folders


def of_companies(keys: Collection[int | None]) -> Q:
    """Invoices of companies; None stands for those without one."""
    return Q(company__in=[key for key in keys if key is not None]) | (Q(company__isnull=True) if None in keys else Q())
