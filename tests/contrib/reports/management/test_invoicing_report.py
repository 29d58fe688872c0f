"""The command prints reports, writes files whole or not at all, and says by its exit code what came of it."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.core.management import CommandError, call_command

from invoicing.contrib.payments.services import receive_payment
from tests.factories import line, make_company, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command("invoicing_report", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments):
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value.returncode, str(caught.value)


def issued(day=date(2026, 10, 5), **fields):
    return make_issued_invoice([line()], date_issue=day, date_tax_point=day, date_due=day, **fields)


def test_a_table_is_printed():
    issued()

    titles, _rule, row = run("ageing", "--on", "2026-10-31").splitlines()

    assert titles.split()[:3] == ["Company", "Party", "Currency"]
    assert row.split()[-8:] == ["0.00", "952.00", "0.00", "0.00", "0.00", "0.00", "0.00", "952.00"]


@pytest.mark.parametrize("options", [["--period", "2026-10"], ["--period", "2026-Q4"], ["--from", "2026-10-01", "--to", "2026-10-31"]])
def test_a_period_is_written_in_several_ways(options):
    issued()
    issued(date(2026, 9, 30))

    assert [row["tax"] for row in json.loads(run("vat", "--format", "json", *options))] == ["152.00"]


def test_this_year_is_meant_where_nothing_is_said():
    issued()
    issued(date(2025, 12, 31))

    with time_machine.travel("2026-11-20T12:00Z", tick=False):
        assert [row["net"] for row in json.loads(run("revenue", "--format", "json"))] == ["800.00"]


def test_a_file_is_written(tmp_path):
    issued()
    path = tmp_path / "vat.csv"

    assert run("vat", "--period", "2026", "--format", "csv", "--output", str(path)) == f"1 row in {path}\n"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert (rows[0]["Base"], rows[0]["Rate"]) == ("800.00", "19")
    assert [found.name for found in tmp_path.iterdir()] == ["vat.csv"]


def test_a_workbook_is_written(tmp_path):
    issued()
    path = tmp_path / "invoices.xlsx"
    run("invoices", "--period", "2026-10", "--format", "xlsx", "--output", str(path))

    assert openpyxl.load_workbook(path).active.max_row == 2


def test_of_nothing_there_is_no_file(tmp_path):
    path = tmp_path / "vat.csv"
    path.write_text("of last month")

    code, text = refusal("vat", "--period", "2026-10", "--format", "csv", "--output", str(path))

    assert (code, text) == (1, "Nothing to report: no file was written.")
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("vat.csv", "of last month")]
    assert refusal("vat", "--period", "2026-10") == (1, "Nothing to report.")


def test_what_is_asked_for_is_narrowed():
    company = make_company()
    party = make_party()
    issued(company=company, party=party)
    issued(currency="JPY")

    def currencies(*options):
        return [row["currency"] for row in json.loads(run("ageing", "--on", "2026-10-31", "--format", "json", *options))]

    assert sorted(currencies()) == ["EUR", "JPY"]
    assert currencies("--company", "LV") == ["EUR"]
    assert currencies("--company", "-") == ["JPY"]
    assert sorted(currencies("--company", "LV", "-")) == ["EUR", "JPY"]
    assert currencies("--currency", "jpy") == ["JPY"]
    for name in (party.code, str(party.uuid), str(party.pk), party.name):
        assert currencies("--party", name) == ["EUR"]


def test_a_report_is_cut():
    receive_payment(issued(), amount=Decimal(952), on=date(2026, 10, 9))
    issued(date(2026, 11, 5))

    assert len(json.loads(run("vat", "--period", "2026", "--by", "month", "--format", "json"))) == 2
    assert len(json.loads(run("revenue", "--period", "2026", "--by", "party", "--format", "json"))) == 1


def test_a_statement_is_of_a_party():
    party = make_party()
    issued(party=party)

    rows = json.loads(run("statement", "--party", "ALP", "--period", "2026-10", "--format", "json"))

    assert [(row["kind"], row["balance"]) for row in rows] == [("OPENING", "0.00"), ("DOCUMENT", "952.00"), ("CLOSING", "952.00")]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["vat", "--period", "2026-13"], "There is no month 13 of 2026"),
        (["vat", "--period", "October"], "is no period"),
        (["vat", "--period", "2026", "--from", "2026-01-01"], "Name a --period, or --from and --to"),
        (["vat", "--from", "2026-01-01"], "Name both"),
        (["vat", "--from", "2026-02-01", "--to", "2026-01-01"], "--from is after --to"),
        (["vat", "--on", "2026-01-01"], "is about a period"),
        (["ageing", "--period", "2026"], "is about one day"),
        (["vat", "--by", "party"], "does not cut the report vat"),
        (["ageing", "--by", "party"], "does not cut the report ageing"),
        (["statement"], "is about one party"),
        (["ageing", "--party", "nobody"], "There is no party"),
        (["ageing", "--company", "nobody"], "There is no company"),
        (["ageing", "--format", "xlsx"], "needs --output"),
        (["nonsense"], "invalid choice"),
        (["ageing", "--on", "tomorrow"], "invalid day value"),
        (["ageing", "--on", "9999-12-31"], "invalid day value"),
        (["ageing", "--on", "0001-01-01"], "invalid day value"),
        (["received", "--origin", "RECEIVED"], "knows no --origin"),
    ],
)
def test_what_is_asked_wrongly_is_refused(arguments, text):
    code, said = refusal(*arguments)

    assert text in said
    # Django answers for what argparse refuses.
    assert code == 2 or "Error:" in said


def test_a_name_that_several_parties_have_is_refused():
    make_party()
    make_party()

    assert refusal("ageing", "--party", "ALP")[0] == 2


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    issued()

    code, text = refusal("vat", "--period", "2026", "--output", str(tmp_path / "missing" / "vat.txt"))

    assert code == 2
    assert "cannot be written" in text


def test_a_party_that_a_report_does_not_look_at_is_refused():
    # The tax of all documents would pass for that of one party.
    issued(party=make_party())

    code, text = refusal("vat", "--period", "2026-10", "--party", "ALP")

    assert (code, text) == (2, "The report vat is about all parties: leave --party out.")
