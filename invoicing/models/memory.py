"""What an instance read from its row, so that a save writes what its holder changed and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any, Self

from django.db import models

from invoicing.models.lifecycle import Lifecycle


class Remembered(Lifecycle):
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
        read = dict(self.__dict__.get("_read", {})) if only is not None else {}
        for field in self._meta.concrete_fields:
            if field.attname in self.__dict__ and (only is None or field.name in only or field.attname in only):
                value = self.__dict__[field.attname]
                read[field.attname] = deepcopy(value) if isinstance(field, models.JSONField) else value
        self.__dict__["_read"] = read

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
