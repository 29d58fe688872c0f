"""Names and addresses as they stand on paper."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import django_countries
from django.utils.translation import get_language, to_locale
from django_countries import countries

from invoicing.documents.context import Detail, PartyBlock
from invoicing.models.parties import ADDRESS_KEYS, ENTITY_KEYS

CITY_BEFORE_CODE = frozenset({"AU", "CA", "GB", "HK", "IE", "IN", "NZ", "SG", "US", "ZA"})
"""Countries whose postal code follows city and state (UPU, addressing systems of the member countries)."""


def party_block(invoice: Any, *, prefix: str, home: str) -> PartyBlock:
    """The party that the columns `<prefix>_…` name; its country is named where it is not `home` (a country code)."""
    keys = ENTITY_KEYS if prefix in {"supplier", "customer"} else ADDRESS_KEYS
    column = {key: getattr(invoice, f"{prefix}_{key}") for key in keys}
    country = str(column["country"] or "")
    return PartyBlock(
        name=column["name"],
        address=_address(column, country=country),
        country=country_name(country) if country != home else "",
        registration_id=column.get("registration_id", ""),
        tax_id=column.get("tax_id", ""),
        vat_id=column.get("vat_id", ""),
        email=column.get("email", ""),
        phone=column.get("phone", ""),
        details=_details(column.get("additional_info")),
    )


def country_name(code: str) -> str:
    """The name of a country in the active language, also where the host has not installed django_countries as an app."""
    name = str(countries.name(code)) if code else ""
    return _country_names(get_language() or "en").gettext(name) if name else ""


@cache
def _country_names(language: str) -> NullTranslations:
    return gettext.translation("django", Path(django_countries.__file__).parent / "locale", [to_locale(language)], fallback=True)


def issuer_block(invoice: Any) -> PartyBlock | None:
    """Whoever issued the document for the supplier (BG-6), if anybody is named."""
    name, email, phone = invoice.issuer_name, invoice.issuer_email, invoice.issuer_phone
    return PartyBlock(name=name, address=(), email=email, phone=phone) if name or email or phone else None


def _address(column: Mapping[str, Any], *, country: str) -> tuple[str, ...]:
    state, code, city = column["state"], column["zip"], column["city"]
    if country in CITY_BEFORE_CODE:
        lines = [column["street"], ", ".join(filter(None, (city, " ".join(filter(None, (state, code))))))]
    else:
        lines = [column["street"], " ".join(filter(None, (code, city))), state]
    return tuple(line for line in lines if line)


def _details(info: object) -> tuple[Detail, ...]:
    """What `additional_info` holds, as far as it can be printed: {label: text}, [text, …] or a text."""
    if isinstance(info, Mapping):
        pairs = [(str(label), value) for label, value in info.items()]
    elif isinstance(info, list):
        pairs = [("", value) for value in info]
    else:
        pairs = [("", info)]
    return tuple(
        Detail(label, str(value)) for label, value in pairs if isinstance(value, str | int) and not isinstance(value, bool) and value != ""
    )
