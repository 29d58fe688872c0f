"""Records: what a file says, key by key read and judged, before anything touches a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.importing.shapes import LISTS, Kind, Shape, closest, shapes
from invoicing.importing.source import Path, Problems
from invoicing.importing.statuses import Course, course_of_acts, course_of_status
from invoicing.importing.values import UnfitValueError, column_value, extra_value

BY_POLICY: Final = "policy"
GIVEN: Final = "given"
NULLABLE: Final = frozenset({"tax_rate"})


@dataclass(slots=True, kw_only=True)
class Record:
    """One record: its columns, what else it says, and whether all of it could be read."""

    path: Path
    columns: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    items: list[Record] = field(default_factory=list)
    is_sound: bool = True
    course: Course = field(default_factory=Course)

    def at(self, *steps: str | int) -> Path:
        """The path of something inside the record."""
        return (*self.path, *steps)

    @property
    def external_id(self) -> str:
        """What tells a second import that it is the same document: its external_id, else its number."""
        return str(self.extras.get("external_id") or self.columns.get("number") or "")

    @property
    def taxed_by_policy(self) -> bool:
        """Whether lines that state no tax leave it to the policy."""
        return bool(self.extras.get("tax") == BY_POLICY)

    def fingerprint(self) -> str:
        """The content as 64 hexadecimal digits; the same however numbers are written and keys are ordered."""
        content = json.dumps(self.content(), sort_keys=True, ensure_ascii=True, default=_plain)
        return hashlib.sha256(content.encode("ascii")).hexdigest()

    def content(self) -> dict[str, Any]:
        """All that the record says."""
        return {**_stated(self.columns), **_stated(self.extras), "items": [item.content() for item in self.items]}


def read_records(problems: Problems) -> dict[str, list[Record]]:
    """Read every list of a file. What is wrong becomes a problem at its place; the record is then not sound."""
    data = problems.source.data
    known = shapes()
    for key in data:
        if key not in LISTS:
            near = closest(key, LISTS)
            hint = _("Did you mean {name}?").format(name=near) if near else _("Known: {keys}.").format(keys=", ".join(LISTS))
            problems.add((key,), _("There is no such list. {hint}").format(hint=hint))
    read: dict[str, list[Record]] = {name: _list(problems, known, name=name) for name in LISTS}
    if not any(read.values()) and not problems.rows:
        problems.add((), _("The file holds no records."))
    return read


def _list(problems: Problems, known: Mapping[str, Shape], *, name: str) -> list[Record]:
    entries = problems.source.data.get(name, [])
    if not isinstance(entries, list):
        problems.add((name,), _("Write a list of objects in square brackets."))
        return []
    if name == "invoices":
        return [_invoice(problems, known, path=(name, index), given=entry) for index, entry in enumerate(entries)]
    return [_record(problems, shape=known[name], path=(name, index), given=entry) for index, entry in enumerate(entries)]


def _record(problems: Problems, *, shape: Shape, path: Path, given: Any) -> Record:
    """Read the keys of one record."""
    record = Record(path=path)
    if not isinstance(given, dict):
        _refuse(problems, record, (), _("Write an object in braces."))
        return record
    row = shape.model()
    for key, value in given.items():
        if key not in shape.keys:
            _refuse(problems, record, (key,), shape.unknown(key))
        elif value is None and shape.extras.get(key) == Kind.TEXT_OR_NULL:
            record.extras[key] = None
        elif value is None and key in NULLABLE:
            record.columns[key] = None
        elif value is not None:
            _read_value(problems, record, shape=shape, key=key, value=value, row=row)
    for key in sorted(shape.required - set(given)):
        _refuse(problems, record, (key,), _("This is missing."))
    return record


def _read_value(problems: Problems, record: Record, *, shape: Shape, key: str, value: Any, row: Any) -> None:
    try:
        if key in shape.columns:
            record.columns[key] = column_value(shape.columns[key], value, row=row)
        else:
            record.extras[key] = extra_value(shape.extras[key], value)
    except UnfitValueError as error:
        _refuse(problems, record, (key,), str(error))


def _invoice(problems: Problems, known: Mapping[str, Shape], *, path: Path, given: Any) -> Record:
    """Read an invoice with its items, and judge what one record alone can tell."""
    record = _record(problems, shape=known["invoices"], path=path, given=given)
    corrects = "corrects" in record.extras
    item_shape = known["credit_lines" if corrects else "items"]
    for index, entry in enumerate(record.extras.pop("items", ())):
        item = _record(problems, shape=item_shape, path=record.at("items", index), given=entry)
        record.items.append(item)
        if not corrects and isinstance(entry, dict):
            _judge_item(problems, item, invoice=record, given=entry)
    _judge_invoice(problems, record)
    record.is_sound = record.is_sound and all(item.is_sound for item in record.items)
    return record


def _judge_item(problems: Problems, item: Record, *, invoice: Record, given: Mapping[str, Any]) -> None:
    if "product" not in given:
        for key in ("title", "unit_price"):
            if given.get(key) is None:
                _refuse(problems, item, (key,), _("This is missing."))
    if not invoice.taxed_by_policy and "tax_rate" not in given and "tax_category" not in given:
        text = _("Say the rate (null, in a table none, for no tax), or leave it to the policy: write “tax”: “policy” on the invoice.")
        _refuse(problems, item, ("tax_rate",), text)


def _judge_invoice(problems: Problems, record: Record) -> None:
    columns, extras = record.columns, record.extras
    if record.is_sound and not record.external_id:
        text = _("Give each invoice an external_id, or its number: it tells a second import what is already here.")
        _refuse(problems, record, ("external_id",), text)
    if extras.get("tax", GIVEN) not in {BY_POLICY, GIVEN}:
        _refuse(problems, record, ("tax",), _("Use policy or given."))
    if "payment_term" in extras and "date_due" in columns:
        _refuse(problems, record, ("payment_term",), _("Give date_due or payment_term, not both."))
    issue, due = columns.get("date_issue"), columns.get("date_due")
    if issue and due and due < issue:
        _refuse(problems, record, ("date_due",), _("It is before date_issue, {day}.").format(day=issue))
    _judge_metadata(problems, record)
    _read_course(problems, record)


def _judge_metadata(problems: Problems, record: Record) -> None:
    metadata = record.columns.get("metadata", {})
    if not isinstance(metadata, dict):
        _refuse(problems, record, ("metadata",), _("Write an object in braces."))
        return
    for key in sorted({"external_id", "import_fingerprint"} & set(metadata)):
        _refuse(problems, record, ("metadata", key), _("This key is kept by the import itself: choose another."))


def _read_course(problems: Problems, record: Record) -> None:
    """Find out what the document goes through."""
    status, acts = record.extras.get("status"), record.extras.get("acts")
    if status is not None and acts is not None:
        _refuse(problems, record, ("acts",), _("Give status or acts, not both."))
    try:
        if status is not None:
            record.course = course_of_status(status)
        elif acts is not None:
            record.course = course_of_acts(acts)
    except UnfitValueError as error:
        _refuse(problems, record, ("acts" if status is None else "status",), str(error))


def _refuse(problems: Problems, record: Record, steps: Path, sentence: str) -> None:
    problems.add(record.at(*steps), sentence)
    record.is_sound = False


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", None) or key in NULLABLE}


def _plain(value: Any) -> str:
    """A number without trailing zeros, a day as ISO has it, and a country as its code."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    return value.isoformat() if isinstance(value, date) else str(value)
