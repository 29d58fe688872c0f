"""The system checks of reports: an app that they read is missing. Ids live for ever."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core import checks

from invoicing.contrib.reports.exports.xlsx import PIP, is_available

TAG = "invoicing"


@checks.register(TAG)
def check_payments(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: what is open, and since when, the app of payments knows."""
    if apps.is_installed("invoicing.contrib.payments"):
        return []
    hint = 'Add "invoicing.contrib.payments" to INSTALLED_APPS, and migrate.'
    return [checks.Error("invoicing.contrib.reports needs invoicing.contrib.payments.", hint=hint, id="invoicing_reports.E001")]


@checks.register(TAG)
def check_spreadsheets(**_kwargs: Any) -> list[checks.CheckMessage]:
    """I001: there are no XLSX files without XlsxWriter."""
    if is_available():
        return []
    return [checks.Info("Reports cannot be exported as XLSX: XlsxWriter is not installed.", hint=PIP, id="invoicing_reports.I001")]
