"""Rows that are history: they can be read and added, never changed or deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, NoReturn, TypeVar, cast

from django.db import models
from django.utils.text import capfirst

from invoicing.exceptions import AppendOnlyError
from invoicing.models.repair import is_under_repair

Row = TypeVar("Row", bound=models.Model)


class AppendOnlyQuerySet(models.QuerySet[Row]):
    """Rows can be read and added; nothing else."""

    def update(self, **kwargs: Any) -> int:
        """Refused: history stays as it was written, but for links to rows that are deleted."""
        loosened = cast("type[AppendOnly]", self.model).LOOSENED
        if any(value is not None or name not in loosened for name, value in kwargs.items()) or self.keeps_links(kwargs):
            raise AppendOnlyError(what=capfirst(self.model._meta.verbose_name))
        return super().update(**kwargs)

    def keeps_links(self, names: Collection[str]) -> bool:  # noqa: ARG002  # for models that inherit
        """Whether some of these rows point, by one of these links, to what cannot be deleted: then no deletion can ask to empty it."""
        return False

    def delete(self) -> NoReturn:
        """Refused: history stays as it was written."""
        raise AppendOnlyError(what=capfirst(self.model._meta.verbose_name))

    def bulk_create(  # noqa: PLR0917  # Django's signature
        self,
        objs: Iterable[Row],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,  # noqa: FBT001, FBT002
        update_conflicts: bool = False,  # noqa: FBT001, FBT002
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Row]:
        """Add rows. Raises AppendOnlyError when they could replace others."""
        if ignore_conflicts or update_conflicts or update_fields or unique_fields:
            raise AppendOnlyError(what=capfirst(self.model._meta.verbose_name))
        return super().bulk_create(objs, batch_size=batch_size)


class DocumentHistoryQuerySet(AppendOnlyQuerySet[Row]):
    """Rows that tell of a document by their column `invoice`: they belong to one that is issued for as long as there is one."""

    def keeps_links(self, names: Collection[str]) -> bool:
        """Whether the link to a document is asked for, and some of these rows tell of one that is issued, and so is not deleted."""
        if "invoice" not in names:
            return False
        issued = self.filter(invoice__issued_at__isnull=False).values_list("invoice_id", flat=True).distinct()
        return any(not is_under_repair(key, using=self.db) for key in issued)


class AppendOnly(models.Model):
    """A row that is written once."""

    LOOSENED: ClassVar[frozenset[str]] = frozenset()
    """The links that become empty when what they point to is deleted."""

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Add the row. Raises AppendOnlyError for one that exists."""
        if not self._state.adding or (self.pk and type(self)._base_manager.using(kwargs.get("using")).filter(pk=self.pk).exists()):
            raise AppendOnlyError(what=capfirst(self._meta.verbose_name))
        super().save(**kwargs)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:  # noqa: ARG002  # Django's signature
        """Refused: history stays as it was written."""
        raise AppendOnlyError(what=capfirst(self._meta.verbose_name))
