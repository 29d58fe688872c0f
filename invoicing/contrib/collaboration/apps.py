"""The app that a host adds to INSTALLED_APPS."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollaborationConfig(AppConfig):
    """Nothing to connect yet."""

    name = "invoicing.contrib.collaboration"
    label = "invoicing_collaboration"
    verbose_name = _("Collaboration")
    default_auto_field = "django.db.models.BigAutoField"
