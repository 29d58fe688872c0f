"""Questions about invoices that collaboration answers: chain them with any other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

from invoicing.contrib.collaboration.models import Assignment

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def assigned_to(queryset: Rows, users: Iterable[Any]) -> Rows:
    """The invoices that one of these users is in charge of; users are rows or their keys."""
    return queryset.filter(pk__in=_assigned(queryset).filter(users__in=_keys(users)))


def assigned_to_teams(queryset: Rows, groups: Iterable[Any]) -> Rows:
    """The invoices that one of these teams is in charge of; groups are rows or their keys."""
    return queryset.filter(pk__in=_assigned(queryset).filter(groups__in=_keys(groups)))


def _assigned(queryset: models.QuerySet[Any]) -> models.QuerySet[Any, Any]:
    return Assignment.objects.using(queryset.db).values("invoice_id")


def _keys(rows: Iterable[Any]) -> list[Any]:
    return [getattr(row, "pk", row) for row in rows]
