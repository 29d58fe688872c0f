"""Rows of a company as the walk looks at them: all of them, what stands for each in addresses and bodies, and whether one has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from invoicing.conf import conf
from invoicing.contrib.access.members import groups_of, members_of
from invoicing.contrib.api.invoices.shown import item_id
from invoicing.models import Company, get_invoice_model
from invoicing.scoping import UnscopedModelError, company_id_of, company_path, is_shared, of_company

NAMES: Final = ("code", "sku", "number", "slug", "key", "token")
"""Columns that rows are known by, beside their primary key and their UUID."""

Rows = dict[type[models.Model], list[Any]]


def scoped_models() -> list[type[models.Model]]:
    """The models whose rows belong to a company: of the library, and of the host where they say so."""
    return [model for model in apps.get_models() if _is_table(model) and _is_scoped(model)]


def shared_models() -> list[type[models.Model]]:
    """The models of the library whose rows all companies share."""
    return [model for model in apps.get_models() if _is_table(model) and getattr(model, "COMPANY_PATH", None) == ""]


def rows_of(company: Company) -> Rows:
    """All rows of a company, and the people and groups that work for it and for no other company."""
    rows: Rows = {model: list(of_company(model._base_manager.order_by("pk"), company)) for model in scoped_models()}
    for found in (members_of(company), groups_of(company)):
        rows[found.model] = list(found.order_by("pk"))
    return rows


def ids_of(row: models.Model) -> list[str]:
    """What a row may be known by: its UUID, its primary key, its number or code, and the key of a line."""
    found = [getattr(row, "uuid", None), row.pk, *(getattr(row, name, None) for name in NAMES)]
    if isinstance(row, get_invoice_model().item_model()):
        found.append(item_id(row, invoice=row.invoice))
    if isinstance(row, AbstractBaseUser):
        found.append(getattr(row, conf.api_user_field, None))
    return list(dict.fromkeys(str(value) for value in found if value not in {None, ""} and isinstance(value, str | int | UUID)))


def texts_of(row: models.Model) -> dict[str, str]:
    """The texts of a row by their columns."""
    return {name: value for name, value in row.__dict__.items() if isinstance(value, str) and value}


def uuids_of(rows: Rows) -> set[str]:
    """All UUIDs in the rows."""
    return {str(value) for found in rows.values() for row in found for value in row.__dict__.values() if isinstance(value, UUID)}


def fingerprint(company: Company) -> dict[str, Any]:
    """Every value of every row of a company, and what it is related to, by the name of the row."""
    found: dict[str, Any] = {}
    for model in scoped_models():
        names = [field.attname for field in model._meta.concrete_fields]
        rows = of_company(model._base_manager.all(), company)
        for values in rows.values(*names):
            found[f"{model._meta.label} {values[model._meta.pk.attname]}"] = values
        for field in model._meta.many_to_many:
            through: Any = getattr(model, field.name).through
            source = field.m2m_field_name()
            for values in through._base_manager.filter(**{f"{source}__in": rows.values("pk")}).values():
                found[f"{through._meta.label} {values['id']}"] = values
    return found


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The rows that came, went or changed."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def crossings(company: Company) -> Iterator[str]:
    """Rows of a company that point to a row of another one."""
    for model in scoped_models():
        relations = [field for field in model._meta.get_fields() if _leads_to_company(field)]
        for row in of_company(model._base_manager.all(), company) if relations else ():
            for field in relations:
                for other in _others(row, field):
                    whose = company_id_of(other)
                    if whose not in {None, company.pk}:
                        yield f"{model._meta.label} {row.pk} points by {field.name} to {other._meta.label} {other.pk} of another company"


def _others(row: Any, field: Any) -> list[Any]:
    if field.many_to_many:
        return list(getattr(row, field.name).all())
    key = getattr(row, field.attname)
    return [] if key is None else list(field.related_model._base_manager.filter(pk=key))


def _leads_to_company(field: Any) -> bool:
    is_forward = field.is_relation and field.concrete and field.related_model is not None
    return bool(is_forward and field.related_model is not Company and _is_table(field.related_model) and _is_scoped(field.related_model))


def _is_table(model: type[models.Model]) -> bool:
    options = model._meta
    return options.managed and not options.proxy and not options.abstract and not options.auto_created


def _is_scoped(model: type[models.Model]) -> bool:
    if getattr(model, "COMPANY_PATH", None) is None:
        try:
            # A table of the host may have a company of another kind.
            if model._meta.get_field("company").related_model is not Company:
                return False
        except FieldDoesNotExist:
            return False
    try:
        return bool(company_path(model)) and not is_shared(model)
    except UnscopedModelError:
        return False
