"""Units of measure (BT-130): codes of UN/ECE Recommendation 20, of Recommendation 21 with an X before them, and three names of our own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType

from django.utils.translation import gettext as _

from invoicing.domain.choices import Unit
from invoicing.exceptions import InvalidDataError

EMPTY = Unit.EMPTY.value
PIECES = Unit.PIECES.value
HOURS = Unit.HOURS.value

CODE_OF_NAME = MappingProxyType({EMPTY: "", PIECES: "C62", HOURS: "HUR"})
NAME_OF_CODE = MappingProxyType({code: name for name, code in CODE_OF_NAME.items()})


@cache
def unit_codes() -> frozenset[str]:
    """Every code that EN 16931 allows for a unit (rule BR-CL-23: Rec 20 revision 17 and Rec 21 revision 12)."""
    return frozenset(files(__package__).joinpath("units.txt").read_text(encoding="ascii").split())


def is_unit_code(code: str) -> bool:
    """Whether the list has this code, written as the list writes it (upper case)."""
    return code in unit_codes()


def normalise_unit(value: str) -> str:
    """The stored form of a unit that somebody wrote as a name or a code, in any case: EMPTY, PIECES, HOURS or an upper-case code.

    C62 and HUR have names and are stored by them; nothing at all is EMPTY. Raises InvalidDataError on `unit`.
    """
    word = value.strip().upper()
    if word in CODE_OF_NAME:
        return word
    if word in NAME_OF_CODE:
        return NAME_OF_CODE[word]
    if is_unit_code(word):
        return word
    raise InvalidDataError({"unit": [_refusal(value)]})


def unit_code(unit: str) -> str:
    """What a stored unit is called in an e-invoice: "" for EMPTY, C62 for PIECES, HUR for HOURS, else the code itself."""
    return CODE_OF_NAME[unit] if unit in CODE_OF_NAME else _listed(unit)


def unit_name(code: str) -> str:
    """What a code of an e-invoice is stored as: the inverse of `unit_code`."""
    return NAME_OF_CODE[code] if code in NAME_OF_CODE else _listed(code)


def _listed(code: str) -> str:
    if not is_unit_code(code):
        raise InvalidDataError({"unit": [_refusal(code)]})
    return code


def _refusal(value: str) -> str:
    text = _("“%(value)s” is not a unit: use %(names)s or a code of UN/ECE Recommendation 20 such as KGM (kilogram), MTR (metre) or DAY.")
    return text % {"value": value[:20], "names": ", ".join(CODE_OF_NAME)}
