"""The app that a host adds to INSTALLED_APPS."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Nothing to connect yet."""

    name = "invoicing.contrib.access"
    label = "invoicing_access"
    verbose_name = _("Access")
    default_auto_field = "django.db.models.BigAutoField"
