"""The items of an invoice, edited on the invoice's own page."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_permission_codename
from django.db import models
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from invoicing import scoping
from invoicing.admin.refusals import CheckedForm
from invoicing.admin.scoped import ScopedTabularInline
from invoicing.admin.typed import AnyInlineFormSet
from invoicing.models import get_invoice_model


def short(amount: Any) -> Any:
    """A decimal without the zeros that only its column needs: 80 instead of 80.000000."""
    return Decimal(f"{amount.normalize():f}") if isinstance(amount, Decimal) else amount


class ItemForm(CheckedForm):
    """A line. One that names only a product takes everything else from it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"title", "unit_price"} & self.fields.keys():
            self.fields[name].required = False
        for name in {"quantity", "unit_price", "discount", "tax_rate"} & self.initial.keys():
            self.initial[name] = short(self.initial[name])

    def clean(self) -> dict[str, Any] | None:
        """Take over from the product what nobody typed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        product = cleaned.get("product")
        if product and self.instance.pk is None:
            typed = {name for name in self.changed_data if cleaned.get(name) not in self.fields[name].empty_values}
            cleaned |= {name: value for name, value in product.snapshot().items() if name in self.fields and name not in typed}
        for name in ("title", "unit_price"):
            if name not in self.errors and cleaned.get(name) in {"", None}:
                self.add_error(name, forms.ValidationError(_("Enter it, or choose a product."), code="required"))
        return cleaned

    def check_instance(self) -> None:
        self.instance.check_line()


class ItemFormSet(AnyInlineFormSet):
    """The lines of one document."""

    def get_queryset(self) -> Any:
        """The items, each knowing the document that is edited: amounts ask for it line by line."""
        items = super().get_queryset()
        for item in items:
            item.invoice = self.instance
        return items

    def written_forms(self) -> Iterator[Any]:
        """The forms of lines that are new or changed, in the order of the page."""
        for form in self.forms:
            if form.has_changed() and not self._should_delete_form(form):  # type: ignore[attr-defined]  # Django's own question
                yield form


class ItemInline(ScopedTabularInline):
    """The items, open as long as the document is. Whoever may change the invoice may change its items."""

    model = get_invoice_model().item_model()
    form = ItemForm
    formset = ItemFormSet
    fields: ClassVar[Any] = (
        "product",
        "title",
        "description",
        "quantity",
        "unit",
        "unit_price",
        "discount",
        "tax_rate",
        "tax_category",
        "weight",
        "net_shown",
    )
    readonly_fields: ClassVar[Any] = ("quantity_shown", "unit_price_shown", "discount_shown", "tax_rate_shown", "net_shown")
    autocomplete_fields: ClassVar[Any] = ("product",)
    formfield_overrides: ClassVar[Any] = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 1, "cols": 24})}}

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(
            css={"all": ["invoicing/admin/invoice.css"]}, js=["admin/js/jquery.init.js", "invoicing/admin/items.js"]
        )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:  # noqa: ARG002 -- Django's signature
        return 0 if obj else 2

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("product")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields to write in, or, where nothing can be written, the same as people read them."""
        if self.has_change_permission(request, obj):
            return self.fields
        shown = {name.removesuffix("_shown"): name for name in self.readonly_fields}
        return tuple(shown.get(name, name) for name in self.fields)

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # The links to add and to change a product would make every line twice as wide.
            field.widget = field.widget.widget
        return field

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj) or self.has_add_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_open(obj) and self._may(request, "change" if obj else "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_open(obj) and self._may(request, "change" if obj else "add", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def _may(self, request: HttpRequest, action: str, invoice: Any) -> bool:
        opts = self.parent_model._meta
        return scoping.may(request.user, f"{opts.app_label}.{get_permission_codename(action, opts)}", invoice)

    def _is_open(self, obj: Any) -> bool:
        return obj is None or not obj.is_issued

    @admin.display(description=_("quantity"))
    def quantity_shown(self, item: Any) -> str:
        """The quantity in short."""
        return number_format(short(item.quantity))

    @admin.display(description=_("unit price"))
    def unit_price_shown(self, item: Any) -> str:
        """The price, as fine as it is."""
        return number_format(short(item.unit_price))

    @admin.display(description=_("discount (%)"))
    def discount_shown(self, item: Any) -> str:
        """The discount in short, if there is one."""
        return number_format(short(item.discount)) if item.discount else ""

    @admin.display(description=_("tax rate (%)"))
    def tax_rate_shown(self, item: Any) -> str:
        """The rate in short, if there is one."""
        return "" if item.tax_rate is None else number_format(short(item.tax_rate))

    @admin.display(description=_("net"))
    def net_shown(self, item: Any) -> str:
        """The net of the line as it is stored."""
        return number_format(item.subtotal) if item.pk else ""
