"""Which countries share the common system of VAT, and how their codes are spelt (Directive 2006/112/EC, Art. 5 to 7).

A code here is an ISO 3166-1 alpha-2 code, with one addition: XI, Northern Ireland, which follows the Union's rules on goods
since 2021 (Windsor Framework) and takes part in them with ids that begin with XI.
"""

from __future__ import annotations

import re
from typing import Final

from invoicing.domain.choices import Supply
from invoicing.exceptions import InvalidDataError

MEMBER_STATES: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES"),
        *("FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
        *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
NORTHERN_IRELAND: Final = "XI"
GREAT_BRITAIN: Final = "GB"

# EL and UK are the Commission's spellings; Monaco is treated as France (Art. 7).
_SPELLINGS: Final = {"EL": "GR", "UK": "GB", "MC": "FR"}
# ISO 3166-1 leaves these to its users: they are placeholders, and a placeholder must not pass for a foreign country.
_PLACEHOLDER: Final = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
_KNOWN_PLACEHOLDERS: Final = frozenset({NORTHERN_IRELAND, "XK"})


def territory(code: str, *, field: str = "country") -> str:
    """Return the code by which this floor knows a country: upper case, EL as GR, MC as FR; blank stays blank.

    Raises InvalidDataError, naming `field`, for anything that cannot be a country.
    """
    known = code.strip().upper()
    known = _SPELLINGS.get(known, known)
    if not known or known in _KNOWN_PLACEHOLDERS:
        return known
    if not re.fullmatch(r"[A-Z]{2}", known) or _PLACEHOLDER.fullmatch(known):
        raise InvalidDataError({field: [f"“{code}” is not the two-letter code of a country (ISO 3166-1: DE; XI for Northern Ireland)."]})
    return known


def is_in_eu(code: str) -> bool:
    """Tell whether a country is a member state; Northern Ireland is not one."""
    try:
        return territory(code) in MEMBER_STATES
    except InvalidDataError:
        return False


def follows_eu_rules(known: str, *, supply: Supply) -> bool:
    """Tell whether a territory is inside the Union for this kind of supply: XI is, for goods only."""
    return known in MEMBER_STATES or (known == NORTHERN_IRELAND and supply == Supply.GOODS)
