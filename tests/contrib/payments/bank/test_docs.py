"""The page of bank files names every column, key, reason and error that there is."""

import pytest
from django.core.management import call_command

from invoicing.contrib.payments.bank import exceptions
from invoicing.contrib.payments.bank.csv_file import CsvLayout
from invoicing.contrib.payments.bank.csv_headings import Column
from invoicing.contrib.payments.bank.matching import WEIGHTS
from invoicing.contrib.payments.models import BankEntry, BankStatement, MatchProposal
from invoicing.exceptions import InvoicingError
from tests.contrib.payments.bank.samples import FILES
from tests.docs.pages import DOCS, quoted, table

PAGE = DOCS / "reference/bank-files.md"


def first_cells(heading):
    return [name for row in table(PAGE, after=heading) for name in quoted(row[0])]


def test_every_reason_is_in_the_table_with_its_points():
    described = {quoted(reason)[0]: int(points) for reason, points, _when in table(PAGE, after="## Scores")}

    assert described == {reason.value: points for reason, points in WEIGHTS.items()}


def test_every_key_of_a_table_is_described():
    assert first_cells("## Columns of a table") == [column.value for column in Column]
    assert set(first_cells("Further keys say what a file leaves open:\n")) == set(CsvLayout.OPTIONS)


@pytest.mark.parametrize("model", [BankStatement, BankEntry, MatchProposal])
def test_every_column_is_described(model):
    columns = {field.name for field in model._meta.concrete_fields} - {"id", "key"}

    assert set(first_cells(f"## {model.__name__}")) == columns


def test_every_error_is_in_the_table():
    described = {quoted(name)[0]: quoted(code)[0] for name, code, _when in table(PAGE, after="## Errors of bank files")}
    own = {
        name: error.code
        for name, error in vars(exceptions).items()
        if isinstance(error, type) and issubclass(error, InvoicingError) and error is not InvoicingError
    }

    assert described == own | {"MissingDependencyError": "missing_dependency"}


@pytest.mark.django_db
def test_every_key_of_the_json_is_described(capsys):
    import json

    call_command("invoicing_import_statement", str(FILES / "alpenbank.xml"), json=True)
    told = json.loads(capsys.readouterr().out)
    rows = table(DOCS / "reference/commands.md", after="### JSON of invoicing_import_statement")

    assert {key for row in rows for key in quoted(row[0])} == set(told)
    assert {key for row in rows if "statements" in row[0] for key in quoted(row[1])} == set(told["statements"][0])
