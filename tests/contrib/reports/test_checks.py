"""Checks say what reports need, and what to do about it."""

from invoicing.contrib.reports import checks
from invoicing.contrib.reports.apps import ReportsConfig


def test_payments_have_to_be_installed(monkeypatch):
    assert checks.check_payments() == []

    monkeypatch.setattr(checks.apps, "is_installed", lambda _name: False)
    (error,) = checks.check_payments()

    assert error.id == "invoicing_reports.E001"
    assert "invoicing.contrib.payments" in error.hint


def test_the_package_for_workbooks_is_named(monkeypatch):
    assert checks.check_spreadsheets() == []

    monkeypatch.setattr(checks, "is_available", lambda: False)
    (info,) = checks.check_spreadsheets()

    assert (info.id, info.hint) == ("invoicing_reports.I001", "pip install 'django-invoicekit[xlsx]'")


def test_the_app_has_its_label():
    assert ReportsConfig.label == "invoicing_reports"
