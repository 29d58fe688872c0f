"""The demo: its data gives the totals that a person worked out, and its command runs from any folder, twice in a row."""

import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from invoicing.importing import import_file
from invoicing.models import get_invoice_model

ROOT = Path(__file__).parents[1]
DATA = sorted((ROOT / "example_project/data").iterdir())

# external_id: number, type, status, currency, net, VAT, total, to pay, tax in words, language
EXPECTED = {
    # 1890.00 − 10 % = 1701.00 and 2.5 × 85.00 = 212.50 at 19 % = 363.565; 40 × 24.00 − 5 % = 912.00 at 7 % = 63.84.
    "nw-domestic-two-rates": "NW-2026-0001 INVOICE PAID EUR 2825.50 427.41 3252.91 0.00 | 19 % + 7 % | de",
    # 3 × 640.00 + 310.00
    "nw-reverse-charge": "NW-2026-0002 INVOICE SENT EUR 2230.00 None 2230.00 2230.00 | reverse charge | fr",
    # 2 × 1890.00 − 8 % = 3477.60, 60 × 24.00 = 1440.00
    "nw-intra-community": "NW-2026-0003 INVOICE SENT EUR 4917.60 None 4917.60 4917.60 | intra-community supply | es",
    # 1890.00 + 25 × 24.00
    "nw-export": "NW-2026-0004 INVOICE NEW EUR 2490.00 None 2490.00 2490.00 | export outside the EU | de",
    # 3 × 24.00 = 72.00 at Italy's 10 % = 7.20; 119.00 at 22 % = 26.18
    "nw-one-stop-shop": "NW-2026-0005 INVOICE PAID EUR 191.00 42.02 233.02 0.00 | 22 %, One-Stop-Shop | it",
    # 2 × 98500 + 12.5 × 11250 = 197000 + 140625; no decimals
    "nw-yen": "NW-2026-0006 INVOICE NEW JPY 337625 None 337625 237625 | outside the scope of tax | en",
    # 3 × 612.750 − 2.5 % = 1792.29375; 15.5 × 7.625 = 118.1875; three decimals
    "nw-dinar": "NW-2026-0007 INVOICE NEW KWD 1910.482 None 1910.482 1910.482 | export outside the EU | en",
    # 2 × 1890.00 + 8 × 85.00 = 4460.00 at 19 %
    "nw-proforma": "NW-2026-0008 PROFORMA SENT EUR 4460.00 847.40 5307.40 5307.40 | 19 % | de",
    "nw-after-proforma": "NW-2026-0009 INVOICE PAID EUR 4460.00 847.40 5307.40 0.00 | 19 % | de",
    "nw-advance": "NW-2026-0010 ADVANCE PAID EUR 5000.00 950.00 5950.00 0.00 | 19 % | de",
    # 16800.00 − 5000.00 = 11800.00 at 19 %
    "nw-after-advance": "NW-2026-0011 INVOICE SENT EUR 11800.00 2242.00 14042.00 14042.00 | 19 % | de",
    # 30 × 24.00 = 720.00 at 7 % = 50.40; 4 × 119.00 = 476.00 at 19 % = 90.44
    "nw-partly-credited": "NW-2026-0012 INVOICE SENT EUR 1196.00 140.84 1336.84 1336.84 | 19 % + 7 % | de",
    # 6 × 24.00 = 144.00 at 7 % = 10.08; 47.60 at 19 % = 9.044
    "nw-partial-credit": "NW-2026-0013 CREDIT_NOTE SENT EUR 191.60 19.12 210.72 210.72 | 19 % + 7 % | de",
    # 6 × 85.00 = 510.00 at 19 %
    "nw-wholly-credited": "NW-2026-0014 INVOICE CREDITED EUR 510.00 96.90 606.90 606.90 | 19 % | de",
    "nw-full-credit": "NW-2026-0015 CREDIT_NOTE SENT EUR 510.00 96.90 606.90 606.90 | 19 % | de",
    # 2 × 640.00 + 185.50
    "nw-slovak": "NW-2026-0016 INVOICE SENT EUR 1465.50 None 1465.50 1465.50 | reverse charge | sk",
    "nw-canceled": "NW-2026-0017 INVOICE CANCELED EUR 240.00 16.80 256.80 256.80 | 7 % | de",
    # 4 × 215.00 − 3 % = 834.20 + 45.00 at 19 % = 167.048
    "nw-received": "RE-26-1187 INVOICE NEW EUR 879.20 167.05 1046.25 546.25 | 19 % | de",
    "nw-draft": " INVOICE DRAFT EUR 288.00 20.16 308.16 308.16 | 7 % | de",
    # 120 × 42.50 = 5100.00 at 13 % = 663.00; 40 × 18.75 − 20 % = 600.00 at 24 % = 144.00
    "ela-domestic": "ELA/2026/1 INVOICE SENT EUR 5700.00 807.00 6507.00 6507.00 | 24 % + 13 % | en",
    # 200 × 42.50 − 6 %
    "ela-intra-community": "ELA/2026/2 INVOICE PAID EUR 7990.00 None 7990.00 0.00 | intra-community supply | en",
    # Hours × rate: 40 × 150, 80 × 125, 120 × 200
    "crm-monthly-service": "INV-001 INVOICE NEW USD 6000.00 None 6000.00 6000.00 | outside the scope of tax | en",
    "crm-web-development": "INV-002 INVOICE NEW USD 10000.00 None 10000.00 10000.00 | outside the scope of tax | en",
    "crm-q1-consulting": "INV-003 INVOICE SENT USD 24000.00 None 24000.00 24000.00 | outside the scope of tax | en",
    # 10 × 100 − 5 % = 950, at 10 % = 95, 500 paid
    "erp-sales-order": "INV-2025-00001 INVOICE NEW USD 950.00 95.00 1045.00 545.00 | 10 % | en",
    # 540 kg × 12.35 = 6669.00 at 7 % = 466.83; 30 × 0.5 × 85.00 = 1275.00 at 19 % = 242.25
    "nw-three-hundred-lines": "NW-2026-0018 INVOICE SENT EUR 7944.00 709.08 8653.08 8653.08 | 19 % + 7 % | de",
}


