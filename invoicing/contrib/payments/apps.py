"""The app that a host adds to INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Registers the receivers, and what the core asks payments for."""

    name = "invoicing.contrib.payments"
    label = "invoicing_payments"
    verbose_name = _("Payments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect; receivers and recorders read the models, which are not ready before."""
        import_module("invoicing.contrib.payments.receivers").connect()
        import_module("invoicing.contrib.payments.bank.receivers").connect()
        import_module("invoicing.contrib.payments.answers").register()
        add_standard_methods = import_module("invoicing.contrib.payments.standard_methods").add_standard_methods
        post_migrate.connect(add_standard_methods, sender=self, dispatch_uid="invoicing.payments.add_standard_methods")
