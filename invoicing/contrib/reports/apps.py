"""The app that a host adds to INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Registers the system checks, no more."""

    name = "invoicing.contrib.reports"
    label = "invoicing_reports"
    verbose_name = _("Reports")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the checks, which register themselves."""
        import_module("invoicing.contrib.reports.checks")
