"""The app that a host adds to INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from invoicing.scoping import scope_by


class AccessConfig(AppConfig):
    """Registers the system checks, and the scope that the core narrows its admin and its pages by."""

    name = "invoicing.contrib.access"
    label = "invoicing_access"
    verbose_name = _("Access")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import checks and scope, which read the models: they are not ready before."""
        import_module("invoicing.contrib.access.checks")
        scope_by(import_module("invoicing.contrib.access.scope").CompanyScope())
