"""Reports as they travel: rows by the names of their columns, money as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from invoicing.contrib.reports.exports.cells import plain
from invoicing.contrib.reports.tables import Column, Kind, Report, Sums


class ColumnSerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for type checkers only
    """What a column holds: `name` for programs, `title` for people."""

    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField([(kind.value, kind.value) for kind in Kind])


class ReportSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A report that there is."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    asks = serializers.ListField(child=serializers.CharField(), help_text="What its query may say.")
    url = serializers.URLField()


class RowsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A page of the rows of a report."""

    name = serializers.CharField()
    title = serializers.CharField()
    columns = ColumnSerializer(many=True)
    asked = serializers.DictField(help_text="The days and the choices that it was made for.")
    count = serializers.IntegerField(required=False, help_text="All rows; left out for lists, of which there may be many.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = serializers.ListField(child=serializers.DictField(), help_text="Rows by the names of the columns; money is text.")
    sums = serializers.ListField(child=serializers.DictField(), help_text="What all rows come to, by currency.")


def described(columns: Iterable[Column]) -> list[dict[str, str]]:
    """The columns of a report."""
    return [{"name": column.name, "title": str(column.title), "kind": str(column.kind)} for column in columns]


def said(columns: Iterable[Column], row: Any) -> dict[str, Any]:
    """A row of a report by the names of its columns."""
    return {column.name: cell(column.value(row)) for column in columns}


def cell(value: Any) -> Any:
    """A value as JSON has it: whole numbers as numbers, all other figures and days as text."""
    return value if value is None or isinstance(value, int) else plain(value)


def added_up(report: Report, columns: Iterable[Column], rows: Iterable[Any]) -> list[dict[str, Any]]:
    """What rows come to: an object for each currency, and for what else is kept apart."""
    sums = Sums(report, list(columns))
    if not sums.columns:
        return []
    for row in rows:
        sums.add(row)
    return [
        {**dict(zip(sums.apart, map(cell, key), strict=True)), **{name: cell(amount) for name, amount in amounts.items()}}
        for key, amounts in sorted(sums.rows.items())
    ]
