"""Which fonts there are: the package's own, so that a document looks the same on every machine, and those that a host adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from invoicing.conf import conf

SANS: Final = "Invoicing Sans"
"""The family of documents: Latin, Greek and Cyrillic letters, numbers and signs."""

FIGURES: Final = "Invoicing Figures"
"""The same letters, with figures of one width, for columns of amounts."""

BILL: Final = "Invoicing Bill"
"""The family of the Swiss QR-bill, whose rules allow four fonts only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Font:
    """One file of a family; `name` stands for it in the URLs of styles."""

    name: str
    family: str
    weight: int
    file: Traversable

    def content(self) -> bytes:
        """The bytes of the file. Raises OSError where it cannot be read."""
        return self.file.read_bytes()


def _own(file: str, *, family: str, weight: int = 400) -> Font:
    name = file.removesuffix(".ttf").lower()
    return Font(name=name, family=family, weight=weight, file=files("invoicing.fonts").joinpath("files", file))


OWN: Final = (
    _own("Inter-Regular.ttf", family=SANS),
    _own("Inter-SemiBold.ttf", family=SANS, weight=600),
    _own("NotoSansArabic-Regular.ttf", family="Invoicing Arabic"),
    _own("NotoSansArmenian-Regular.ttf", family="Invoicing Armenian"),
    _own("NotoSansBengali-Regular.ttf", family="Invoicing Bengali"),
    _own("NotoSansDevanagari-Regular.ttf", family="Invoicing Devanagari"),
    _own("NotoSansGeorgian-Regular.ttf", family="Invoicing Georgian"),
    _own("NotoSansGujarati-Regular.ttf", family="Invoicing Gujarati"),
    _own("NotoSansGurmukhi-Regular.ttf", family="Invoicing Gurmukhi"),
    _own("NotoSansHebrew-Regular.ttf", family="Invoicing Hebrew"),
    _own("NotoSansKannada-Regular.ttf", family="Invoicing Kannada"),
    _own("NotoSansMalayalam-Regular.ttf", family="Invoicing Malayalam"),
    _own("NotoSansSinhala-Regular.ttf", family="Invoicing Sinhala"),
    _own("NotoSansTamil-Regular.ttf", family="Invoicing Tamil"),
    _own("NotoSansTelugu-Regular.ttf", family="Invoicing Telugu"),
    _own("NotoSansThai-Regular.ttf", family="Invoicing Thai"),
    _own("DroidSansFallback.ttf", family="Invoicing Han"),  # Chinese, Japanese and Korean
    _own("NotoSansSymbols2-Regular.ttf", family="Invoicing Symbols"),
    _own("LiberationSans-Regular.ttf", family=BILL),
    _own("LiberationSans-Bold.ttf", family=BILL, weight=700),
)
"""The package's own fonts, under the SIL Open Font License and the Apache License.

Each has a family of its own but for the weights of one design: what draws tells fonts apart by family and weight.
"""


def added_fonts() -> Iterator[Font]:
    """The fonts of INVOICING_FONTS: they have what the own ones lack."""
    for position, path in enumerate(conf.fonts, start=1):
        yield Font(name=f"added-{position}", family=f"Invoicing Added {position}", weight=400, file=Path(path))


def all_fonts() -> dict[str, Font]:
    """Every font by its name."""
    return {font.name: font for font in (*OWN, *added_fonts())}
