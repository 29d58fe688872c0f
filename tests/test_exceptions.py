"""The family of errors: one root, a code each for ever, a sentence in the language of whoever reads it, whole after a journey."""

import pickle

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from invoicing import exceptions
from invoicing.exceptions import (
    AppendOnlyError,
    ContentMissingError,
    DocumentError,
    ImportRefusedError,
    InvalidDataError,
    InvoiceFrozenError,
    InvoicingError,
    MissingDependencyError,
    NotCreditableError,
    NumberTakenError,
    NumberUnusableError,
    OverCreditError,
    TaxWithoutVatIdError,
    TransitionNotAllowedError,
    VatIdUnverifiedError,
)

FAMILY = [thing for thing in vars(exceptions).values() if isinstance(thing, type) and issubclass(thing, InvoicingError)]

# Public for ever: a program that reads a code must be able to rely on it.
CODES = {
    InvoicingError: "invoicing_error",
    InvalidDataError: "invalid_data",
    TaxWithoutVatIdError: "tax_without_vat_id",
    ContentMissingError: "content_missing",
    NumberTakenError: "number_taken",
    NumberUnusableError: "number_unusable",
    InvoiceFrozenError: "invoice_frozen",
    TransitionNotAllowedError: "transition_not_allowed",
    OverCreditError: "over_credit",
    NotCreditableError: "not_creditable",
    AppendOnlyError: "append_only",
    VatIdUnverifiedError: "vat_id_unverified",
    ImportRefusedError: "import_refused",
    DocumentError: "document_failed",
    MissingDependencyError: "missing_dependency",
}

MADE = [
    (InvalidDataError({"quantity": ["Too small."], "title": ["Missing.", "Short."]}), "quantity: Too small. title: Missing. Short."),
    (NumberTakenError({"number": ["2026/1 is in use."]}), "number: 2026/1 is in use."),
    (
        TaxWithoutVatIdError(),
        "tax_rate: A supplier VAT id is required to charge tax: set supplier_vat_id",
    ),
    (
        InvoiceFrozenError(number="2026/1", fields="note, credit"),
        "Invoice 2026/1 is issued: note, credit can no longer change. Credit or cancel it instead.",
    ),
    (
        TransitionNotAllowedError(number="2026/1", status="PAID", act="cancel", allowed="create_credit_note"),
        "2026/1 is PAID: cancel is not possible. Possible now: create_credit_note.",
    ),
    (OverCreditError(title="Tea", left="1.000", wanted="2.000"), "Only 1.000 of “Tea” is left to credit, 2.000 was asked for."),
    (ImportRefusedError([("line 3", "currency", "XXQ is none."), ("file", "", "It is empty.")]), None),
]


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_codes_stay_as_they_are(kind, code):
    assert kind.code == code


def test_every_error_has_a_code_of_its_own():
    assert set(CODES) <= set(FAMILY)
    assert len({kind.code for kind in FAMILY}) == len(FAMILY)


@pytest.mark.parametrize("kind", FAMILY)
def test_every_error_is_explained(kind):
    assert kind.__doc__
    assert kind.message


@pytest.mark.parametrize(
    "kind", [InvalidDataError, TaxWithoutVatIdError, NumberTakenError, ContentMissingError, OverCreditError, ImportRefusedError]
)
def test_bad_values_are_value_errors(kind):
    assert issubclass(kind, ValueError)


def test_a_missing_package_is_an_import_error():
    assert issubclass(MissingDependencyError, ImportError)


@pytest.mark.parametrize(("error", "sentence"), [pair for pair in MADE if pair[1]])
def test_the_sentence_of_an_error(error, sentence):
    assert str(error).startswith(sentence)


def test_the_fields_of_an_error_are_lists_of_sentences():
    error = InvalidDataError({"title": (gettext_lazy("Enter what is sold."),), "quantity": ["Too small."]})

    assert error.errors == {"title": ["Enter what is sold."], "quantity": ["Too small."]}
    assert all(type(text) is str for texts in error.errors.values() for text in texts)


@pytest.mark.parametrize("text", ["{braces}", "100 %", "%s {0} {{x}}", "{title!r:>10}"])
def test_what_people_typed_is_no_format(text):
    assert text in str(OverCreditError(title=text, left=1, wanted=2))
    assert text in str(InvalidDataError({"title": [text]}))


@pytest.mark.parametrize("error", [pair[0] for pair in MADE])
def test_an_error_crosses_process_boundaries_whole(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert getattr(again, "errors", None) == getattr(error, "errors", None)
    assert getattr(again, "rows", None) == getattr(error, "rows", None)


def test_the_rows_of_a_refused_file_are_counted_and_listed():
    error = ImportRefusedError([("line 3", "currency", "XXQ is none."), ("file", "", "It is empty.")])

    assert str(error) == "Nothing was imported, 2 problems:\n  line 3: currency: XXQ is none.\n  file: It is empty."


def test_a_sentence_is_made_when_it_is_read():
    class GreetingError(InvoicingError):
        message = gettext_lazy("Yes")

    error = GreetingError()

    with translation.override("de"):
        assert str(error) == "Ja"
    with translation.override("en"):
        assert str(error) == "Yes"
