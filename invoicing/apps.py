"""The app that a host adds to INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicingConfig(AppConfig):
    """Registers the system checks, no more."""

    name = "invoicing"
    verbose_name = _("Invoicing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the checks, which register themselves; they read the models, which are not ready before."""
        import_module("invoicing.checks")
