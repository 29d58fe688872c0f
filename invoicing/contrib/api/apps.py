"""The app that a host adds to INSTALLED_APPS."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class APIConfig(AppConfig):
    """Nothing to connect yet."""

    name = "invoicing.contrib.api"
    label = "invoicing_api"
    verbose_name = _("API")
    default_auto_field = "django.db.models.BigAutoField"