@pytest.fixture
def documents(db):
    for path in DATA:
        import_file(path)
    return {invoice.metadata["external_id"]: invoice for invoice in get_invoice_model().objects.order_by("pk")}


def test_every_document_comes_to_what_a_person_worked_out(documents):
    from example.overview import tax_in_words

    told = {
        key: f"{invoice.number} {invoice.type} {invoice.status} {invoice.currency} {invoice.net_total} {invoice.vat} {invoice.total}"
        f" {invoice.to_pay} | {tax_in_words(invoice)} | {invoice.language}"
        for key, invoice in documents.items()
    }

    assert told == EXPECTED


def test_the_documents_speak_of_one_another(documents):
    pairs = {
        ("nw-proforma", "nw-after-proforma"),
        ("nw-advance", "nw-after-advance"),
        ("nw-partly-credited", "nw-partial-credit"),
        ("nw-wholly-credited", "nw-full-credit"),
    }

    for first, second in pairs:
        assert documents[first] in documents[second].related_invoices.all()
    assert documents["nw-three-hundred-lines"].item_set.count() == 300
    assert {invoice.language for invoice in documents.values()} == {"de", "en", "es", "fr", "it", "sk"}


def test_ids_and_accounts_of_the_examples_have_right_check_digits(documents):
    from stdnum import iban
    from stdnum.au import abn
    from stdnum.eu import vat

    valid = {"AU": abn.is_valid}
    for invoice in documents.values():
        for side in ("supplier", "customer"):
            country, vat_id = str(getattr(invoice, f"{side}_country")), getattr(invoice, f"{side}_vat_id")
            assert not vat_id or valid.get(country, vat.is_valid)(vat_id), vat_id
        assert not invoice.bank_iban or iban.is_valid(invoice.bank_iban)


def test_everything_is_issued_but_the_draft(documents):
    assert [key for key, invoice in documents.items() if not invoice.is_issued] == ["nw-draft"]
    assert documents["nw-yen"].total == Decimal(337625)


@pytest.fixture
def project(tmp_path):
    """A copy of the example project, so that a run leaves the checkout as it is."""
    copy = tmp_path / "example_project"
    shutil.copytree(ROOT / "example_project", copy, ignore=shutil.ignore_patterns("var", "__pycache__"))
    return copy


