"""Columns of a table: their names, and queries that read them as they are."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models


def all_columns(model: Any) -> tuple[str, ...]:
    """The names under which instances keep the columns of a table."""
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def columns_of(model: Any, names: tuple[str, ...]) -> models.QuerySet[Any, dict[str, Any]]:
    """A query of columns, in no order, to be filtered: Django looks a hundred names up once, not for every document."""
    return models.QuerySet(model).order_by().values(*names)
