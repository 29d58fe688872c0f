"""What units of measure are called on paper: symbols that every language shares, and words that are translated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from invoicing.domain.choices import Unit

NAMES: Mapping[str, str | Promise] = MappingProxyType(
    {
        Unit.EMPTY.value: "",
        Unit.PIECES.value: pgettext_lazy("unit", "pcs"),
        Unit.HOURS.value: "h",
        # Codes of UN/ECE Recommendation 20 and 21; any other shows as its code.
        "H87": pgettext_lazy("unit", "pcs"),
        "EA": pgettext_lazy("unit", "pcs"),
        "SEC": "s",
        "MIN": "min",
        "DAY": pgettext_lazy("unit", "days"),
        "WEE": pgettext_lazy("unit", "weeks"),
        "MON": pgettext_lazy("unit", "months"),
        "ANN": pgettext_lazy("unit", "years"),
        "GRM": "g",
        "KGM": "kg",
        "TNE": "t",
        "MMT": "mm",
        "CMT": "cm",
        "MTR": "m",
        "KMT": "km",
        "MTK": "m²",
        "MTQ": "m³",
        "MLT": "ml",
        "LTR": "l",
        "HLT": "hl",
        "KWH": "kWh",
        "P1": "%",
        "SET": pgettext_lazy("unit", "sets"),
        "PR": pgettext_lazy("unit", "pairs"),
        "LS": pgettext_lazy("unit", "lump sum"),
        "XBX": pgettext_lazy("unit", "boxes"),
        "XPK": pgettext_lazy("unit", "packages"),
        "XPX": pgettext_lazy("unit", "pallets"),
    }
)


def unit_on_paper(unit: str) -> str:
    """The name of a stored unit (PIECES, KGM …) in the active language; blank for EMPTY."""
    return str(NAMES.get(unit, unit))
