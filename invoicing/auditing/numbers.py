"""The audit of all numbers: every counter, and what stands in none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Count, Q

from invoicing.auditing.findings import LISTED, Audit, Finding, Listing, RepeatedNumber, Unnumbered
from invoicing.auditing.rows import Held, Voided, by_counter, paged
from invoicing.auditing.series import audit_counter
from invoicing.domain.choices import Origin, Status
from invoicing.domain.lifecycle import WRITABLE
from invoicing.models import Company, Counter, VoidedNumber, get_invoice_model
from invoicing.models.reading import one_moment

T = TypeVar("T")


def audit_numbers(*, using: str = DEFAULT_DB_ALIAS, companies: Iterable[Company | int | None] | None = None) -> Audit:
    """Audit the numbers of all companies, or of some: rows or keys, None for the documents of no company.

    It reads one moment, so that it can run while others write. Inside an open transaction it sees what that transaction sees.
    """
    with one_moment(using):
        counters: Any = models.QuerySet(Counter, using=using).select_related("company").order_by("pk")
        documents: Any = models.QuerySet(get_invoice_model(), using=using)
        voided: Any = models.QuerySet(VoidedNumber, using=using)
        held = documents
        if companies is not None:
            keys = [company.pk if isinstance(company, Company) else company for company in companies]
            counters, documents = counters.filter(_is_one_of("company", keys)), documents.filter(_is_one_of("company", keys))
            held, voided = (rows.filter(_is_one_of("counter__company", keys), counter__isnull=False) for rows in (held, voided))
        held_by, voided_by = by_counter(paged(held, Held)), by_counter(paged(voided, Voided))
        audits = tuple(audit_counter(counter, held=held_by(counter.pk), voided=voided_by(counter.pk)) for counter in counters)
        unnumbered, repeated = _unnumbered(documents), _repeated(documents)
    found = {Finding.UNNUMBERED: unnumbered.total, Finding.REPEATED_NUMBERS: repeated.total}
    return Audit(
        counters=audits,
        unnumbered=unnumbered,
        repeated_numbers=repeated,
        unexplained=tuple(finding for finding, total in found.items() if total),
    )


def _unnumbered(documents: models.QuerySet[Any]) -> Listing[Unnumbered]:
    """Documents that were issued and hold no sequence, or hold one without a number.

    A draft has none yet, and one that was canceled never had. A received document may wait for its supplier's number.
    """
    is_issued = (Q(issued_at__isnull=False) | ~Q(status__in=WRITABLE)) & ~Q(status=Status.CANCELED)
    lacks_place = Q(counter__isnull=True) & is_issued | Q(counter__isnull=False, sequence__isnull=True)
    lacks_number = Q(counter__isnull=False, origin=Origin.ISSUED, number="")
    names = ("uuid", "origin", "status", "date_issue", "company_id", "counter__key", "sequence", "number")
    rows = documents.filter(lacks_place | lacks_number).order_by("pk").values_list(*names)

    def told(row: tuple[Any, ...]) -> Unnumbered:
        uuid, origin, status, date_issue, company_id, counter, sequence, number = row
        return Unnumbered(
            uuid=str(uuid),
            origin=origin,
            status=status,
            date_issue=date_issue,
            company_id=company_id,
            counter=counter or "",
            sequence=sequence,
            number=number,
        )

    return _listing(rows, told)


def _repeated(documents: models.QuerySet[Any]) -> Listing[RepeatedNumber]:
    """Numbers that the database should have refused: there are some only where its constraint is missing."""
    keys = documents.filter(number_key__isnull=False).order_by("number_key").values("number_key")
    rows = keys.annotate(documents=Count("pk")).filter(documents__gt=1).values_list("number_key", "documents")
    return _listing(rows, lambda row: RepeatedNumber(number_key=row[0], count=row[1]))


def _listing(rows: Any, told: Callable[[tuple[Any, ...]], T]) -> Listing[T]:
    first = list(rows[: LISTED + 1])
    total = len(first) if len(first) <= LISTED else rows.count()
    return Listing(total=total, listed=tuple(told(row) for row in first[:LISTED]))


def _is_one_of(path: str, keys: Sequence[int | None]) -> Q:
    """The rows whose company is one of those, or none."""
    return Q(**{f"{path}__in": [key for key in keys if key is not None]}) | (Q(**{f"{path}__isnull": True}) if None in keys else Q())
