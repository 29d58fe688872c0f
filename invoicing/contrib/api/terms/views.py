"""The addresses of payment terms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.contrib.api.asking import KnownFilters, KnownOrderings
from invoicing.contrib.api.changing import SharedViewSet
from invoicing.contrib.api.exceptions import InUseError
from invoicing.contrib.api.terms.filters import ORDERINGS, PaymentTermFilter
from invoicing.contrib.api.terms.serializers import PaymentTermSerializer
from invoicing.models import Company, Party, PaymentTerm

LONGEST_KEY = 18
"""Digits of a key that every database can be asked for."""


class PaymentTermViewSet(SharedViewSet):
    """Payment terms, which all companies share."""

    model: ClassVar[Any] = PaymentTerm
    resource = "payment_term"
    serializer_class = PaymentTermSerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters, KnownOrderings]  # type: ignore[misc]  # as the base has it
    filterset_class = PaymentTermFilter
    orderings: ClassVar = ORDERINGS
    usual_ordering: ClassVar = ("days", "months", "name")

    def key(self, text: str) -> dict[str, Any]:
        """A term is known by its number."""
        if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY):
            raise Http404
        return {"pk": int(text)}

    def text_key(self, row: Any) -> str:
        return str(row.pk)

    def destroy(self, request: Request, **_key: str) -> Response:
        """Delete a term that no company and no party has."""
        term = self.find_locked()
        using = self.database
        if any(model._base_manager.using(using).filter(payment_term=term).exists() for model in (Company, Party)):
            raise InUseError(what=_("Companies or parties have it as theirs."))
        term.delete(using=using)
        return Response(status=204)
