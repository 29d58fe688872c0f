"""The files that the docs show can be imported, and come to what the docs say."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from invoicing.importing import import_file
from invoicing.importing.shapes import CREDIT_LINE_EXTRAS, INVOICE_EXTRAS
from invoicing.importing.statuses import ACTS, COURSES
from invoicing.models import get_invoice_model

DOCS = Path(__file__).parents[2] / "docs"

pytestmark = pytest.mark.django_db


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_tutorial(file, capsys, tmp_path, monkeypatch):
    (content,) = blocks("tutorial/first-invoice.md", "json")
    path = file(content)
    told, explained = blocks("tutorial/first-invoice.md", "text")
    monkeypatch.chdir(tmp_path)

    call_command("invoicing_import", path, "--dry-run")
    assert capsys.readouterr().out == told
    call_command("invoicing_import", path)
    capsys.readouterr()
    call_command("invoicing_explain", "2026/1")
    assert capsys.readouterr().out.startswith(explained)

    if settings.INVOICING_INVOICE_MODEL == "invoicing.Invoice":
        pytest.importorskip("weasyprint", exc_type=(ImportError, OSError), reason="the last step renders a PDF")
        (code,) = blocks("tutorial/first-invoice.md", "py")
        exec(compile(code, "tutorial", "exec"), {})  # noqa: S102 -- our own docs
        assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF-")


def test_the_how_to(file):
    (table,) = blocks("how-to/import-invoices.md", "csv")
    (content,) = blocks("how-to/import-invoices.md", "json")

    import_file(file(content))
    import_file(file(table, "invoices.csv"), company="TEE")

    told = [(invoice.type, invoice.number, str(invoice.total)) for invoice in get_invoice_model().objects.order_by("pk")]
    assert told == [
        ("INVOICE", "2025-0814", "119.00"),
        ("CREDIT_NOTE", "2025-0821", "59.50"),
        # 100.00 + 19.00, and 25.50 + 1.785 → 1.79
        ("INVOICE", "2026/1", "146.29"),
        ("INVOICE", "2026/2", "59.50"),
    ]


def test_the_reference_names_all_that_is_understood():
    page = (DOCS / "reference/import-format.md").read_text(encoding="utf-8")

    for word in (*COURSES, *ACTS, *INVOICE_EXTRAS, *CREDIT_LINE_EXTRAS):
        assert f"`{word}`" in page, word
