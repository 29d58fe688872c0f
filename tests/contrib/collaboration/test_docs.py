"""The page of collaboration is the code: whoever changes one has to change the other."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.dispatch import Signal

from invoicing.contrib.collaboration import downloads, exceptions, invoices, services, signals
from invoicing.contrib.collaboration.media_types import MEDIA_TYPES
from invoicing.contrib.collaboration.models import Assignment, AssignmentEvent, Attachment, Comment
from invoicing.exceptions import InvoicingError
from invoicing.models import get_invoice_model
from tests.docs.columns import kind
from tests.docs.pages import DOCS, ROOT, quoted, table

PAGE = DOCS / "reference/collaboration.md"


def first_cells(heading):
    return [name for row in table(PAGE, after=heading) for name in quoted(row[0])]


@pytest.mark.parametrize("model", [Comment, Attachment, Assignment, AssignmentEvent], ids=lambda model: model.__name__)
def test_every_column_is_in_the_table_with_its_kind(model):
    described = {quoted(name)[0]: sort for name, sort, _ in table(PAGE, after=f"## {model.__name__}")}
    names = {"→ Invoice": get_invoice_model().__name__, "→ User": get_user_model().__name__}
    for word, name in names.items():
        described = {column: sort.replace(word, f"→ {name}") for column, sort in described.items()}

    assert described == {field.name: kind(field) for field in model._meta.concrete_fields if not field.primary_key}


def test_the_functions_exist():
    documented = {name.partition("(")[0] for name in first_cells("## Services")}

    assert documented == {name for name in services.__all__ if callable(getattr(services, name)) and name.islower()}
    assert callable(downloads.download_response)
    assert callable(invoices.assigned_to)
    assert callable(invoices.assigned_to_teams)


def test_every_file_that_is_taken_is_in_the_table():
    rows = table(PAGE, after="## Files that are taken")
    described = {ending: (sort, compared == "yes") for endings, sort, compared in rows for ending in quoted(endings)}

    assert described == {ending: (known.media_type, bool(known.signatures)) for ending, known in MEDIA_TYPES.items()}


def test_every_check_is_in_the_table():
    written = (ROOT / "invoicing/contrib/collaboration/checks.py").read_text(encoding="utf-8")

    assert first_cells("## Checks") == sorted(set(re.findall(r'id="(invoicing_collaboration\.[EW]\d{3})"', written)))


def test_every_error_is_in_the_table():
    rows = {quoted(name)[0]: quoted(code)[0] for name, code, _ in table(PAGE, after="## Errors")}
    ours = [error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, InvoicingError)]

    assert rows == {error.__name__: error.code for error in ours if error.__module__ == exceptions.__name__}


def test_every_signal_is_in_the_table():
    assert first_cells("## Signals") == [name for name, signal in vars(signals).items() if isinstance(signal, Signal)]
