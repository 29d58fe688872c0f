"""The command: whole or not at all, what came of it in words or as JSON, and its exit codes."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from invoicing.contrib.payments.models import BankEntry, BankStatement, Payment
from tests.contrib.payments.bank.samples import FILES, changed
from tests.factories import make_company, make_issued_invoice

pytestmark = pytest.mark.django_db

COMMAND = "invoicing_import_statement"


def run(*arguments, **options):
    told = StringIO()
    call_command(COMMAND, *map(str, arguments), stdout=told, **options)
    return told.getvalue()


def test_what_came_of_it_in_words():
    make_issued_invoice(number="2026/14")

    assert run(FILES / "musterbank.sta") == (
        "  37040044/0532013000  00231/001  2026-11-19 – 2026-11-20  EUR\nImported 3 entries, 1 with a proposal.\n"
    )
    assert "Imported 0 entries, 0 with a proposal; 3 were here already." in run(FILES / "musterbank.sta")


def test_what_came_of_it_as_json():
    told = json.loads(run(FILES / "alpenbank.xml", "--json"))

    assert (told["imported"], told["is_new"], told["dry_run"]) == (4, True, False)
    assert told["statements"][0]["account"] == "AT611904300234573201"


def test_a_dry_run_keeps_nothing():
    make_issued_invoice(number="2026/14")
    told = run(FILES / "musterbank.sta", "--dry-run", "--confirm-from", "80")

    assert "1 confirmed" in told
    assert "nothing was kept" in told
    assert not BankStatement.objects.exists()
    assert not Payment.objects.exists()


def test_a_score_confirms():
    invoice = make_issued_invoice(number="2026/14")
    run(FILES / "musterbank.sta", "--confirm-from", "80")

    invoice.refresh_from_db()
    assert invoice.status == "PAID"


def test_a_company_by_its_code():
    company = make_company()
    run(FILES / "musterbank.sta", "--company", "LV")

    assert BankStatement.objects.get().company == company


def test_columns_of_a_table(tmp_path):
    table = tmp_path / "table.txt"
    table.write_text("Wann;Wieviel\n20.11.2026;1,50", encoding="utf-8")
    run(table, "--format", "csv", "--column", "date=Wann", "--column", "amount=Wieviel")

    assert str(BankEntry.objects.get().amount) == "1.50"


def test_a_refusal_names_the_line(tmp_path):
    broken = tmp_path / "broken.sta"
    broken.write_bytes(changed("musterbank.sta", ":61:2611201120CR952,00", ":61:2611201120XX952,00"))
    told = StringIO()

    with pytest.raises(CommandError, match="line 6") as refusal:
        call_command(COMMAND, str(broken), json=True, stdout=told)
    assert refusal.value.returncode == 1
    assert json.loads(told.getvalue())["code"] == "statement_refused"
    assert json.loads(told.getvalue())["place"] == "line 6 (:61:)"
    assert not BankStatement.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--company", "NONE"], 2), (["--column", "amount"], 2), (["--column", "colour=red", "--format", "CSV"], 1)]
)
def test_what_is_called_wrongly(arguments, code):
    with pytest.raises(CommandError) as refusal:
        run(FILES / "musterbank.csv", *arguments)

    assert refusal.value.returncode == code


def test_a_file_that_is_not_there():
    with pytest.raises(CommandError, match="cannot be read"):
        run(FILES / "missing.sta")
