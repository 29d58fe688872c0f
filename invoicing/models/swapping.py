"""Which model stands in for Invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from invoicing.conf import Conf, conf

if TYPE_CHECKING:
    from invoicing.models.invoice import AbstractInvoice

SWAPPABLE = Conf.invoice_model.name

# Django's autodetector reads the setting of a swappable model by its name and knows no default: a host that has a
# foreign key to Invoice could not make migrations without this.
if not hasattr(settings, SWAPPABLE):
    setattr(settings, SWAPPABLE, Conf.invoice_model.default)


def get_invoice_model() -> type[AbstractInvoice]:
    """The model that INVOICING_INVOICE_MODEL names. Raises ImproperlyConfigured when there is none of that name."""
    try:
        model: type[AbstractInvoice] = apps.get_model(conf.invoice_model, require_ready=False)
    except (ValueError, LookupError) as error:
        raise ImproperlyConfigured(
            f"INVOICING_INVOICE_MODEL is {conf.invoice_model!r}: name an installed model as 'app_label.ModelName'."
        ) from error
    return model
