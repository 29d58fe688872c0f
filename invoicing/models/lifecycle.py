"""The life of a document: its status, the moments it passed, and the freeze after issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Self

from django.db import models
from django.dispatch import Signal
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from model_utils.fields import MonitorField

from invoicing import signals
from invoicing.domain.choices import EventKind, InvoiceType, Status
from invoicing.domain.lifecycle import Act, act_between, allowed_acts
from invoicing.exceptions import InvalidDataError, InvoiceFrozenError, TransitionNotAllowedError
from invoicing.models.amounts import Amounts
from invoicing.models.counter import VoidedNumber
from invoicing.models.event import InvoiceEvent, current_actor_name
from invoicing.models.locking import locked
from invoicing.models.numbering import Numbered
from invoicing.models.statements import prepared

CHANGEABLE_AFTER_ISSUE = frozenset(
    {
        "status",
        "date_sent",
        "date_paid",
        "already_paid",
        "internal_note",
        "metadata",
        "attachments",
        "modified",
    }
)
"""The columns that may change once a document is issued. Everything else is frozen, also columns that are added later."""

NEWS: dict[Act, Signal] = {
    Act.ISSUE: signals.invoice_issued,
    Act.MARK_SENT: signals.invoice_sent,
    Act.MARK_PAID: signals.invoice_paid,
    Act.MARK_RETURNED: signals.invoice_returned,
    Act.CANCEL: signals.invoice_canceled,
    Act.WRITE_OFF: signals.invoice_written_off,
    Act.SEND_TO_COLLECTION: signals.invoice_sent_to_collection,
}
"""What is told of a step. Crediting tells its own news, of the credit note."""

UNCREDITABLE = frozenset({InvoiceType.CREDIT_NOTE, InvoiceType.PROFORMA})
"""Types that claim nothing, so that nothing can be taken back."""

NOT_FOR_CREDIT_NOTES = frozenset({Act.WRITE_OFF, Act.SEND_TO_COLLECTION})
"""Nobody collects, or gives up, what he owes himself."""

WITH_REASON = frozenset({Act.CANCEL, Act.WRITE_OFF, Act.SEND_TO_COLLECTION})


def _open_columns(model: Any, using: str) -> models.QuerySet[Any, Any]:
    return locked(model._base_manager.filter(pk=0), using=using).order_by().values_list(*_locked_columns(model))


@cache
def _locked_columns(model: Any) -> list[str]:
    """The key and the locked columns, in the order in which the model has them."""
    return [field.attname for field in model._meta.concrete_fields if field.primary_key or field.name in model.LOCKED_COLUMNS]


class Lifecycle(Numbered, Amounts):
    """The status of a document and what follows from it."""

    status = models.CharField(_("status"), max_length=13, choices=Status.choices, default=Status.NEW)
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True, editable=False)
    date_sent = MonitorField(  # type: ignore[misc]  # its published type knows no null
        monitor="status", when=[Status.SENT], verbose_name=_("date sent"), null=True, blank=True, default=None, editable=False
    )
    date_paid = MonitorField(  # type: ignore[misc]
        monitor="status", when=[Status.PAID], verbose_name=_("date paid"), null=True, blank=True, default=None, editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_issued(self) -> bool:
        """Whether the document is issued, and so frozen."""
        return self.issued_at is not None

    @property
    def is_creditable(self) -> bool:
        """Whether it is a claim of ours that a credit note could take back."""
        return self.is_issued and not self.is_received and self.type not in UNCREDITABLE

    @property
    def allowed_acts(self) -> tuple[str, ...]:
        """The names of the acts that are possible now."""
        if self.status not in Status.values:
            return ()
        excluded = {Act.ISSUE} if self.is_issued else set()
        if not self.is_creditable:
            excluded.add(Act.CREDIT)
        if self.type == InvoiceType.CREDIT_NOTE:
            excluded |= NOT_FOR_CREDIT_NOTES
        return tuple(act.value for act in allowed_acts(self.status) if act not in excluded)

    # Locks

    LOCKED_COLUMNS = (
        "status",
        "issued_at",
        "number",
        "currency",
        "credit",
        "supplier_vat_id",
        "rounding_policy",
        "tax_decisions",
    )
    """What the totals of a document depend on, beside its items."""

    @classmethod
    def lock_open(cls, pk: Any, *, using: str) -> Self:
        """Lock a document whose items are about to change. Raises InvoiceFrozenError when it is issued."""
        rows = prepared(_open_columns, cls, using, key_field=cls._meta.pk)([pk])
        if not rows:
            raise cls.DoesNotExist(f"Invoice {pk} does not exist any more.")
        row = cls.from_db(using, _locked_columns(cls), rows[0])
        row.check_open()
        return row

    @classmethod
    def lock_row(cls, pk: Any, *, using: str) -> Self:
        """Lock a document and read all of it anew."""
        row: Self = locked(cls._base_manager.all(), using=using).get(pk=pk)
        return row

    # The step of a save, from the stored row to this instance

    def step_from(self, stored: Any) -> Act | None:
        """The act that leads from the stored status to this one; None when it stays.

        Raises InvalidDataError for a word that is no status, TransitionNotAllowedError for a step that the table lacks.
        """
        self.check_status()
        if self.status == stored or self.is_called_new(stored):
            return None
        act = act_between(stored, self.status)
        if act is None:
            wanted, self.status = self.status, stored
            refusal = self.refusal(wanted)
            self.status = wanted
            raise refusal
        return act

    def is_called_new(self, stored: Any) -> bool:
        """Whether a draft is saved as NEW: it takes its number then and stays open, which is no act of the table."""
        return bool(stored == Status.DRAFT and self.status == Status.NEW)

    def check_status(self) -> None:
        """Raise InvalidDataError for a word that is no status."""
        if self.status not in Status.values:
            text = _("“{status}” is no status: use one of {known}.").format(status=self.status, known=", ".join(Status.values))
            raise InvalidDataError({"status": [text]})

    def stamp_step(self, act: Act | None, *, before: str, at: datetime) -> None:
        """Set the moments that a step brings. `date_sent` and `date_paid` move only when the status becomes theirs."""
        if act is None:
            return
        self.issued_at = self.issued_at or at
        if self.status == before:
            return
        if self.status == Status.SENT:
            self.date_sent = at
        if self.status == Status.PAID:
            self.date_paid = at
            # A document that is called paid has nothing left to pay.
            self.already_paid = max(self.already_paid, self.total)

    def check_frozen(self, stored: Mapping[str, Any], *, fields: Iterable[models.Field[Any, Any]]) -> None:
        """Raise InvoiceFrozenError when an issued document differs from its stored row in a column that is frozen."""
        changed = [
            field.name
            for field in fields
            if field.attname not in CHANGEABLE_AFTER_ISSUE
            and field.get_prep_value(getattr(self, field.attname)) != field.get_prep_value(stored[field.attname])
        ]
        if changed:
            raise InvoiceFrozenError(number=stored["number"], fields=", ".join(changed))

    def keep_decisions(self, decisions: Iterable[dict[str, Any]]) -> None:
        """Keep decisions, unless the document is issued: asking for a rate changes nothing then."""
        if not self.is_issued:
            super().keep_decisions(decisions)

    def check_open(self) -> None:
        """Raise InvoiceFrozenError when items can no longer change."""
        if self.is_issued:
            raise InvoiceFrozenError(number=self.number, fields=gettext("items"))

    def check_step(self, act: Act, *, using: str) -> None:  # noqa: ARG002  # for the concerns above
        """Raise when a step that the table allows is not possible for this document. Later concerns add their reasons."""
        if act == Act.CREDIT and (self.is_received or self.type in UNCREDITABLE):
            raise self.refusal(act)
        if act in NOT_FOR_CREDIT_NOTES and self.type == InvoiceType.CREDIT_NOTE:
            raise self.refusal(act)

    def tell_step(self, act: Act, *, before: str, was_open: bool, reason: str, using: str) -> None:
        """Write the step into the history and tell whoever listens: of the issue first, where the step brought it along."""
        events = InvoiceEvent.objects.using(using)
        if was_open and act not in {Act.ISSUE, Act.CANCEL}:
            events.record(self, EventKind.ISSUED, status_from=before, status_to=Status.NEW)
            signals.invoice_issued.send(sender=type(self), invoice=self)
        if was_open and act == Act.CANCEL and self.counter_id and self.sequence is not None:
            VoidedNumber.objects.using(using).create(
                counter_id=self.counter_id, sequence=self.sequence, number=self.number, reason=reason, actor_name=current_actor_name()
            )
        kind = EventKind.ISSUED if act == Act.ISSUE else EventKind.STATUS_CHANGED
        events.record(self, kind, status_from=before, status_to=self.status, reason=reason)
        if act in NEWS:
            details = {"reason": reason} if act in WITH_REASON else {}
            NEWS[act].send(sender=type(self), invoice=self, **details)

    def refusal(self, act: Act | str) -> TransitionNotAllowedError:
        """The error that says what is possible instead."""
        return TransitionNotAllowedError(
            number=self.number or gettext("The draft"),
            status=Status(self.status).value if self.status in Status.values else self.status,
            act=act.value if isinstance(act, Act) else str(act),
            allowed=", ".join(self.allowed_acts) or gettext("nothing"),
        )
