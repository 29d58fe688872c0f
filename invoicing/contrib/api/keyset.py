"""Keysets: the next page begins after the last row of this one, so that rows which come and go move nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.core.signing import BadSignature, dumps, loads
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import OrderBy

SALT: Final = "invoicing.contrib.api.cursor"

LONGEST_CURSOR: Final = 4096
"""Characters; an honest one has a few hundred."""


class BadCursorError(ValueError):
    """A text that is no cursor of ours, or one of another order."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an order. Where nothing stands in it, the row counts as smaller than all others, in every database."""

    name: str
    field: Field[Any, Any]
    is_descending: bool
    is_nullable: bool

    def order(self, *, is_backward: bool) -> OrderBy:
        """The column in ORDER BY."""
        expression = F(self.name)
        if self.is_descending != is_backward:
            return expression.desc(nulls_last=True) if self.is_nullable else expression.desc()
        return expression.asc(nulls_first=True) if self.is_nullable else expression.asc()

    def same(self, value: Any) -> Q:
        """Rows that have the value."""
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any, *, is_backward: bool) -> Q | None:
        """Rows that come after the value; None where none can."""
        if self.is_descending == is_backward:
            return Q(**{f"{self.name}__isnull": False}) if value is None else Q(**{f"{self.name}__gt": value})
        if value is None:
            return None
        smaller = Q(**{f"{self.name}__lt": value})
        return smaller | Q(**{f"{self.name}__isnull": True}) if self.is_nullable else smaller

    def from_on(self, value: Any, *, is_backward: bool) -> Q:
        """Rows that have the value or come after it, as an index can find them; all of them where none could."""
        if self.is_nullable or value is None:
            return Q()
        return Q(**{f"{self.name}__{'gte' if self.is_descending == is_backward else 'lte'}": value})

    def value_of(self, row: Any) -> Any:
        """What a row has in the column."""
        value = row
        for part in self.name.split(LOOKUP_SEP):
            try:
                value = getattr(value, part, None)
            except ObjectDoesNotExist:
                return None
        return value


@dataclass(frozen=True, slots=True)
class Position:
    """A row that a page begins after, or, going backward, ends before."""

    values: Sequence[Any]
    is_backward: bool


class Keyset:
    """A total order of rows, and the way from a row to the rows after it."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.queryset = queryset
        self.columns = list(_columns(queryset))

    @property
    def names(self) -> list[str]:
        """The order as one writes it: -date_issue, pk."""
        return [f"-{column.name}" if column.is_descending else column.name for column in self.columns]

    def ordered(self, *, is_backward: bool = False) -> QuerySet[Any, Any]:
        """All rows in order."""
        return self.queryset.order_by(*(column.order(is_backward=is_backward) for column in self.columns))

    def from_position(self, position: Position) -> QuerySet[Any, Any]:
        """The rows beyond a position, the nearest first."""
        wanted = Q(pk__in=[])
        same = Q()
        for column, value in zip(self.columns, position.values, strict=True):
            beyond = column.beyond(value, is_backward=position.is_backward)
            if beyond is not None:
                wanted |= same & beyond
            same &= column.same(value)
        nearest = self.columns[0].from_on(position.values[0], is_backward=position.is_backward)
        return self.ordered(is_backward=position.is_backward).filter(nearest, wanted)

    def cursor(self, row: Any, *, is_backward: bool) -> str:
        """The text that leads to the rows beyond a row."""
        values = [_written(column.value_of(row)) for column in self.columns]
        return dumps({"order": self.names, "values": values, "back": is_backward}, salt=SALT)

    def position(self, cursor: str) -> Position:
        """The position that a cursor names. Raises BadCursorError."""
        if len(cursor) > LONGEST_CURSOR:
            raise BadCursorError("too long")
        try:
            told = loads(cursor, salt=SALT)
        except (BadSignature, UnicodeError) as error:
            raise BadCursorError("not signed by us") from error
        if told["order"] != self.names:
            raise BadCursorError("of another order")
        try:
            values = [column.field.to_python(value) for column, value in zip(self.columns, told["values"], strict=True)]
        except (ValidationError, ValueError) as error:
            raise BadCursorError("of columns that have changed") from error
        return Position(values=values, is_backward=told["back"])


def total_order(queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The rows in their order, those that stand alike in it by their primary key."""
    return Keyset(queryset).ordered()


def _columns(queryset: QuerySet[Any, Any]) -> Iterator[Column]:
    """The columns of the order of a queryset, the primary key last."""
    model = queryset.model
    seen = set()
    query = queryset.query
    asked = query.order_by or (model._meta.ordering if query.default_ordering else ())
    for text in [*asked, "pk"]:
        if not isinstance(text, str):
            raise TypeError(f"Rows of {model.__name__} are ordered by {text!r}: a page can follow names of columns only.")
        name = text.removeprefix("-")
        key = model._meta.pk.name if name == "pk" else name
        if key in seen:
            continue
        seen.add(key)
        field, is_nullable = _field_of(queryset, name)
        yield Column(name=name, field=field, is_descending=text.startswith("-"), is_nullable=is_nullable)
        if key == model._meta.pk.name:
            # What comes after a unique column decides nothing.
            return


def _field_of(queryset: QuerySet[Any, Any], name: str) -> tuple[Field[Any, Any], bool]:
    """The field behind a name, and whether nothing may stand there."""
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field, True
    model: type[Model] = queryset.model
    is_nullable = False
    field: Any = None
    for part in name.split(LOOKUP_SEP):
        field = model._meta.pk if part == "pk" else _named(model, part)
        is_nullable = is_nullable or field.null
        if field.is_relation:
            model = field.related_model
    while field.is_relation:
        # The column of a relation holds the key of the other side.
        field = field.target_field
    return field, is_nullable


def _named(model: type[Model], part: str) -> Any:
    try:
        return model._meta.get_field(part)
    except FieldDoesNotExist:
        # party_id is the column of party.
        return next(field for field in model._meta.concrete_fields if field.attname == part)


def _written(value: Any) -> Any:
    """A value as JSON can hold it and its field can read it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Model):
        return _written(value.pk)
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
