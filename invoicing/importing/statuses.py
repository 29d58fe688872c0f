"""What a file says of a document's state, as the acts that lead there. The words are those of every system that we know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from invoicing.domain.choices import Status
from invoicing.domain.lifecycle import Act
from invoicing.importing.shapes import closest
from invoicing.importing.values import UnfitValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a document begins, the acts that it goes through, and what it says of money (a word of PaymentStatus, or nothing)."""

    begins: Status = Status.NEW
    acts: tuple[Act, ...] = ()
    payment: str = ""


ISSUED: Final = Course(acts=(Act.ISSUE,))
CANCELED: Final = Course(acts=(Act.CANCEL,))

COURSES: Final = {
    "draft": Course(begins=Status.DRAFT),
    "new": Course(),
    "issued": ISSUED,
    "pending": ISSUED,
    "posting": ISSUED,
    "posted": ISSUED,
    "overdue": ISSUED,
    "unpaid": Course(acts=(Act.ISSUE,), payment="UNPAID"),
    "partially_paid": Course(acts=(Act.ISSUE,), payment="PARTIALLY_PAID"),
    "sent": Course(acts=(Act.MARK_SENT,)),
    "returned": Course(acts=(Act.MARK_SENT, Act.MARK_RETURNED)),
    "paid": Course(acts=(Act.MARK_PAID,)),
    "canceled": CANCELED,
    "cancelled": CANCELED,
    "in_collection": Course(acts=(Act.SEND_TO_COLLECTION,)),
    "uncollectible": Course(acts=(Act.WRITE_OFF,)),
}
"""Where a word leads. Whether a document is overdue is a question of the day, so that word only says that it is issued."""

ACTS: Final = {act.value: act for act in Act if act != Act.CREDIT}


def course_of_status(word: str) -> Course:
    """The course that a status word stands for, in any case. Raises UnfitValueError."""
    key = word.strip().casefold().replace(" ", "_").replace("-", "_")
    if key == "credited":
        raise UnfitValueError(_("An invoice becomes CREDITED by its credit note: add a document with corrects."))
    if key not in COURSES:
        near = closest(key, COURSES)
        hint = _("Did you mean {name}?").format(name=near) if near else _("Use one of {words}.").format(words=", ".join(COURSES))
        raise UnfitValueError(_("“{word}” is no status. {hint}").format(word=word[:40], hint=hint))
    return COURSES[key]


def course_of_acts(words: Sequence[str]) -> Course:
    """The course that a list of acts makes. Raises UnfitValueError."""
    acts = []
    for word in words:
        key = word.strip().casefold()
        if key not in ACTS:
            near = closest(key, ACTS)
            hint = _("Did you mean {name}?").format(name=near) if near else _("Use one of {words}.").format(words=", ".join(ACTS))
            raise UnfitValueError(_("“{word}” is no act. {hint}").format(word=word[:40], hint=hint))
        acts.append(ACTS[key])
    return Course(acts=tuple(acts))


def money_contradiction(course: Course, *, already_paid: Decimal, total: Decimal) -> str:
    """Why the word for the status does not fit the money that came in; nothing when it fits."""
    if course.payment == "UNPAID" and already_paid:
        return _("It is called unpaid, and already_paid is {paid}.").format(paid=already_paid)
    if course.payment == "PARTIALLY_PAID" and not 0 < already_paid < total:
        return _("It is called partially paid: give already_paid between 0 and the total {total}.").format(total=total)
    return ""
