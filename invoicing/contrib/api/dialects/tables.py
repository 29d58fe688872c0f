"""Tables: what a dialect calls each thing. They are data; `translating.py` reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn, Protocol

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from invoicing.contrib.api.strict import says_the_same, unknown_field

Row = Mapping[str, Any]
"""A canonical answer, or what is known beside it."""


class Reading(Protocol):
    """A request that is being read."""

    view: Any

    @property
    def is_new(self) -> bool:
        """Whether the request makes something."""

    @property
    def before(self) -> Row:
        """The canonical row that the request is about, as it stands."""

    @property
    def said_before(self) -> Row:
        """The same in the words of the dialect."""


Teller = Callable[[Row, Row], Any]
Reader = Callable[[Reading, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One name of a dialect: what it is called here, and how it is said and read where that is more than another name."""

    name: str
    ours: str
    """The canonical name; of several, the one that errors are about, and the others stand in `others`."""

    others: tuple[str, ...] = ()
    say: Teller | None = None
    read: Reader | None = None
    lines: Table | None = None
    is_said: bool = True
    is_written: bool = False
    is_required: bool = False

    def said(self, row: Row, facts: Row) -> Any:
        """The value of a canonical row."""
        if self.lines is not None:
            return [self.lines.said(line, facts.get(line["id"], facts)) for line in row[self.ours]]
        return self.say(row, facts) if self.say else row[self.ours]

    def given(self, reading: Reading, value: Any) -> Mapping[str, Any]:
        """What a value that was sent means. Raises ValidationError."""
        if not self.is_written:
            return self._left(reading, value)
        if self.lines is not None and isinstance(value, list):
            return {self.ours: self.lines.given_lines(reading, value)}
        return self.read(reading, value) if self.read else {self.ours: value}

    def _left(self, reading: Reading, value: Any) -> Mapping[str, Any]:
        """Let what is only read be sent back as it is."""
        if reading.is_new:
            raise ValidationError([ErrorDetail(_("It cannot be set: leave it out."), "read_only")])
        if not says_the_same(value, reading.said_before.get(self.name)):
            raise ValidationError([ErrorDetail(_("It cannot be set: leave it out, or leave it as it is."), "read_only")])
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One name that a list may be asked by."""

    name: str
    ours: str
    read: Callable[[Any, str], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWord:
    """One word for where a document is: which canonical rows it is said of, and how the database finds those."""

    word: str
    means: str
    """For people."""

    holds: Callable[[Row], bool]
    finds: Callable[[Any, date | None], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A resource in a dialect. The first word that holds is the one that is said."""

    fields: tuple[Field, ...] = ()
    listed: tuple[str, ...] = ()
    """The fields of rows in lists; empty: all."""

    made: tuple[str, ...] = ()
    """The fields of the answer to whoever made a row; empty: all."""

    filters: tuple[Filter, ...] = ()
    words: tuple[StatusWord, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Canonical names in errors that no field has, and which one is meant."""

    facts: Callable[..., Mapping[str, Row]] | None = None
    """What rows do not say of themselves, by their ids: called once with the view and all rows, and with `is_one`."""

    finish: Callable[[Reading, dict[str, Any]], dict[str, Any]] | None = None
    """What is to be done once all is read."""

    one: Mapping[str, Callable[[Row], Any]] = field(default_factory=dict)
    """What is put around one row, by action."""

    many: Callable[[Row, list[Any]], Any] | None = None
    """What is put around rows, which is nothing where it is None."""

    def named(self, name: str) -> Field | None:
        """The field of a name."""
        return next((one for one in self.fields if one.name == name), None)

    def word_of(self, row: Row) -> str:
        """The word for where a document is."""
        return next(word.word for word in self.words if word.holds(row))

    def said(self, row: Row, facts: Row, *, names: Sequence[str] = ()) -> dict[str, Any]:
        """A canonical row in the words of the dialect."""
        return {one.name: one.said(row, facts) for one in self.fields if one.is_said and (not names or one.name in names)}

    def given(self, reading: Reading, data: Row, *, is_whole: bool) -> dict[str, Any]:
        """What was sent, in canonical words. `is_whole`: the required fields have to be there. Raises ValidationError."""
        errors: dict[str, Any] = {}
        values: dict[str, Any] = {}
        known = {one.name: one for one in self.fields}
        for name, value in data.items():
            one = known.get(name)
            try:
                values |= one.given(reading, value) if one else self._refuse(name)
            except ValidationError as error:
                errors[name] = error.detail
        for one in self.fields if is_whole else ():
            if one.is_required and one.name not in data:
                errors[one.name] = [ErrorDetail(_("This field is required."), "required")]
        if errors:
            raise ValidationError(errors)
        return values

    def _refuse(self, name: str) -> NoReturn:
        raise ValidationError([unknown_field(name, {one.name: one for one in self.fields if one.is_written})])

    def given_lines(self, reading: Reading, lines: Sequence[Any]) -> list[Any]:
        """Lines that were sent, in canonical words. Raises ValidationError by their places."""
        errors: dict[int, Any] = {}
        found = []
        for place, line in enumerate(lines):
            try:
                found.append(self.given(reading, line, is_whole=True) if isinstance(line, Mapping) else line)
            except ValidationError as error:
                errors[place] = error.detail
        if errors:
            raise ValidationError(errors)  # type: ignore[arg-type]  # by their places
        return found

    def theirs(self, name: str) -> str:
        """The name in errors: items[1].unit_price becomes lines[1].unit_rate, or what stands for the item."""
        head, _point, rest = name.partition(".")
        plain, bracket, place = head.partition("[")
        whole = f"{plain}.{rest}" if rest else plain
        if whole in self.renamed:
            return self.renamed[whole]
        for one in self.fields:
            if one.lines is not None and one.ours == plain:
                return f"{one.name}{bracket}{place}" + (f".{one.lines.theirs(rest)}" if rest else "")
        for one in self.fields:
            if one.is_written and plain in {one.ours, *one.others}:
                return f"{one.name}{bracket}{place}" + (f".{rest}" if rest else "")
        return next((one.name for one in self.fields if plain in {one.ours, *one.others}), name)
