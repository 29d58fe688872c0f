"""`manage.py invoicing_export_chain` writes a file that verifies on a machine that has nothing but Python."""

import json
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from invoicing import chain, verifying
from invoicing.models import Register, unprotected
from tests.chains import chained, change_row
from tests.factories import make_company, make_issued_invoice


def checked_offline(path, *arguments):
    """What the program says of a file, in a Python that sees no package."""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-I", "-S", str(Path(chain.__file__)), str(path), *arguments], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout, done.returncode


def issue_elsewhere(company):
    """Issue an invoice on a connection of its own."""
    make_issued_invoice(company=company)
    connection.close()


@pytest.fixture
def company(db):
    """A company with events of each kind."""
    company = make_company()
    invoice = make_issued_invoice(company=company)
    invoice.mark_sent()
    with unprotected(invoice, reason="wrong street"):
        invoice.customer_street = "Hauptstraße 12"
        invoice.save()
    invoice.create_credit_note()
    make_issued_invoice(company=company).erase_personal_data("ten years are over")
    return company


def test_an_export_is_checked_offline(company, tmp_path, capsys):
    path = tmp_path / "chain.jsonl"
    call_command("invoicing_export_chain", "--company", "LV", "--output", str(path))
    register = Register.objects.get()

    assert capsys.readouterr().out == f"{register.length} events in {path}\n"
    text, code = checked_offline(path, "--head", register.head, "--length", str(register.length))
    assert (code, text.splitlines()[-1]) == (0, f"{register.length} events, head {register.head}, no problem")
    assert [file.name for file in tmp_path.iterdir()] == ["chain.jsonl"]


def test_without_a_file_it_is_printed(company, tmp_path, capsys):
    call_command("invoicing_export_chain", "--company", str(company.pk))
    path = tmp_path / "chain.jsonl"
    path.write_text(capsys.readouterr().out, encoding="utf-8")

    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["company"] == "Lindner & Vogt Medien GmbH"
    assert checked_offline(path)[1] == 0


def test_a_changed_event_is_found_offline(company, tmp_path):
    path = tmp_path / "chain.jsonl"
    event = chained(position=2)
    change_row(event, record=event.record.replace('"SENT"', '"PAID"'))
    call_command("invoicing_export_chain", "--output", str(path))

    text, code = checked_offline(path)
    assert code == 1
    assert "Event 2 (2026/1) was changed" in text


def test_the_only_chain_needs_no_name(company, capsys):
    call_command("invoicing_export_chain")

    assert json.loads(capsys.readouterr().out.splitlines()[0])["chain"] == str(company.pk)


def test_one_of_several_chains_is_named(company, capsys):
    make_issued_invoice()
    with pytest.raises(CommandError, match="Say whose chain by --company") as caught:
        call_command("invoicing_export_chain")
    assert caught.value.returncode == 2

    call_command("invoicing_export_chain", "--company", "-")
    assert json.loads(capsys.readouterr().out.splitlines()[0])["chain"] == "-"


@pytest.mark.django_db
def test_a_company_without_events_has_an_empty_chain(capsys):
    make_company()
    call_command("invoicing_export_chain", "--company", "LV")

    [header] = capsys.readouterr().out.splitlines()
    assert (json.loads(header)["length"], json.loads(header)["head"]) == (0, chain.GENESIS)


@pytest.mark.django_db
def test_a_host_without_documents_has_an_empty_chain(capsys):
    call_command("invoicing_export_chain")

    assert json.loads(capsys.readouterr().out)["chain"] == "-"


@pytest.mark.django_db
def test_a_code_of_two_companies_is_refused():
    make_company()
    make_company()

    with pytest.raises(CommandError, match="Several companies have the code “LV”") as caught:
        call_command("invoicing_export_chain", "--company", "LV")
    assert caught.value.returncode == 2


def test_an_export_that_fails_leaves_the_old_file(company, tmp_path, monkeypatch):
    path = tmp_path / "chain.jsonl"
    path.write_text("the old one")

    def broken(*_arguments, **_options):
        yield "the first line\n"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("invoicing.management.commands.invoicing_export_chain.export_chain", broken)
    with pytest.raises(CommandError, match=r"cannot be written: No space left on device") as caught:
        call_command("invoicing_export_chain", "--output", str(path))

    assert caught.value.returncode == 2
    assert path.read_text() == "the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["chain.jsonl"]


def test_a_folder_that_is_not_there_is_told(company, tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("invoicing_export_chain", "--output", str(tmp_path / "gone" / "chain.jsonl"))


@pytest.mark.django_db(transaction=True)
def test_an_export_shows_one_moment_while_others_write(tmp_path, monkeypatch):
    company = make_company()
    for _ in range(4):
        make_issued_invoice(company=company)
    monkeypatch.setattr(verifying.rows, "PAGE", 2)
    lines = verifying.export_chain(company)
    written = [next(lines), next(lines)]

    other = Thread(target=issue_elsewhere, args=(company,))
    other.start()
    other.join()
    path = tmp_path / "chain.jsonl"
    path.write_text("".join([*written, *lines]), encoding="utf-8")

    assert Register.objects.get().length == 5
    assert checked_offline(path)[0].startswith("4 events")
    assert checked_offline(path)[1] == 0
