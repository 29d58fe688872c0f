"""Whether two names mean the same party, though banks write in capitals, without accents, and cut."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from invoicing.contrib.payments.bank.mentions import PARTS, folded

LEGAL_FORMS: Final = frozenset(
    """
    a ab ag and aps as bv bvba co corp cv e eg ek et eu frau gbr ges gesmbh gmbh herr inc kft kg kgaa lda limited llc ltd
    mbh mr mrs nv o oe og ohg oy oü plc r s sa sarl sas sl sp spa spol sprl srl sro ug und z zoo
    """.split()  # noqa: SIM905  # a word a line would be a page
)
SIMILAR: Final = 0.85
SHORTEST: Final = 3


def similar_names(one: str, other: str) -> bool:
    """Whether all words of one are in the other, or both are spelled nearly alike; legal forms do not count."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return False
    if min(len("".join(first)), len("".join(second))) >= SHORTEST and (set(first) <= set(second) or set(second) <= set(first)):
        return True
    return SequenceMatcher(None, " ".join(sorted(first)), " ".join(sorted(second)), autojunk=False).ratio() >= SIMILAR


@lru_cache(maxsize=20_000)
def _words(name: str) -> tuple[str, ...]:
    german = name.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return tuple(word for word in PARTS.findall(folded(german)) if word not in LEGAL_FORMS)
