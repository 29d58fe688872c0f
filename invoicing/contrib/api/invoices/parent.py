"""The document that something hangs on, as an address names it."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.permissions import SAFE_METHODS

from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models import get_invoice_model
from invoicing.scoping import of_company


class OfInvoiceViewSet(CompanyViewSet, abstract=True):
    """Rows of one document of the company. The address names it by `id`, and the row, if it does, by `lookup_url_kwarg`."""

    def invoice(self) -> Any:
        """The document. Raises Http404 where the company has none."""
        rows = get_invoice_model()._default_manager.all()
        if self.request.method not in SAFE_METHODS:
            rows = rows.using(self.database)
        key = self.dialect.key(self, str(self.kwargs["id"]))
        return self.prepared([get_object_or_404(of_company(rows, self.company), **key)])[0]
