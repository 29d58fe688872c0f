"""A VAT id and what its spelling proves: that it is well formed, and which state gave it.

Whether it is in force, only the register knows (Council Regulation (EU) No 904/2010, Art. 17 and 31).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

from invoicing.taxation.territories import MEMBER_STATES, NORTHERN_IRELAND

_SEPARATORS: Final = re.compile(r"[\s.,/\-\u2010-\u2015]+")
_CHARACTERS: Final = re.compile(r"[A-Z0-9+*]{4,20}")
_PREFIXES: Final = {**{state: state for state in MEMBER_STATES}, NORTHERN_IRELAND: NORTHERN_IRELAND, "EL": "GR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VatId:
    """A well-formed VAT id: `number` without separators and with its prefix, `territory` that gave it (GR for EL)."""

    number: str
    territory: str


def compact(text: str) -> str:
    """Return the id in upper case, without spaces, dots, dashes and the like."""
    return _SEPARATORS.sub("", text).upper()


def parse_vat_id(text: str, *, country: str = "", trusted: bool = False) -> VatId | None:
    """Read a VAT id; None when it is not well formed. Never raises, whatever the text.

    `country` (a territory) is where an id without prefix is looked up, and ids of countries outside the Union. A `trusted` id
    was confirmed by the register, which outranks the check digits known here.
    """
    number = compact(text)
    if not _CHARACTERS.fullmatch(number):
        return None
    issuer = _PREFIXES.get(number[:2])
    if issuer and (trusted or _is_well_formed(number)):
        return VatId(number=_greek(number), territory=issuer)
    if country in _PREFIXES.values():
        prefixed = f"{country}{number}"
        return VatId(number=_greek(prefixed), territory=country) if _is_well_formed(prefixed) else None
    return _foreign(number, country=country)


def prefix_territory(text: str) -> str:
    """Return the territory that an id begins with, well formed or not; blank when it names none. For a document without a country."""
    number = compact(text)
    looks_like_an_id = _CHARACTERS.fullmatch(number) and any(character.isdigit() for character in number)
    return _PREFIXES.get(number[:2], "") if looks_like_an_id else ""


def _is_well_formed(number: str) -> bool:
    return eu_vat.is_valid(number)


def _greek(number: str) -> str:
    # VIES and Art. 215 of Directive 2006/112/EC write Greek ids with EL, ISO 3166 says GR.
    return f"EL{number[2:]}" if number.startswith("GR") else number


def _foreign(number: str, *, country: str) -> VatId | None:
    register = get_cc_module(country.lower(), "vat") if country else None
    if register is None:
        return None
    try:
        return VatId(number=register.validate(number), territory=country)
    except ValidationError:
        return None
