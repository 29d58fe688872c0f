"""Companies as they travel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from invoicing.contrib.api.columns import ColumnsSerializer
from invoicing.contrib.api.invoices.columns import ENTITY
from invoicing.models import Company

BANK = ("name", "street", "zip", "city", "country", "iban", "swift_bic")
ISSUER = ("name", "email", "phone")

COLUMNS = (
    "code",
    *ENTITY,
    *(f"bank_{key}" for key in BANK),
    *(f"issuer_{key}" for key in ISSUER),
    *("language", "currency", "time_zone", "fiscal_year_start", "rounding_policy", "one_stop_shop", "locked_until"),
)


class CompanySerializer(ColumnsSerializer):
    """A company of ours, as it stands on documents. Over HTTP it is only read."""

    id = serializers.UUIDField(source="uuid", read_only=True, allow_null=True, help_text="Null where the settings name the only company.")
    payment_term = serializers.IntegerField(source="payment_term_id", read_only=True, allow_null=True)

    class Meta:
        model = Company
        fields = ("id", *COLUMNS, "payment_term")
        read_only_fields = COLUMNS


class OwnCompanySerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for type checkers only
    """A company that the user works for."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    code = serializers.CharField()
    role = serializers.CharField(allow_blank=True, help_text="What the user is in it; empty where nobody has a role.")
    is_active = serializers.BooleanField(help_text="Whether it is meant where a request names none.")


def company_of_settings(supplier: Mapping[str, Any]) -> Company:
    """The company that INVOICING_SUPPLIER describes, not saved."""
    company = Company(**_known(supplier, keys=ENTITY))
    company.uuid = None  # type: ignore[assignment]  # it has none
    for side, keys in (("bank", BANK), ("issuer", ISSUER)):
        for name, value in _known(supplier.get(side) or {}, keys=keys).items():
            setattr(company, f"{side}_{name}", value)
    return company


def _known(given: Mapping[str, Any], *, keys: tuple[str, ...]) -> dict[str, Any]:
    country = {"country": given["country_code"]} if "country_code" in given else {}
    return {name: value for name, value in {**given, **country}.items() if name in keys}
