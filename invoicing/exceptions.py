"""Everything this library refuses, as one family of errors: a stable code for programs, a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class InvoicingError(Exception):
    """Base of every error this library raises on purpose. Interfaces translate by `code`."""

    code: ClassVar[str] = "invoicing_error"
    message: ClassVar[str | Promise] = _("The invoice could not be processed.")

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(str(self))

    def __str__(self) -> str:
        # Rendered when it is shown, so that the sentence is in the language of whoever reads it.
        return str(self.message).format(**self.params)

    def __reduce__(self) -> tuple[object, ...]:
        return (_restore, (type(self), self.params))


def _restore(kind: type[InvoicingError], params: dict[str, object]) -> InvoicingError:
    """Rebuild an error that crossed a process boundary."""
    return kind(**params)


class InvalidDataError(InvoicingError, ValueError):
    """Values that no invoice may hold. `errors` maps each field to its sentences."""

    code = "invalid_data"
    message = _("{summary}")

    def __init__(self, errors: Mapping[str, Sequence[object]]) -> None:
        self.errors: dict[str, list[str]] = {field: [str(text) for text in texts] for field, texts in errors.items()}
        summary = " ".join(f"{field}: {' '.join(texts)}" for field, texts in self.errors.items())
        super().__init__(summary=summary)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.errors,))


class TaxWithoutVatIdError(InvalidDataError):
    """An item charges tax, and its invoice names no VAT id of the supplier."""

    code = "tax_without_vat_id"

    def __init__(self, errors: Mapping[str, Sequence[object]] | None = None, *, field: str = "tax_rate") -> None:
        text = _("A supplier VAT id is required to charge tax: set supplier_vat_id on the invoice, or leave the items' tax_rate empty.")
        super().__init__(errors or {field: [text]})


class ContentMissingError(InvalidDataError):
    """The invoice cannot be issued: the law asks for content that it lacks. Everything that is missing is said at once."""

    code = "content_missing"


class NumberTakenError(InvalidDataError):
    """The number or the sequence that was asked for is in use."""

    code = "number_taken"


class NumberUnusableError(InvalidDataError):
    """A generator or a formatter gave something that cannot be a number."""

    code = "number_unusable"


class OutOfOrderError(InvalidDataError):
    """The issue date would stand out of the order of the numbers of its counter."""

    code = "out_of_order"


class BooksLockedError(InvoicingError):
    """A document of a locked period was about to be issued, changed or voided."""

    code = "books_locked"
    message = _(
        "The books are locked until {locked_until}: {number} is dated {day}. Date it later, or have yourself exempted from the lock."
    )


class InvoiceFrozenError(InvoicingError):
    """An issued invoice was about to change."""

    code = "invoice_frozen"
    message = _("Invoice {number} is issued: {fields} can no longer change. Credit or cancel it instead.")


class TransitionNotAllowedError(InvoicingError):
    """The lifecycle has no such step from here."""

    code = "transition_not_allowed"
    message = _("{number} is {status}: {act} is not possible. Possible now: {allowed}.")


class OverCreditError(InvoicingError, ValueError):
    """More was about to be credited than is left."""

    code = "over_credit"
    message = _("Only {left} of “{title}” is left to credit, {wanted} was asked for.")


class NotCreditableError(InvoicingError):
    """There is nothing that a credit note could take back."""

    code = "not_creditable"
    message = _("Invoice {number} cannot be credited: {reason}")


class CreditedInPartError(InvoicingError):
    """A document was about to be canceled of which a part is credited already."""

    code = "credited_in_part"
    message = _("Invoice {number} is credited in part by {notes}: cancel that first, or credit the rest.")


class AppendOnlyError(InvoicingError):
    """History was about to be rewritten."""

    code = "append_only"
    message = _("{what} is history: it can be added to, never changed or deleted.")


class TryAgainError(InvoicingError):
    """Others were at work on the same rows, and the database gave this transaction up. Nothing was written."""

    code = "try_again"
    message = _("Others were writing at the same time ({reason}). Nothing was changed: try again.")


class VatIdUnverifiedError(InvoicingError):
    """The register that confirms VAT ids gave no answer."""

    code = "vat_id_unverified"
    message = _("{vat_id} could not be verified: {reason}. Try again later; until then no reverse charge is granted on it.")


class ImportRefusedError(InvoicingError, ValueError):
    """A file of invoices has rows that cannot be taken in. `rows` lists each as (place, field, sentence)."""

    code = "import_refused"
    message = _("Nothing was imported, {count} problems:\n{lines}")

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        self.rows = list(rows)
        lines = "\n".join(f"  {place}: {field}: {text}" if field else f"  {place}: {text}" for place, field, text in self.rows)
        super().__init__(count=len(self.rows), lines=lines)

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.rows,))


class DocumentError(InvoicingError):
    """An invoice could not be rendered."""

    code = "document_failed"
    message = _("The document of invoice {number} could not be rendered: {reason}")


class MissingDependencyError(InvoicingError, ImportError):
    """An optional feature was asked for, and what it needs is not installed."""

    code = "missing_dependency"
    message = _("{feature} needs {package}: {mend}")
