"""The life of a document: its status, the moments it passed, and the freeze after issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from model_utils.fields import MonitorField

from invoicing.actor import current_actor
from invoicing.conf import conf
from invoicing.domain.choices import InvoiceType, Status
from invoicing.domain.lifecycle import Act, act_between, allowed_acts
from invoicing.exceptions import BooksLockedError, InvalidDataError, InvoiceFrozenError, TransitionNotAllowedError
from invoicing.models.company import Company
from invoicing.models.early_payment import EarlyDiscounted
from invoicing.models.lock_exemption import LockExemption
from invoicing.models.locking import locked, plain
from invoicing.models.numbering import Numbered
from invoicing.models.repair import is_under_repair
from invoicing.models.statements import prepared

UNCREDITABLE = frozenset({InvoiceType.CREDIT_NOTE, InvoiceType.PROFORMA})
"""Types that claim nothing, so that nothing can be taken back."""

NOT_FOR_CREDIT_NOTES = frozenset({Act.WRITE_OFF, Act.SEND_TO_COLLECTION})
"""Nobody collects, or gives up, what he owes himself."""


def _open_columns(model: Any, using: str) -> models.QuerySet[Any, Any]:
    lock_date = Company._base_manager.filter(pk=OuterRef("company_id")).values("locked_until")
    return locked(plain(model, using=using).filter(pk=0), using=using).values_list(*_locked_columns(model), Subquery(lock_date))


@cache
def _locked_columns(model: Any) -> list[str]:
    """The key and the locked columns, in the order in which the model has them."""
    return [field.attname for field in model._meta.concrete_fields if field.primary_key or field.name in model.LOCKED_COLUMNS]


def lock_date(company_id: Any, *, using: str) -> date | None:
    """The last day of the locked books of a company, as it is stored; of the settings where there is none."""
    if company_id is None:
        return conf.locked_until
    day: date | None = plain(Company, using=using).order_by().values_list("locked_until", flat=True).get(pk=company_id)
    return day


class Lifecycle(Numbered, EarlyDiscounted):
    """The status of a document and what follows from it."""

    CHANGEABLE_AFTER_ISSUE: ClassVar[frozenset[str]] = frozenset(
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
    """The columns that may change once a document is issued; a host's own model may add to them.

    This is the one declaration that the guards, the triggers of the database, the chain and the admin read. Everything
    else is frozen, also columns that are added later.
    """

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
        "company",
        "date_issue",
        "status",
        "issued_at",
        "sequence",
        "number",
        "currency",
        "credit",
        "supplier_vat_id",
        "rounding_policy",
        "tax_decisions",
    )
    """What decides whether the items of a document may change, and what its totals depend on beside them."""

    @classmethod
    def lock_open(cls, pk: Any, *, using: str) -> Self:
        """Lock a document whose items are about to change. Raises InvoiceFrozenError when it is issued, or BooksLockedError."""
        rows = prepared(_open_columns, cls, using, key_field=cls._meta.pk)([pk])
        if not rows:
            raise cls.DoesNotExist(f"Invoice {pk} does not exist any more.")
        *values, locked_until = rows[0]
        row = cls.from_db(using, _locked_columns(cls), values)
        row.check_open()
        if row.sequence is not None:
            row.check_unlocked(row.date_issue, locked_until=locked_until if row.company_id else conf.locked_until, using=using)
        return row

    @classmethod
    def lock_row(cls, pk: Any, *, using: str) -> Self:
        """Lock a document and read all of it anew."""
        row: Self = locked(plain(cls, using=using), using=using).get(pk=pk)
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

    @classmethod
    def is_frozen(cls, field: models.Field[Any, Any]) -> bool:
        """Whether a column stays as it is once the document is issued."""
        return not {field.name, field.attname} & cls.CHANGEABLE_AFTER_ISSUE

    def check_frozen(self, stored: Mapping[str, Any], *, fields: Iterable[models.Field[Any, Any]]) -> None:
        """Raise InvoiceFrozenError when an issued document differs from its stored row in a column that is frozen."""
        if self.is_under_repair:
            return
        changed = [
            field.name
            for field in fields
            if self.is_frozen(field) and field.get_prep_value(getattr(self, field.attname)) != field.get_prep_value(stored[field.attname])
        ]
        if changed:
            raise InvoiceFrozenError(number=stored["number"], fields=", ".join(changed))

    def keep_decisions(self, decisions: Iterable[dict[str, Any]]) -> None:
        """Keep decisions, unless the document is issued: asking for a rate changes nothing then."""
        if not self.is_issued:
            super().keep_decisions(decisions)

    def check_open(self) -> None:
        """Raise InvoiceFrozenError when items can no longer change."""
        if self.is_issued and not self.is_under_repair:
            raise InvoiceFrozenError(number=self.number, fields=gettext("items"))

    @property
    def is_under_repair(self) -> bool:
        """Whether changes pass although the document is issued: inside of `unprotected()`."""
        return is_under_repair(self.pk, using=self._state.db or self.write_database())

    def check_books(self, *days: date, using: str) -> None:
        """Raise BooksLockedError for a day in the locked books of the company, or of the host where there is none.

        Books are locked after the fact: for days of today and later, the company as it was read is asked, and no row.
        """
        if self.company is None:
            self.check_unlocked(*days, locked_until=conf.locked_until, using=using)
        elif self.company.locked_until is not None or min(days) < self.today():
            self.check_unlocked(*days, locked_until=lock_date(self.company_id, using=using), using=using)

    def check_unlocked(self, *days: date, locked_until: date | None, using: str) -> None:
        """Raise BooksLockedError for a day in the locked books, unless whoever acts is exempted from the lock."""
        locked_days = [day for day in days if locked_until is not None and day <= locked_until]
        if not locked_days or self.is_under_repair:
            return
        if not LockExemption.objects.using(using).in_force(company_id=self.company_id, actor=current_actor()):
            shown = self.number or gettext("the draft")
            raise BooksLockedError(locked_until=locked_until, number=shown, day=min(locked_days))

    def check_step(self, act: Act, *, using: str) -> None:  # noqa: ARG002  # for the concerns above
        """Raise when a step that the table allows is not possible for this document. Later concerns add their reasons."""
        if act == Act.CREDIT and (self.is_received or self.type in UNCREDITABLE):
            raise self.refusal(act)
        if act in NOT_FOR_CREDIT_NOTES and self.type == InvoiceType.CREDIT_NOTE:
            raise self.refusal(act)

    def refusal(self, act: Act | str) -> TransitionNotAllowedError:
        """The error that says what is possible instead."""
        return TransitionNotAllowedError(
            number=self.number or gettext("The draft"),
            status=Status(self.status).value if self.status in Status.values else self.status,
            act=act.value if isinstance(act, Act) else str(act),
            allowed=", ".join(self.allowed_acts) or gettext("nothing"),
        )
