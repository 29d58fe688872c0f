"""The app that a host adds to INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollaborationConfig(AppConfig):
    """Registers the system checks and the receivers, no more."""

    name = "invoicing.contrib.collaboration"
    label = "invoicing_collaboration"
    verbose_name = _("Collaboration")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the checks, which register themselves, and connect the receivers, which read the models."""
        import_module("invoicing.contrib.collaboration.checks")
        import_module("invoicing.contrib.collaboration.receivers").connect()
