"""What an instance read from its row, so that a save writes what its holder changed and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy, deepcopy
from functools import cache
from typing import Any, Self

from django.db import models

from invoicing.models.history import Historical


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[str, str, bool], ...]:
    """Name and attribute of each column, and whether its values can be changed in place."""
    return tuple((field.name, field.attname, isinstance(field, models.JSONField)) for field in model._meta.concrete_fields)


class Remembered(Historical):
    """A document is often held by several at once: an old instance must not write old values back."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Remember what was read."""
        row = super().from_db(db, field_names, values, **options)
        row.remember()
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read again, and remember what was read: all of it, or the fields that were named."""
        super().refresh_from_db(*args, **kwargs)
        fields = kwargs.get("fields") or (args[1] if len(args) > 1 else None)
        self.remember(only=fields)

    def remember(self, *, only: Collection[str] | None = None) -> None:
        """Take the values of now for those of the row."""
        values = self.__dict__
        read = dict(values.get("_read", {})) if only is not None else {}
        for name, attname, may_change_inside in _columns(type(self)):
            if attname in values and (only is None or name in only or attname in only):
                value = values[attname]
                read[attname] = deepcopy(value) if may_change_inside and value else copy(value) if may_change_inside else value
        values["_read"] = read

    def value_read(self, name: str) -> Any:
        """The value of a column as the row had it when it was read or last saved; None for a document that is just being made."""
        return self.__dict__.get("_read", {}).get(name)

    def changed_columns(self) -> list[str]:
        """The columns whose values are not those of the row as it was read."""
        read = self.__dict__.get("_read", {})
        values = self.__dict__
        return [
            field.name
            for field in self._meta.concrete_fields
            if field.attname in read and field.attname in values and values[field.attname] != read[field.attname]
        ]

    def catch_up(self, stored: Mapping[str, Any]) -> None:
        """Take over what others stored in columns that were not changed here since they were read."""
        # A dictionary of its own, so that whoever restores this instance restores the old one.
        read = dict(self.__dict__.get("_read", {}))
        for name, value in stored.items():
            if name in read and self.__dict__.get(name, value) == read[name]:
                setattr(self, name, value)
                read[name] = deepcopy(value)
        self.__dict__["_read"] = read
        self.show_digits()

    def show_totals_of(self, row: Any) -> None:
        """Let this instance show, and remember, what was stored through another one."""
        self.total, self.vat, self.tax_decisions = row.total, row.vat, row.tax_decisions
        self.remember(only=("total", "vat", "tax_decisions"))
