"""`manage.py invoicing_import` tells what it did, and fails with an exit code of 1."""

import json

import pytest
from django.core.management import CommandError, call_command

from invoicing.models import InvoiceEvent, get_invoice_model

pytestmark = pytest.mark.django_db

INVOICE = {
    "external_id": "tea-1",
    "company": None,
    "date_issue": "2026-03-02",
    "date_due": "2026-03-16",
    "supplier_name": "Teehaus Lindner GmbH",
    "supplier_vat_id": "DE136695976",
    "customer_name": "Buchhandlung Sommer",
    "items": [{"title": "Assam, 1 kg", "quantity": 2, "unit_price": "50.00", "tax_rate": 19}],
}


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "invoices.json"
    file.write_text(json.dumps([INVOICE]), encoding="utf-8")
    return file


def test_it_tells_what_was_imported(path, capsys):
    call_command("invoicing_import", path)

    assert capsys.readouterr().out.splitlines() == ["  tea-1 → 2026/1  INVOICE  NEW  119.00 EUR", "Imported 1 invoices."]
    assert {event.actor_name for event in InvoiceEvent.objects.all()} == {"invoicing_import"}


def test_a_second_run_says_that_all_was_here(path, capsys):
    call_command("invoicing_import", path)
    call_command("invoicing_import", path)

    assert capsys.readouterr().out.splitlines()[-1] == "Imported 0 invoices; 1 were here already."


def test_a_dry_run_says_so(path, capsys):
    call_command("invoicing_import", path, "--dry-run")

    assert capsys.readouterr().out.splitlines()[-1] == "This was a dry run: nothing was kept."
    assert not get_invoice_model().objects.exists()


def test_json(path, capsys):
    call_command("invoicing_import", path, "--json")

    told = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["skipped"], told["made"]) == (False, [], {})
    assert told["imported"][0] | {"uuid": ""} == {
        "external_id": "tea-1",
        "number": "2026/1",
        "uuid": "",
        "type": "INVOICE",
        "status": "NEW",
        "currency": "EUR",
        "total": "119.00",
    }


def test_problems_go_to_standard_error(path):
    path.write_text(json.dumps([{**INVOICE, "currency": "EURO"}], indent=0), encoding="utf-8")

    with pytest.raises(CommandError) as caught:
        call_command("invoicing_import", path)

    assert str(caught.value).startswith("Nothing was imported, 1 problems:\n  line ")
    assert "invoices[0].currency: “EURO” is not a currency" in str(caught.value)
    assert caught.value.returncode == 1


def test_problems_as_json(path, capsys):
    path.write_text(json.dumps([{**INVOICE, "currency": "EURO"}]), encoding="utf-8")

    with pytest.raises(CommandError):
        call_command("invoicing_import", path, "--json")

    told = json.loads(capsys.readouterr().out)
    assert (told["code"], told["errors"][0]["place"], told["errors"][0]["field"]) == ("import_refused", "line 1", "invoices[0].currency")


def test_without_a_file_it_asks_for_one():
    with pytest.raises(CommandError, match="Name a file"):
        call_command("invoicing_import")


def test_it_prints_the_schema(capsys):
    call_command("invoicing_import", "--schema")

    assert json.loads(capsys.readouterr().out)["title"] == "Invoices to import"
