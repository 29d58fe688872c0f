"""Bodies for the walk: a small one that a serializer could take, and the fields in it that point to rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from drf_spectacular.drainage import reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from invoicing.contrib.api.related import CompanyRowField, PersonField
from invoicing.contrib.api.routes import Route

NOBODY: Final = "00000000-0000-4000-8000-000000000000"
"""A UUID that is of nothing."""

VALUES: Final[tuple[tuple[type[Any], Any], ...]] = (
    (serializers.BooleanField, True),
    (serializers.EmailField, "walk@example.com"),
    (serializers.URLField, "https://example.com/"),
    (serializers.UUIDField, NOBODY),
    (serializers.IntegerField, 1),
    (serializers.DecimalField, "1.00"),
    (serializers.FloatField, 1.5),
    (serializers.DateTimeField, "2026-11-20T12:00:00Z"),
    (serializers.DateField, "2026-11-20"),
    (serializers.DictField, {}),
    (serializers.JSONField, {}),
    (serializers.FileField, None),
    (CompanyRowField, NOBODY),
    (PersonField, NOBODY),
)
"""What a field could take; the first kind that fits counts. Any other takes a text."""

POINTERS: Final = (serializers.RelatedField, serializers.ManyRelatedField, serializers.UUIDField, CompanyRowField, PersonField)
"""Fields that point to rows."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A field that points to a row: the steps that lead to it in a body, and the model of the rows where it is known."""

    steps: tuple[str | int, ...]
    model: type[models.Model] | None

    @property
    def name(self) -> str:
        """As errors name it: items[0].product."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return text.removeprefix(".")

    def put(self, body: Mapping[str, Any], value: Any) -> dict[str, Any]:
        """A body with a value in the field."""
        changed: dict[str, Any] = json.loads(json.dumps(body, default=str))
        place: Any = changed
        for step, following in zip(self.steps, self.steps[1:], strict=False):
            empty: Any = [] if isinstance(following, int) else {}
            place = _entered(place, step, empty=empty)
        _entered(place, self.steps[-1], empty=None)
        place[self.steps[-1]] = value
        return changed


def _entered(place: Any, step: str | int, *, empty: Any) -> Any:
    if isinstance(step, int):
        if len(place) <= step:
            place.append(empty)
    elif not place.get(step):
        place[step] = empty
    return place[step]


@dataclass(slots=True)
class Asked:
    """What a method at an address takes: the serializer of its body, and whether that comes as a form with files."""

    serializer: serializers.Serializer[Any] | None = None
    is_form: bool = False
    table: Any = None
    """The words of a dialect for the fields, where they are others."""

    # A view lives as long as the generator that made it.
    generator: Any = None

    def pointers(self) -> list[Pointer]:
        """The fields that point to rows, as the dialect calls them."""
        found = pointers_in(self.serializer)
        return list(found if self.table is None else _called_by(self.table, found))


def asked_by(route: Route, method: str) -> Asked:
    """What a method at an address takes, as its schema has it."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    try:
        view: Any = generator.create_view(route.callback, method)  # type: ignore[no-untyped-call]
        view.schema.path = view.schema.path_regex = route.address
        view.schema.path_prefix, view.schema.method = "", method
        asked = Asked(is_form=_is_form(view), generator=generator, table=_table_of(view))
        asked.serializer = _made(view.schema.get_request_serializer(), view)
    except Exception:  # noqa: BLE001  # a view of a host may need a request to say what it takes: then its fields are not known
        return Asked()
    finally:
        reset_generator_stats()
    return asked


def _made(found: Any, view: Any) -> serializers.Serializer[Any] | None:
    if isinstance(found, Mapping):
        found = next(iter(found.values()), None)
    if isinstance(found, type) and issubclass(found, serializers.BaseSerializer):
        found = found(context={"view": view, "request": None})
    if isinstance(found, serializers.ListSerializer):
        found = found.child
    return found if isinstance(found, serializers.Serializer) else None


def _is_form(view: Any) -> bool:
    parsers = view.get_parsers()
    takes_json = any("json" in (parser.media_type or "") for parser in parsers)
    return not takes_json and any(isinstance(parser, MultiPartParser) for parser in parsers)


def _table_of(view: Any) -> Any:
    dialect = getattr(view, "dialect", None)
    find: Any = getattr(dialect, "table", None)
    return find(view) if find else None


def _called_by(table: Any, pointers: Iterable[Pointer]) -> Iterator[Pointer]:
    for pointer in pointers:
        for one in table.fields:
            if pointer.steps[0] not in {one.ours, *one.others}:
                continue
            steps: tuple[str | int, ...] = (one.name, *pointer.steps[1:])
            if one.lines is not None and len(steps) == 3:
                names = [inner.name for inner in one.lines.fields if steps[2] in {inner.ours, *inner.others}]
                yield from (Pointer(steps=(*steps[:2], name), model=pointer.model) for name in names)
            else:
                yield Pointer(steps=steps, model=pointer.model)


def sample_of(serializer: serializers.Serializer[Any] | None) -> dict[str, Any]:
    """A body with what a serializer asks for, and no more."""
    if serializer is None:
        return {}
    written = {name: field for name, field in serializer.fields.items() if not field.read_only}
    return {name: _value_for(field) for name, field in written.items() if field.required}


def _value_for(field: Any) -> Any:
    if isinstance(field, serializers.FileField):
        return SimpleUploadedFile("walk.txt", b"walk", "text/plain")
    if isinstance(field, serializers.Serializer):
        return sample_of(field)
    if isinstance(field, serializers.ListSerializer | serializers.ListField | serializers.ManyRelatedField):
        return [_value_for(getattr(field, "child", None) or field.child_relation)]  # type: ignore[union-attr]
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices), "")
    return next((value for kind, value in VALUES if isinstance(field, kind)), "walk")


def pointers_in(serializer: serializers.Serializer[Any] | None, *, steps: tuple[str | int, ...] = ()) -> Iterator[Pointer]:
    """The fields that point to rows, those of what is inside as well."""
    for name, field in serializer.fields.items() if serializer is not None else ():
        if not field.read_only:
            yield from _pointers(field, (*steps, name))


def _pointers(field: Any, steps: tuple[str | int, ...]) -> Iterator[Pointer]:
    if isinstance(field, serializers.Serializer):
        yield from pointers_in(field, steps=steps)
    elif isinstance(field, serializers.ListSerializer | serializers.ListField | serializers.ManyRelatedField):
        child: Any = getattr(field, "child", None) or getattr(field, "child_relation", None)
        yield from _pointers(child, (*steps, 0))
    elif isinstance(field, POINTERS) or _points_by_name(field):
        yield Pointer(steps=steps, model=_model_of(field))


def _points_by_name(field: Any) -> bool:
    """A plain number or text whose name says that it is the key of something."""
    suffixes = ("_id", "_ids") if isinstance(field, serializers.IntegerField) else ("_uuid", "_uuids")
    return isinstance(field, serializers.IntegerField | serializers.CharField) and str(field.field_name).endswith(suffixes)


def _model_of(field: Any) -> type[models.Model] | None:
    if isinstance(field, CompanyRowField):
        return _called(field.model)
    if isinstance(field, PersonField):
        people: Any = field.people(None)
        found: type[models.Model] = people.model
        return found
    rows = getattr(field, "queryset", None)
    return rows.model if rows is not None else None


def _called(model: type[models.Model] | Callable[[], type[models.Model]]) -> type[models.Model]:
    return model if isinstance(model, type) else model()


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
