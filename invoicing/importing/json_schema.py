"""The format as a JSON Schema (draft 2020-12), made from what the import understands, so that the two cannot drift."""

from __future__ import annotations

from typing import Any, Final

from django.db import models

from invoicing.importing.records import BY_POLICY, GIVEN, NULLABLE
from invoicing.importing.shapes import LISTS, Kind, Shape, shapes
from invoicing.importing.statuses import ACTS, COURSES

NUMBER: Final[dict[str, Any]] = {"type": ["string", "number"], "pattern": r"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*$"}
TEXT: Final[dict[str, Any]] = {"type": "string"}

EXTRAS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.TEXT: TEXT,
    Kind.TEXT_OR_NULL: {"type": ["string", "null"]},
    Kind.TEXTS: {"type": "array", "items": TEXT},
    Kind.TEXT_OR_NUMBER: {"type": ["string", "integer"]},
    Kind.WHOLE_NUMBER: {"type": "integer", "minimum": 1},
    Kind.AMOUNT: NUMBER,
    Kind.RECORDS: {"type": "array"},
}


def json_schema() -> dict[str, Any]:
    """The schema of a JSON file: an object of lists, or a bare list of invoices."""
    known = shapes()
    definitions = {name: _record(shape) for name, shape in known.items()}
    invoice = definitions["invoices"]
    invoice["properties"]["tax"] = {"enum": [BY_POLICY, GIVEN]}
    invoice["properties"]["status"] = {"type": "string", "description": f"In any case: {', '.join(COURSES)}."}
    invoice["properties"]["acts"] = {"type": "array", "items": {"enum": list(ACTS)}}
    invoice["properties"]["items"] = {
        "type": "array",
        "items": {"anyOf": [{"$ref": "#/$defs/items"}, {"$ref": "#/$defs/credit_lines"}]},
        "description": "Items; in a document that corrects another: what is taken back of each of its lines.",
    }
    invoice["anyOf"] = [{"required": ["external_id"]}, {"required": ["number"]}]
    lists = {name: {"type": "array", "items": {"$ref": f"#/$defs/{name}"}} for name in LISTS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Invoices to import",
        "anyOf": [{"type": "object", "properties": lists, "additionalProperties": False}, lists["invoices"]],
        "$defs": definitions,
    }


def _record(shape: Shape) -> dict[str, Any]:
    properties = {name: _column(column) for name, column in shape.columns.items()}
    properties |= {name: EXTRAS[kind] for name, kind in shape.extras.items()}
    for name in NULLABLE & set(properties):
        properties[name] = {**properties[name], "type": [*properties[name]["type"], "null"]}
    return {
        "type": "object",
        "properties": dict(sorted(properties.items())),
        "required": sorted(shape.required),
        "additionalProperties": False,
    }


def _column(column: models.Field[Any, Any]) -> dict[str, Any]:
    """One column. Choices are taken in any case, which a schema cannot say: it names them."""
    match column:
        case models.JSONField():
            return {}
        case models.DecimalField():
            return NUMBER
        case models.DateField():
            return {"type": "string", "format": "date"}
        case models.BooleanField():
            return {"type": "boolean"}
        case models.IntegerField():
            return {"type": "integer"}
    described: dict[str, Any] = dict(TEXT)
    if column.max_length:
        described["maxLength"] = column.max_length
    words = [str(value) for value, label in column.flatchoices if value]
    if 0 < len(words) < 20:
        described["description"] = f"One of {', '.join(words)}."
    return described
