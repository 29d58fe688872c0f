"""An invoice with one more column."""

from django.db import models

from invoicing.models import AbstractInvoice


class Invoice(AbstractInvoice):
    """The host's own invoice: it knows the project it is for."""

    project = models.CharField(max_length=64, blank=True)

    class Meta(AbstractInvoice.Meta):
        """Concrete again."""
