"""The words for where a document is, in every spelling that clients use, and what each asks of the database or of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import F, Q
from django.utils.translation import gettext as _

from invoicing.domain.choices import PaymentStatus, Status
from invoicing.domain.lifecycle import Act


class PostingStatus(StrEnum):
    """Whether a document is in the ledger."""

    NOT_POSTED = "NOT_POSTED"
    POSTED = "POSTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a word for a state means: which documents it finds, and which act leads there (none for what is derived)."""

    finds: Callable[[Any], Any]
    act: Act | None = None


def _status(status: Status) -> Callable[[Any], Any]:
    return lambda rows: rows.filter(status=status)


def _payment(status: PaymentStatus) -> Callable[[Any], Any]:
    return lambda rows: rows.payment_status(status).exclude(status__in=[Status.DRAFT, Status.CANCELED, Status.CREDITED])


def _pending(rows: Any) -> Any:
    return rows.filter(Q(status__in=[Status.NEW, Status.SENT]) & Q(already_paid__lt=F("total")))


WORDS: Final[Mapping[str, Word]] = {
    "DRAFT": Word(finds=_status(Status.DRAFT)),
    "NEW": Word(finds=_status(Status.NEW), act=Act.ISSUE),
    "ISSUED": Word(finds=lambda rows: rows.filter(issued_at__isnull=False), act=Act.ISSUE),
    "PENDING": Word(finds=_pending, act=Act.ISSUE),
    "SENT": Word(finds=_status(Status.SENT), act=Act.MARK_SENT),
    "RETURNED": Word(finds=_status(Status.RETURNED), act=Act.MARK_RETURNED),
    "PAID": Word(finds=_status(Status.PAID), act=Act.MARK_PAID),
    "CREDITED": Word(finds=_status(Status.CREDITED), act=Act.CREDIT),
    "CANCELED": Word(finds=_status(Status.CANCELED), act=Act.CANCEL),
    "IN_COLLECTION": Word(finds=_status(Status.IN_COLLECTION), act=Act.SEND_TO_COLLECTION),
    "UNCOLLECTIBLE": Word(finds=_status(Status.UNCOLLECTIBLE), act=Act.WRITE_OFF),
    "UNPAID": Word(finds=_payment(PaymentStatus.UNPAID)),
    "PARTIALLY_PAID": Word(finds=_payment(PaymentStatus.PARTIALLY_PAID)),
    "OVERPAID": Word(finds=_payment(PaymentStatus.OVERPAID)),
    "OVERDUE": Word(finds=lambda rows: rows.overdue()),
    "POSTED": Word(finds=lambda rows: rows.none()),
    "NOT_POSTED": Word(finds=lambda rows: rows),
}
"""Every state that a request may name. Nothing is posted before there is a ledger."""

OTHERWISE: Final[Mapping[str, str]] = {
    "CANCELLED": "CANCELED",
    "VOID": "CANCELED",
    "VOIDED": "CANCELED",
    "OPEN": "PENDING",
    "PARTIAL": "PARTIALLY_PAID",
    "POSTING": "POSTED",
    "WRITTEN_OFF": "UNCOLLECTIBLE",
    "BAD_DEBT": "UNCOLLECTIBLE",
}
"""Other spellings."""


def known_word(word: str) -> str:
    """A word as the table has it. Raises ValueError that lists the known ones."""
    plain = word.strip().replace(" ", "_").replace("-", "_").upper()
    plain = OTHERWISE.get(plain, plain)
    if plain not in WORDS:
        text = _("“{word}” is no status: use one of {known}.").format(word=word, known=", ".join(WORDS))
        raise ValueError(text)
    return plain
