"""What the library refused while a form was saved, shown beside the fields that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from invoicing.admin.typed import AnyModelForm
from invoicing.exceptions import InvalidDataError, InvoicingError
from invoicing.models.validation import check_row


class LineRefusedError(Exception):
    """A line of the form could not be saved: its form's prefix, and why."""

    def __init__(self, prefix: str, error: InvoicingError) -> None:
        self.prefix = prefix
        self.error = error
        super().__init__(str(error))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was saved, and which form it is about: an empty prefix means the document's."""

    error: InvoicingError
    prefix: str = ""


_refusal: ContextVar[Refusal | None] = ContextVar("invoicing_admin_refusal", default=None)


@contextmanager
def refused(error: InvoicingError | LineRefusedError) -> Iterator[None]:
    """Inside the block, the form that the refusal is about is invalid and shows it."""
    refusal = Refusal(error.error, error.prefix) if isinstance(error, LineRefusedError) else Refusal(error)
    token = _refusal.set(refusal)
    try:
        yield
    finally:
        _refusal.reset(token)


def show_refusal(form: forms.BaseForm) -> None:
    """Add the refusal to the form, if it is about this one."""
    refusal = _refusal.get()
    if refusal and refusal.prefix == (form.prefix or ""):
        add_refusal(form, refusal.error)


def add_refusal(form: forms.BaseForm, error: InvoicingError) -> None:
    """Put what the library says beside each field of the form; what the form does not show stands above it."""
    if not isinstance(error, InvalidDataError):
        form.add_error(None, str(error))
        return
    for name, sentences in error.errors.items():
        field = name.removesuffix("_id") if name not in form.fields else name
        if field in form.fields:
            form.add_error(field, [*sentences])
        else:
            form.add_error(None, [f"{name}: {sentence}" for sentence in sentences])


class CheckedForm(AnyModelForm):
    """A form whose rows obey the rules of the library: they are asked for once Django's own are met."""

    def check_instance(self) -> None:
        """Raise InvoicingError for what the row may not hold."""
        check_row(self.instance)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook for rules about the whole instance
        if not self.errors:
            try:
                self.check_instance()
            except InvoicingError as error:
                add_refusal(self, error)
        show_refusal(self)


def as_validation_error(error: InvalidDataError) -> ValidationError:
    """The sentences of a refusal about one value, for a form's `clean_…`."""
    return ValidationError([text for texts in error.errors.values() for text in texts], code=NON_FIELD_ERRORS)


def sentences(error: Any) -> list[str]:
    """A refusal in sentences, one for each thing to mend."""
    if isinstance(error, InvalidDataError):
        return [text for texts in error.errors.values() for text in texts]
    return [str(error)]
