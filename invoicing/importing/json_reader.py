"""JSON with line numbers: Python's own reader forgets where a value stood, and whoever mends a file must know."""

from __future__ import annotations

from bisect import bisect_right
from decimal import Decimal
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.exceptions import ImportRefusedError
from invoicing.importing.source import Path, Place, Problems, Source

BLANK: Final = " \t\n\r"
DEEPEST: Final = 40
LONGEST_INTEGER: Final = 30


def read_json(text: str) -> Problems:
    """Read an object of lists, or a bare list of invoices. Numbers with a fraction are Decimals.

    Raises ImportRefusedError where the text is no JSON; keys that stand twice are among the problems.
    """
    walk = _Walk(text)
    try:
        data = walk.document()
    except JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ImportRefusedError([(place, "", _("This is no JSON: {reason}.").format(reason=error.msg))]) from error
    if isinstance(data, list):
        data = {"invoices": data}
        walk.places = {("invoices", *path): place for path, place in walk.places.items()}
        walk.twice = [("invoices", *path) for path in walk.twice]
    if not isinstance(data, dict):
        text = _("Give an object with a list “invoices”, or a list of invoices.")
        raise ImportRefusedError([("line 1", "", text)])
    problems = Problems(Source(data=data, places=walk.places))
    for path in walk.twice:
        problems.add(path, _("This key stands twice in the same object: keep one."))
    return problems


class _Walk:
    """One pass over the text: scalars are left to Python's decoder, objects and lists are walked to note their lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[Path, Place] = {}
        self.twice: list[Path] = []
        self.line_ends = [index for index, character in enumerate(text) if character == "\n"]
        self.decoder = JSONDecoder(parse_float=Decimal, parse_int=_whole, parse_constant=_no_number)

    def document(self) -> Any:
        value, at = self.value(self.skip(0), ())
        if (at := self.skip(at)) != len(self.text):
            raise JSONDecodeError(_("something follows the end"), self.text, at)
        return value

    def skip(self, at: int) -> int:
        while at < len(self.text) and self.text[at] in BLANK:
            at += 1
        return at

    def value(self, at: int, path: Path) -> tuple[Any, int]:
        self.note(path, at)
        if len(path) > DEEPEST:
            raise JSONDecodeError(_("it is nested deeper than {levels} levels").format(levels=DEEPEST), self.text, at)
        match self.text[at : at + 1]:
            case "{":
                return self.object_at(at, path)
            case "[":
                return self.list_at(at, path)
            case _:
                return self.scalar(at)

    def scalar(self, at: int) -> tuple[Any, int]:
        if at >= len(self.text):
            raise JSONDecodeError(_("it ends too early"), self.text, at)
        return self.decoder.raw_decode(self.text, at)

    def object_at(self, at: int, path: Path) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self.skip(at + 1)
        if self.text[at : at + 1] == "}":
            return found, at + 1
        while True:
            if self.text[at : at + 1] != '"':
                raise JSONDecodeError(_("a key in double quotes is missing"), self.text, at)
            key, at = self.scalar(at)
            if key in found:
                self.twice.append((*path, key))
            at = self.after(":", at)
            found[key], at = self.value(at, (*path, key))
            at, is_last = self.next_or_end("}", at)
            if is_last:
                return found, at

    def list_at(self, at: int, path: Path) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self.skip(at + 1)
        if self.text[at : at + 1] == "]":
            return found, at + 1
        while True:
            value, at = self.value(at, (*path, len(found)))
            found.append(value)
            at, is_last = self.next_or_end("]", at)
            if is_last:
                return found, at

    def after(self, mark: str, at: int) -> int:
        at = self.skip(at)
        if self.text[at : at + 1] != mark:
            raise JSONDecodeError(_("a “{mark}” is missing").format(mark=mark), self.text, at)
        return self.skip(at + 1)

    def next_or_end(self, end: str, at: int) -> tuple[int, bool]:
        at = self.skip(at)
        if self.text[at : at + 1] == end:
            return at + 1, True
        return self.after(",", at), False

    def note(self, path: Path, at: int) -> None:
        self.places[path] = Place(bisect_right(self.line_ends, at - 1) + 1)


def _whole(digits: str) -> int | Decimal:
    # Python refuses to read very long whole numbers; as a Decimal it is refused later, with its place.
    return int(digits) if len(digits) <= LONGEST_INTEGER else Decimal(digits)


def _no_number(name: str) -> Decimal:
    """NaN and Infinity are Python's, not JSON's: kept as what they are, to be refused with their place."""
    return Decimal(name)
