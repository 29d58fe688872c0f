"""The history of a document: every step is written down, and from the issue on sealed in the chain of its company."""

from __future__ import annotations

from typing import Any, ClassVar

from invoicing import signals
from invoicing.domain.choices import EventKind, Status
from invoicing.domain.lifecycle import Act
from invoicing.models.counter import VoidedNumber
from invoicing.models.event import Content, InvoiceEvent, current_actor_name
from invoicing.models.lifecycle import Lifecycle
from invoicing.models.register import Register
from invoicing.models.sealing import Frozen, read_frozen

NEWS = {
    Act.ISSUE: signals.invoice_issued,
    Act.MARK_SENT: signals.invoice_sent,
    Act.MARK_PAID: signals.invoice_paid,
    Act.MARK_RETURNED: signals.invoice_returned,
    Act.CANCEL: signals.invoice_canceled,
    Act.WRITE_OFF: signals.invoice_written_off,
    Act.SEND_TO_COLLECTION: signals.invoice_sent_to_collection,
}
"""What is told of a step. Crediting tells its own news, of the credit note."""

WITH_REASON = frozenset({Act.CANCEL, Act.WRITE_OFF, Act.SEND_TO_COLLECTION})


class Historical(Lifecycle):
    """A document remembers what happened to it."""

    PERSONAL_COLUMNS: ClassVar[frozenset[str]] = frozenset(
        {
            *(
                f"{side}_{name}"
                for side in ("supplier", "customer")
                for name in (
                    "name",
                    "street",
                    "zip",
                    "city",
                    "state",
                    "registration_id",
                    "tax_id",
                    "vat_id",
                    "email",
                    "phone",
                    "additional_info",
                )
            ),
            *(f"shipping_{name}" for name in ("name", "street", "zip", "city", "state")),
            *(f"issuer_{name}" for name in ("name", "email", "phone")),
            *(f"bank_{name}" for name in ("name", "street", "zip", "city", "iban", "swift_bic")),
            "title",
            "note",
            "buyer_reference",
        }
    )
    """The columns that may tell of a person: the chain holds salted commitments to them, so that they can be erased."""

    class Meta:
        abstract = True

    def note_event(self, kind: EventKind, *, using: str, seals: bool = False, **details: Any) -> InvoiceEvent:
        """Write down what happened: in the chain of the company, once the document is issued.

        `seals` puts its content as it is now into the chain. `details`: status_from, status_to, reason, data.
        """
        event = InvoiceEvent.objects.using(using).entry(self, kind, **details)
        self._write_history([event], seals=seals, using=using)
        return event

    def read_frozen(self, *, using: str) -> Frozen:
        """The rows of this document, as far as they are frozen."""
        return read_frozen(type(self), [self.pk], using=using)[self.pk]

    def tell_step(self, act: Act, *, before: str, was_open: bool, reason: str, frozen: Frozen | None = None, using: str) -> None:
        """Write the step into the history and tell whoever listens: of the issue first, where the step brought it along.

        `frozen` are the rows as they are, where they were read already.
        """
        entry = InvoiceEvent.objects.using(using).entry
        told, events = [act], []
        if was_open and act not in {Act.ISSUE, Act.CANCEL}:
            events.append(entry(self, EventKind.ISSUED, status_from=before, status_to=Status.NEW))
            told = [Act.ISSUE, act]
        kind = EventKind.ISSUED if act == Act.ISSUE else EventKind.STATUS_CHANGED
        events.append(entry(self, kind, status_from=before, status_to=self.status, reason=reason))
        if was_open and act == Act.CANCEL:
            self.void_number(reason=reason, using=using)
        self._write_history(events, seals=was_open, frozen=frozen, using=using, writes_books=was_open or act == Act.CANCEL)
        for step in told:
            if step in NEWS:
                details = {"reason": reason} if step in WITH_REASON else {}
                NEWS[step].send(sender=type(self), invoice=self, **details)

    def void_number(self, *, reason: str, using: str) -> None:
        """Enter the number into the register of those that no valid document holds."""
        if self.counter_id and self.sequence is not None:
            VoidedNumber.objects.using(using).create(
                counter_id=self.counter_id, sequence=self.sequence, number=self.number, reason=reason, actor_name=current_actor_name()
            )

    def _write_history(
        self, events: list[InvoiceEvent], *, seals: bool, frozen: Frozen | None = None, using: str, writes_books: bool = False
    ) -> None:
        history = InvoiceEvent.objects.using(using)
        if not self.is_issued:
            for event in events:
                event.save(using=using)
            return
        content = frozen.seal() if frozen else self._content_of_history(seals=seals, using=using)
        register = Register.objects.using(using).hold(self.company_id)
        if writes_books:
            # The lock date may have moved since the company was read; under this lock it cannot.
            self.check_unlocked(self.date_issue, locked_until=register.locked_until, using=using)
        history.chain(register, events, contents=[content] * len(events))

    def _content_of_history(self, *, seals: bool, using: str) -> Content:
        """What was sealed of the document; its content of now where it never was, or is to be sealed anew."""
        digest = "" if seals else InvoiceEvent.objects.using(using).digest_in_force(self.pk)
        if digest:
            return Content(digest=digest)
        # Read before the register is locked, so that others wait as shortly as can be.
        return self.read_frozen(using=using).seal()