def tells_of_money(told):
    """A part, too much, the bank statement, reminders, and how the company stands then."""
    assert "NW-2026-0011: 5000.00 of 14042.00 EUR, partially paid" in told
    assert "Torréfaction de la Loire SARL has 70.00 EUR left" in told
    assert "Imported 3 entries, 2 with a proposal, 2 confirmed." in told
    assert "5 sent, 0 skipped, 0 failed." in told
    # 14,042.00 − 5,000.00, 46 days late; 1,336.84 less a credit note of 210.72, 62 days late
    assert columns_of(told, "Hotel Alsterblick GmbH", after="ageing")[3:7] == ["0.00", "0.00", "9042.00", "0.00"]
    assert columns_of(told, "Kiezcafé Morgenrot e. K.", after="ageing")[3:7] == ["0.00", "0.00", "0.00", "1126.12"]
    # 19 %: 476.00 − 47.60 + 1,275.00 net, 90.44 − 9.04 + 242.25 tax
    assert columns_of(told, "2026-07-01", after="vat")[-4:] == ["19", "EUR", "1703.40", "323.65"]


def tells_of_the_api(told):
    """An order that comes twice is one invoice; roles and companies keep people apart."""
    said = [re.split(r"\s{2,}", line) for line in told.partition("Programs ask the API")[2].partition("\n\n")[0].splitlines()[1:]]
    # 2 × 640.00 = 1280.00 at 19 %
    made = "NW-2026-0019: 1280.00 + 243.20 = 1523.20 EUR"

    assert [(answer[-2], answer[-1]) for answer in said] == [
        ("201", made),
        ("201", f"{made}, the answer of before"),
        ("403", "Permission denied. Requires SALES_MANAGER role."),
        ("404", "Not found."),
        ("200", "4 found: NW-2026-0018, 8653.08 EUR to pay …"),
    ]


def columns_of(told, text, *, after):
    """The first line with a text in it, below the command that prints a report."""
    _, _, report = told.partition(f"invoicing_report {after}")
    return next(re.split(r"\s{2,}", line) for line in report.splitlines() if text in line)


def run(project, *arguments, folder, **environment):
    variables = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    return subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, project / "manage.py", *arguments],
        cwd=folder,
        env={**variables, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(
    getattr(settings, "INVOICING_INVOICE_MODEL", "invoicing.Invoice") != "invoicing.Invoice", reason="it has settings of its own"
)
def test_the_demo_runs_twice_from_any_folder(project, tmp_path):
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError), reason="the demo renders PDFs")
    out = tmp_path / "pdf"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    runs = [run(project, "demo", "--output", out, folder=elsewhere) for time in range(2)]

    for done in runs:
        assert (done.returncode, done.stderr) == (0, "")
        (row,) = [line for line in done.stdout.splitlines() if line.startswith("NW-2026-0001")]
        assert re.split(r"\s{2,}", row) == [
            "NW-2026-0001",
            "invoice",
            "Kiezcafé Morgenrot e. K.",
            "19 % + 7 %",
            "EUR",
            "2825.50",
            "427.41",
            "3252.91",
            "0.00",
            "paid",
            "invoice-NW-2026-0001.pdf",
        ]
        assert "invoicing_explain NW-2026-0001" in done.stdout
        tells_of_money(done.stdout)
        tells_of_the_api(done.stdout)
    assert len(list((project / "var" / "mail").glob("*.log"))) == 5
    numbered = [path for path in out.glob("*.pdf") if "draft" not in path.name]
    # All that is imported but the draft, and the two of the agency.
    assert {"invoice-st1DEC25.pdf", "invoice-st12DEC25.pdf"} <= {path.name for path in numbered}
    assert len(numbered) == len(EXPECTED) - 1 + 2
    assert all(path.read_bytes().startswith(b"%PDF-") for path in numbered)
    explained = run(project, "invoicing_explain", "NW-2026-0001", folder=elsewhere)
    assert (explained.returncode, "1913.50 × 19 % = 363.57" in explained.stdout) == (0, True)


@pytest.mark.skipif(
    getattr(settings, "INVOICING_INVOICE_MODEL", "invoicing.Invoice") != "invoicing.Invoice", reason="it has settings of its own"
)
def test_without_weasyprint_the_demo_shows_the_rest_and_says_what_to_install(project, tmp_path):
    hidden = tmp_path / "hidden" / "weasyprint"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError('not installed')\n")

    done = run(project, "demo", folder=tmp_path, PYTHONPATH=f"{hidden.parent}{os.pathsep}{ROOT}")

    assert done.returncode == 1
    assert "NW-2026-0018" in done.stdout
    assert "pip install 'django-invoicekit[pdf]'" in done.stderr
