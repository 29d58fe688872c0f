"""How documents are mentioned in what a payer writes: numbers in any spelling, references, variable symbols."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

DASHES: Final = str.maketrans(dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}_", "-"))
PARTS: Final = re.compile(r"[a-z]+|[0-9]+")
DIGITS: Final = re.compile(r"[0-9]+")
DIGIT_ROWS: Final = re.compile(r"[0-9]+(?: [0-9]+)*")
MOST_GROUPS: Final = 16
SYMBOL: Final = re.compile(r"(?<![a-z0-9])(?:vs|variabiln[iy] symbol|var\.? ?symbol)[ :./=-]{0,3}0*([1-9][0-9]{0,9})(?![0-9])")

# How the parts of a number are divided, or not at all.
BETWEEN: Final = r" ?[-/._:]? ?"

# What stands beside a number must not make it a part of a longer one: 2026/1 is not in 2026/12, 14 not in 2026/14 nor in 14.11.
BEFORE_LETTERS: Final = r"(?<![a-z0-9])"
BEFORE_DIGITS: Final = r"(?<![0-9])(?<![0-9][-./:])"
AFTER: Final = r"(?![a-z0-9])(?![-./:][0-9])(?![-/][a-z](?![a-z]))"
BEFORE_SHORT: Final = r"(?<![a-z0-9])(?<![a-z0-9][-./:,])"
AFTER_SHORT: Final = r"(?![a-z0-9])(?![-./:,][a-z0-9])"

SHORTEST_SURE: Final = 4
"""Letters and digits from which a number is hardly met by chance."""


def folded(text: str) -> str:
    """Small letters without accents, one kind of dash, one kind of space."""
    letters = unicodedata.normalize("NFKD", text.casefold()).translate(DASHES)
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return "\n".join(" ".join(line.split()) for line in plain.splitlines())


def compact(text: str) -> str:
    """Letters and digits only."""
    return "".join(PARTS.findall(folded(text)))


def is_sure(number: str) -> bool:
    """Whether a number is long enough not to be met by chance."""
    return len(compact(number)) >= SHORTEST_SURE


def mentions(text: str, number: str) -> bool:
    """Whether a folded text holds a number, in any spelling: RE-2026/14, re 2026 14, RE202614."""
    pattern = _number_pattern(number)
    return bool(pattern and pattern.search(text))


def mentions_digits(text: str, number: str) -> bool:
    """Whether a folded text holds a number without the letters that it begins with: 2026/14 of RE-2026/14."""
    parts = PARTS.findall(folded(number))
    digits = [part for part in parts if part.isdigit()]
    if parts == digits or sum(map(len, digits)) < SHORTEST_SURE:
        return False
    return mentions(text, "-".join(digits))


def mentions_reference(text: str, reference: str) -> bool:
    """Whether a folded text holds a reference of payment, also in groups of four as it is printed."""
    pattern = _reference_pattern(reference)
    return bool(pattern and pattern.search(text))


def variable_symbols(text: str) -> frozenset[str]:
    """The Czech and Slovak variable symbols in a folded text, without zeros in front."""
    return frozenset(SYMBOL.findall(text))


def same_reference(one: str, other: str) -> bool:
    """Whether two references are the same but for spaces, case, and zeros in front of digits."""
    first, second = _reference_key(one), _reference_key(other)
    return bool(first) and first == second


def tails(number: str) -> Iterator[str]:
    """The digits that a text has in one run if it mentions the number: of 2026/0014 those are 0014 and 20260014."""
    runs = DIGITS.findall(folded(number))
    for start in range(len(runs)):
        yield "".join(runs[start:])


def digit_runs(text: str) -> frozenset[str]:
    """The runs of digits in a folded text; neighbours with a space between them also as one run."""
    runs: set[str] = set()
    for row in DIGIT_ROWS.findall(text):
        groups = row.split(" ")[:MOST_GROUPS]
        runs |= {"".join(groups[start:end]) for start in range(len(groups)) for end in range(start + 1, len(groups) + 1)}
    return frozenset(runs)


@lru_cache(maxsize=50_000)
def _number_pattern(number: str) -> re.Pattern[str] | None:
    parts = PARTS.findall(folded(number))
    if not any(part.isdigit() for part in parts):
        return None
    if not is_sure(number):
        return re.compile(BEFORE_SHORT + BETWEEN.join(parts) + AFTER_SHORT)
    return re.compile((BEFORE_DIGITS if parts[0].isdigit() else BEFORE_LETTERS) + BETWEEN.join(parts) + AFTER)


@lru_cache(maxsize=50_000)
def _reference_pattern(reference: str) -> re.Pattern[str] | None:
    signs = compact(reference)
    if len(signs) < SHORTEST_SURE:
        return None
    return re.compile(r"(?<![a-z0-9])" + " ?".join(map(re.escape, signs)) + r"(?![a-z0-9])")


def _reference_key(reference: str) -> str:
    signs = compact(reference)
    return signs.lstrip("0") if signs.isdigit() else signs
