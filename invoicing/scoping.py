"""Whose rows somebody may see: how each table reaches its company, and the hook that an app for companies and roles registers at."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, Protocol

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models import Q


class UnscopedModelError(ImproperlyConfigured):
    """A model does not say which company its rows belong to."""


class Scope(Protocol):
    """What an app for companies registers: it narrows rows to those of a user, and says what he may do with one."""

    def narrow(self, queryset: Any, *, user: Any) -> Any:
        """The rows of a queryset that the user may see."""

    def narrows(self, user: Any) -> bool:
        """Whether there are rows that the user may not see."""

    def allows(self, user: Any, permission: str, row: Any) -> bool:
        """Whether the user may do to the row, or to some row, what a permission is for."""


_scopes: list[Scope] = []


def scope_by(scope: Scope | None) -> None:
    """Register the one scope, in the place of the one before; None: from now on everybody sees everything."""
    _scopes[:] = [] if scope is None else [scope]


def visible(queryset: Any, *, user: Any) -> Any:
    """The rows that a user may see. Without a scope: all."""
    return _scopes[0].narrow(queryset, user=user) if _scopes else queryset


def is_narrowed(user: Any) -> bool:
    """Whether there are rows that a user may not see, whatever permissions he has. Without a scope: no."""
    return bool(_scopes) and _scopes[0].narrows(user)


def may(user: Any, permission: str, row: Any = None) -> bool:
    """Whether a user has a permission, such as "invoicing.change_invoice", for a row; without one: for any row at all."""
    if _scopes:
        return _scopes[0].allows(user, permission, row)
    return bool(user.has_perm(permission))


def company_path(model: type[models.Model]) -> str:
    """How rows of a model reach their company, as a lookup; "pk" for companies themselves, empty for a table that all companies share.

    A model with a field `company` need say nothing; every other one says it by its class attribute COMPANY_PATH, a lookup, or several
    where one may lead to nothing: then this is the first. Raises UnscopedModelError for a model that does not say it.
    """
    return company_paths(model)[0]


def company_paths(model: type[models.Model]) -> tuple[str, ...]:
    """Every way to the company, in the order in which they are tried. Raises UnscopedModelError."""
    declared = getattr(model, "COMPANY_PATH", None)
    if isinstance(declared, str):
        return (declared,)
    if isinstance(declared, tuple) and declared:
        return declared
    try:
        model._meta.get_field("company")
    except FieldDoesNotExist:
        text = (
            f'{model._meta.label} does not say whose its rows are: give it COMPANY_PATH, such as "invoice__company", or "" if all share it.'
        )
        raise UnscopedModelError(text) from None
    return ("company",)


def is_shared(model: type[models.Model]) -> bool:
    """Whether all companies share the table. Raises UnscopedModelError."""
    return company_path(model) == ""


def of_company(queryset: Any, company: Any) -> Any:
    """The rows of exactly one company; None: those of none. A table that is shared stays whole. Raises UnscopedModelError."""
    paths = company_paths(queryset.model)
    if paths == ("",):
        return queryset
    if company is None:
        return queryset.none() if paths == ("pk",) else queryset.filter(**{f"{path}__isnull": True for path in paths})
    return queryset.filter(_reaching(paths, getattr(company, "pk", company), lookup="exact"))


def of_companies(queryset: Any, companies: Any) -> Any:
    """The rows of several companies, given as keys; a table that is shared stays whole. Raises UnscopedModelError."""
    paths = company_paths(queryset.model)
    return queryset if paths == ("",) else queryset.filter(_reaching(paths, companies, lookup="in"))


def company_id_of(row: models.Model) -> Any:
    """The key of the company that a row belongs to; None if it belongs to none. Raises UnscopedModelError."""
    for path in company_paths(type(row)):
        if path == "pk":
            return row.pk
        found = _followed(row, path) if path else None
        if found is not None:
            return found
    return None


def _reaching(paths: tuple[str, ...], value: Any, *, lookup: str) -> Q:
    """The condition that the first path which leads anywhere leads to a company."""
    steps = [
        Q(**{f"{path}__{lookup}": value}, **{f"{earlier}__isnull": True for earlier in paths[:index]}) for index, path in enumerate(paths)
    ]
    return reduce(or_, steps)


def _followed(row: Any, path: str) -> Any:
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step)
        if row is None:
            return None
    return getattr(row, row._meta.get_field(last).attname)
