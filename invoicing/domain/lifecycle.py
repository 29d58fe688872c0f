"""The life of a document: which act is allowed in which status, and where it leads."""

from __future__ import annotations

from enum import StrEnum

from invoicing.domain.choices import Status


class Act(StrEnum):
    """What can be done to a document. The value is the name of the method that does it."""

    ISSUE = "issue"
    MARK_SENT = "mark_sent"
    MARK_PAID = "mark_paid"
    MARK_RETURNED = "mark_returned"
    CANCEL = "cancel"
    CREDIT = "create_credit_note"
    WRITE_OFF = "write_off"
    SEND_TO_COLLECTION = "send_to_collection"


OPEN = {
    Act.MARK_SENT: Status.SENT,
    Act.MARK_PAID: Status.PAID,
    Act.CANCEL: Status.CANCELED,
    Act.CREDIT: Status.CREDITED,
    Act.WRITE_OFF: Status.UNCOLLECTIBLE,
    Act.SEND_TO_COLLECTION: Status.IN_COLLECTION,
}

TABLE: dict[Status, dict[Act, Status]] = {
    Status.DRAFT: {
        Act.ISSUE: Status.NEW,
        Act.MARK_SENT: Status.SENT,
        Act.MARK_PAID: Status.PAID,
        Act.CANCEL: Status.CANCELED,
    },
    Status.NEW: {Act.ISSUE: Status.NEW, **OPEN},
    Status.SENT: {**OPEN, Act.MARK_RETURNED: Status.RETURNED},
    Status.RETURNED: OPEN,
    Status.PAID: {Act.CREDIT: Status.CREDITED},
    Status.IN_COLLECTION: {
        Act.MARK_PAID: Status.PAID,
        Act.CANCEL: Status.CANCELED,
        Act.CREDIT: Status.CREDITED,
        Act.WRITE_OFF: Status.UNCOLLECTIBLE,
    },
    Status.UNCOLLECTIBLE: {
        Act.MARK_PAID: Status.PAID,
        Act.CREDIT: Status.CREDITED,
        Act.SEND_TO_COLLECTION: Status.IN_COLLECTION,
    },
    Status.CREDITED: {},
    Status.CANCELED: {},
}

WRITABLE = frozenset({Status.DRAFT, Status.NEW})
"""Statuses in which a document may still be open for writing; every step out of them issues it."""

SETTLED = frozenset({Status.PAID, Status.CANCELED, Status.CREDITED})
"""Statuses in which nothing is waited for any more."""


REOPENABLE = frozenset(before for before, acts in TABLE.items() if Act.CREDIT in acts)
"""Statuses to which a credited document goes back when the note that credited the last of it is canceled."""

PAYABLE = frozenset(before for before, acts in TABLE.items() if Act.MARK_PAID in acts and before != Status.DRAFT)
"""Statuses to which a paid document goes back when the money is taken back; a draft was issued on its way."""

STEPS = frozenset(
    {(before, after) for before, acts in TABLE.items() for after in acts.values()}
    | {(Status.CREDITED, before) for before in REOPENABLE}
    | {(Status.PAID, before) for before in PAYABLE}
)
"""Every step that there is, from status to status: the acts, and the two ways back, from CREDITED and from PAID."""


def outcome(status: Status | str, act: Act) -> Status | None:
    """Where `act` leads from `status`, or None where it is not allowed."""
    return TABLE[Status(status)].get(act)


def allowed_acts(status: Status | str) -> tuple[Act, ...]:
    """What can be done in `status`, in the order of the table."""
    return tuple(TABLE[Status(status)])


def act_between(before: Status | str, after: Status | str) -> Act | None:
    """The act that leads from one status to another, or None where there is none."""
    return next((act for act, status in TABLE[Status(before)].items() if status == Status(after)), None)
