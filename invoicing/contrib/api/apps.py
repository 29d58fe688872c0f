"""The app that a host adds to INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class APIConfig(AppConfig):
    """Registers the system checks and the receivers; the framework is imported by whoever asks for its views."""

    name = "invoicing.contrib.api"
    label = "invoicing_api"
    verbose_name = _("API")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the checks, which register themselves, and connect the receivers of webhooks, which read the models."""
        import_module("invoicing.contrib.api.checks")
        import_module("invoicing.contrib.api.routes")
        import_module("invoicing.contrib.api.webhooks.checks")
        import_module("invoicing.contrib.api.webhooks.receivers").connect()
