"""A host whose invoices are its own: everything points at its table, and the library's is not made."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from invoicing.models import AbstractInvoice, Invoice, InvoiceEvent, Item, get_invoice_model
from tests.factories import line, make_invoice

ROOT = Path(__file__).resolve().parent.parent.parent

is_swapped = pytest.mark.skipif(
    settings.INVOICING_INVOICE_MODEL != "swapped.Invoice", reason="runs with the swapped host: --ds=tests.hosts.swapped.settings"
)


@is_swapped
def test_the_model_of_the_host_stands_in_for_ours():
    model = get_invoice_model()

    assert model._meta.label == "swapped.Invoice"
    assert issubclass(model, AbstractInvoice)
    assert Invoice._meta.swapped == "swapped.Invoice"
    assert Item._meta.get_field("invoice").related_model is model
    assert InvoiceEvent._meta.get_field("invoice").related_model is model
    assert model._meta.get_field("related_invoices").related_model is model


@is_swapped
@pytest.mark.django_db
def test_the_table_of_the_library_is_not_made():
    tables = connection.introspection.table_names()

    assert "swapped_invoice" in tables
    assert "invoicing_invoice" not in tables


@is_swapped
@pytest.mark.django_db
def test_the_column_of_the_host_lives_with_the_invoice_and_its_copies():
    invoice = make_invoice([line()], project="Relaunch")
    invoice.issue()

    copy = invoice.create_copy()
    note = invoice.create_credit_note()

    invoice.refresh_from_db()
    assert (invoice.project, copy.project, note.project) == ("Relaunch", "Relaunch", "Relaunch")
    assert (str(invoice.total), invoice.status, note.total) == ("952.00", "CREDITED", Decimal("952.00"))
    assert set(invoice.related_invoices.all()) == {copy, note}


@is_swapped
@pytest.mark.django_db
def test_the_column_of_the_host_is_checked_like_ours():
    with pytest.raises(ValueError, match="project"):
        make_invoice(project="nul \x00")


@pytest.mark.skipif(settings.INVOICING_INVOICE_MODEL == "swapped.Invoice", reason="the whole suite runs so already")
def test_the_library_works_for_a_host_with_its_own_invoice():
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--ds=tests.hosts.swapped.settings",
            "tests/hosts/test_swapped.py",
        ],
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_DATABASE", "DJANGO_SETTINGS"))},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
