"""The app that a host adds to INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicingConfig(AppConfig):
    """Registers the system checks and the receivers, no more."""

    name = "invoicing"
    verbose_name = _("Invoicing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import checks and receivers, which register themselves; they read the models, which are not ready before."""
        import_module("invoicing.checks")
        import_module("invoicing.documents.checks")
        import_module("invoicing.receivers")
        import_module("invoicing.protection.checks")
        import_module("invoicing.protection.receivers").connect(self)
