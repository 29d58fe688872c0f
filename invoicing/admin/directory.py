"""The address book and what goes with it: companies, parties, products, payment terms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from invoicing.actor import acting
from invoicing.admin.refusals import CheckedForm, as_validation_error
from invoicing.admin.scoped import ScopedAdmin
from invoicing.domain.codes.units import normalise_unit
from invoicing.domain.money import minor_units
from invoicing.exceptions import InvalidDataError

Fieldset = tuple[Any, Any]

WHO: Fieldset = (None, {"fields": ("name", "code", "is_business", "company")})
ADDRESS: Fieldset = (_("Address"), {"fields": ("street", ("zip", "city"), ("state", "country"))})
IDS: Fieldset = (_("Registers"), {"fields": ("vat_id", "tax_id", "registration_id")})
CONTACT: Fieldset = (_("Contact"), {"fields": (("email", "phone"),)})
DOCUMENTS: Fieldset = (_("Documents"), {"fields": (("language", "currency"), "payment_term")})
MORE: Fieldset = (_("Additional information"), {"fields": ("additional_info",), "classes": ("collapse",)})


class EntityForm(CheckedForm):
    """A legal entity: its currency exists."""

    def clean_currency(self) -> str:
        """The currency in capital letters, or nothing."""
        currency = str(self.cleaned_data["currency"] or "").strip().upper()
        try:
            if currency:
                minor_units(currency)
        except InvalidDataError as error:
            raise as_validation_error(error) from error
        return currency


class CompanyForm(EntityForm):
    """An own legal entity: whoever moves its lock date says why."""

    lock_reason = forms.CharField(
        label=_("why the lock date moves"), required=False, help_text=_("The history keeps it."), widget=forms.TextInput(attrs={"size": 60})
    )

    def clean(self) -> dict[str, Any] | None:
        """Ask for the reason when the lock date moves."""
        if "locked_until" in self.changed_data and not (self.cleaned_data.get("lock_reason") or "").strip():
            self.add_error("lock_reason", _("Say why the lock date moves."))
        return super().clean()


class CompanyAdmin(ScopedAdmin):
    """Own legal entities."""

    form = CompanyForm
    list_display = ("name", "code", "city", "country", "vat_id")
    list_filter = ("country",)
    search_fields = ("name", "code", "vat_id", "registration_id")
    autocomplete_fields = ("payment_term",)
    fieldsets = (
        (None, {"fields": ("name", "code", "time_zone")}),
        ADDRESS,
        IDS,
        CONTACT,
        (
            _("Bank"),
            {"fields": ("bank_name", "bank_iban", "bank_swift_bic", "bank_street", ("bank_zip", "bank_city"), "bank_country")},
        ),
        (_("Issued by"), {"fields": ("issuer_name", ("issuer_email", "issuer_phone"))}),
        (
            _("Numbers and amounts"),
            {
                "fields": ("number_format", "counter_period", "fiscal_year_start", "rounding_policy", "one_stop_shop"),
                "description": _("What is empty here is as the settings of the project say."),
            },
        ),
        (
            _("Look of documents"),
            {"fields": ("logo", ("accent_color", "document_paper"), "document_footer", "document_template")},
        ),
        (_("Locked books"), {"fields": (("locked_until", "lock_reason"),)}),
        DOCUMENTS,
        MORE,
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        """Save; the lock date moves with its reason."""
        until = obj.locked_until
        if "locked_until" not in form.changed_data:
            super().save_model(request, obj, form, change)
            return
        obj.locked_until = form.initial.get("locked_until")
        with transaction.atomic(using=obj._state.db), acting(request.user):
            super().save_model(request, obj, form, change)
            obj.lock_books(until, reason=form.cleaned_data["lock_reason"])


class PartyAdmin(ScopedAdmin):
    """Customers and suppliers."""

    form = EntityForm
    list_display = ("name", "code", "city", "country", "vat_id", "company")
    list_filter = ("country", "is_business")
    list_select_related = ("company",)
    search_fields = ("name", "code", "vat_id", "email", "city")
    autocomplete_fields = ("company", "payment_term")
    fieldsets = (WHO, ADDRESS, IDS, CONTACT, DOCUMENTS, MORE)


class ProductForm(CheckedForm):
    """A product: its unit is one of the list."""

    def clean_unit(self) -> str:
        """The unit as it is stored."""
        try:
            return normalise_unit(self.cleaned_data["unit"])
        except InvalidDataError as error:
            raise as_validation_error(error) from error


class ProductAdmin(ScopedAdmin):
    """What items may be filled from."""

    form = ProductForm
    list_display = ("name", "sku", "unit_price", "unit", "supply", "tax_class", "company")
    list_filter = ("supply", "tax_class")
    list_select_related = ("company",)
    search_fields = ("name", "sku")
    autocomplete_fields = ("company",)
    fieldsets = (
        (None, {"fields": ("name", "sku", "company", "description")}),
        (_("Price"), {"fields": (("unit_price", "unit"),)}),
        (_("Tax"), {"fields": (("supply", "tax_class"),)}),
    )


class PaymentTermAdmin(ScopedAdmin):
    """Named terms of payment."""

    form = CheckedForm
    list_display = ("name", "days", "months", "end_of_month", "day_of_month")
    search_fields = ("name",)
