"""Filters: what a list of documents may be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

import django_filters
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, DateFilter, FilterSet, IsoDateTimeFilter

from invoicing.contrib.access.members import groups_of, members_of
from invoicing.contrib.api.related import PersonField, TeamField
from invoicing.contrib.api.searching import YesNoFilter
from invoicing.contrib.api.words import WORDS, PostingStatus, known_word
from invoicing.domain.choices import InvoiceType, Origin, PaymentStatus

ORDERINGS: Final = (
    *("date_issue", "date_due", "date_tax_point", "number", "sequence", "total", "status", "type", "currency"),
    *("customer_name", "supplier_name", "created", "modified", "issued_at"),
)
"""Columns that lists may be ordered by: of the document itself, so that no order tells anything of other rows."""

KINDS: Final[Mapping[str, Q]] = {
    "SALES": Q(origin=Origin.ISSUED),
    "PURCHASE": Q(origin=Origin.RECEIVED),
    **{origin.value: Q(origin=origin) for origin in Origin},
    **{kind.value: Q(type=kind) for kind in InvoiceType},
}
"""What `invoice_type` may say: sales and purchases, or a type of the model."""


class WordFilter(CharFilter):  # type: ignore[misc]  # published without types
    """Words in any case, several separated by commas; a word that is none is refused, with the known ones."""

    def __init__(self, *, words: Mapping[str, Any], **kwargs: Any) -> None:
        self.words = words
        super().__init__(validators=[self._check], help_text=f"One of {', '.join(words)}; several with commas between.", **kwargs)
        self.extra.setdefault("required", False)

    def said(self, value: str) -> list[str]:
        """The words, as the table has them, each once: a request grows with what it asks for, not with how often."""
        return [*dict.fromkeys(word.strip().replace("-", "_").replace(" ", "_").upper() for word in value.split(","))]

    def _check(self, value: str) -> None:
        unknown = [word for word in self.said(value) if word not in self.words]
        if unknown:
            text = _("“%(word)s” is not known: use one of %(known)s.")
            raise ValidationError(text, params={"word": unknown[0], "known": ", ".join(self.words)})


class StatusFilter(WordFilter):
    """The words of `words.py`, in every spelling."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(words=WORDS, **kwargs)

    def said(self, value: str) -> list[str]:
        found = []
        for word in value.split(","):
            try:
                found.append(known_word(word))
            except ValueError:
                found.append(word)
        return [*dict.fromkeys(found)]


class KeyField(forms.CharField):
    """A UUID."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return UUID(text)
        except ValueError:
            raise ValidationError(_("Write a UUID."), code="invalid") from None


class KeyFilter(django_filters.Filter):  # type: ignore[misc]
    """Rows by a UUID."""

    field_class = KeyField


class InvoiceFilter(FilterSet):  # type: ignore[misc]  # published without types
    """The filters of lists of documents."""

    status = StatusFilter(method="by_status")
    payment_status = WordFilter(words=dict.fromkeys(PaymentStatus.values), method="by_payment_status")
    posting_status = WordFilter(words=dict.fromkeys(PostingStatus), method="by_posting_status")
    invoice_type = WordFilter(words=KINDS, method="by_kind")
    type = WordFilter(words=dict.fromkeys(InvoiceType.values), method="by_kind")
    origin = WordFilter(words=dict.fromkeys(Origin.values), method="by_kind")
    name = CharFilter(method="by_name", help_text="Part of the name on the other side, in any case.", max_length=255)
    number = CharFilter(field_name="number", max_length=128)
    party = KeyFilter(field_name="party__uuid")
    currency = CharFilter(field_name="currency", lookup_expr="iexact", max_length=3)
    start_date = DateFilter(field_name="date_issue", lookup_expr="gte", help_text="The first issue date.")
    end_date = DateFilter(field_name="date_issue", lookup_expr="lte", help_text="The last issue date.")
    modified_since = IsoDateTimeFilter(field_name="modified", lookup_expr="gte", help_text="For whoever keeps a copy.")
    overdue = YesNoFilter(method="by_overdue")
    search = CharFilter(method="by_search", max_length=200, help_text="Part of number, title, customer, supplier or reference.")
    assigned_to = CharFilter(method="by_user", max_length=64)
    team = CharFilter(method="by_team", max_length=64)

    class Meta:
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, company: Any = None, **kwargs: Any) -> None:
        self.company = company
        super().__init__(*args, **kwargs)

    @classmethod
    def get_filters(cls) -> Any:
        """The filters; those by who is in charge where there is an app for it."""
        found = super().get_filters()
        if not apps.is_installed("invoicing.contrib.collaboration"):
            found = {name: one for name, one in found.items() if name not in {"assigned_to", "team"}}
        return found

    def by_status(self, rows: Any, name: str, value: str) -> Any:
        """Documents in any of the states."""
        words = self.filters[name].said(value)
        if len(words) == 1:
            return WORDS[words[0]].finds(rows)
        keys = Q(pk__in=[])
        for word in words:
            keys |= Q(pk__in=WORDS[word].finds(rows.model._default_manager.filter(company=self.company)).order_by().values("pk"))
        return rows.filter(keys)

    def by_payment_status(self, rows: Any, name: str, value: str) -> Any:
        """Documents of which so much is paid."""
        return rows.payment_status(*self.filters[name].said(value))

    def by_posting_status(self, rows: Any, name: str, value: str) -> Any:
        """Documents that are in the ledger, or not."""
        return rows if PostingStatus.NOT_POSTED in self.filters[name].said(value) else rows.none()

    def by_kind(self, rows: Any, name: str, value: str) -> Any:
        """Documents of a type, or of one side of the trade."""
        wanted = Q(pk__in=[])
        for word in self.filters[name].said(value):
            wanted |= KINDS[word]
        return rows.filter(wanted)

    def by_name(self, rows: Any, name: str, value: str) -> Any:
        """Documents by the name on the other side."""
        ours, theirs = Q(origin=Origin.ISSUED, customer_name__icontains=value), Q(origin=Origin.RECEIVED, supplier_name__icontains=value)
        return rows.filter(ours | theirs)

    def by_overdue(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001
        """Documents that are overdue where the company is, or that are not."""
        on = self.company.today() if self.company else None
        return rows.overdue(on=on) if value else rows.not_overdue(on=on)

    def by_search(self, rows: Any, name: str, value: str) -> Any:
        """Documents with all the words somewhere in them."""
        columns = ("number", "title", "customer_name", "supplier_name", "order_reference", "reference")
        for word in value.split()[:10]:
            found = Q(pk__in=[])
            for column in columns:
                found |= Q(**{f"{column}__icontains": word})
            rows = rows.filter(found)
        return rows

    def by_user(self, rows: Any, name: str, value: str) -> Any:
        """Documents that a user of the company is in charge of."""
        user = PersonField.found(members_of(self.company), value)
        return rows.filter(assignment__users=user) if user else rows.none()

    def by_team(self, rows: Any, name: str, value: str) -> Any:
        """Documents that a team of the company is in charge of."""
        group = TeamField.found(groups_of(self.company), value)
        return rows.filter(assignment__groups=group) if group else rows.none()
