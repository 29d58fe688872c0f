"""System checks of access. Ids live for ever."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.core import checks
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import connections, models
from django.utils.module_loading import import_string

from invoicing import scoping
from invoicing.conf import conf
from invoicing.contrib.access.models import Membership
from invoicing.contrib.access.roles import EVERYTHING, roles
from invoicing.models import Company, get_invoice_model

TAG = "invoicing"


@checks.register(TAG)
def check_resolver(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: INVOICING_COMPANY_RESOLVER leads to nothing that could be called."""
    try:
        path = conf.company_resolver
    except ImproperlyConfigured:
        return []  # invoicing.E001 says it.
    try:
        found = callable(import_string(path))
    except ImportError:
        found = False
    if found:
        return []
    hint = "Name a function that is called with a request and gives its company, or leave the setting out."
    return [checks.Error(f"INVOICING_COMPANY_RESOLVER is {path!r}.", hint=hint, id="invoicing_access.E001")]


@checks.register(TAG)
def check_roles(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E002: a role of INVOICING_ROLES is no list of permissions; W001: it names a permission that there is not."""
    found: list[checks.CheckMessage] = []
    known = set(permissions())
    for name, listed in _changes().items():
        texts = listed if isinstance(listed, list | tuple | set | frozenset) else None
        if texts is None or not all(isinstance(text, str) for text in texts):
            hint = "Write a list of permissions, such as ['invoicing.view_invoice', 'invoicing.add_invoice'], or ['*'] for all."
            found.append(checks.Error(f"INVOICING_ROLES[{name!r}] is {listed!r}.", hint=hint, id="invoicing_access.E002"))
            continue
        for text in sorted(set(texts) - known - {EVERYTHING}):
            hint = "Write the label of an app that is installed, a dot and the codename, such as invoicing.view_party."
            sentence = f"INVOICING_ROLES[{name!r}] names {text!r}, which is no permission."
            found.append(checks.Warning(sentence, hint=hint, id="invoicing_access.W001"))
    return found


@checks.register(TAG)
def check_models(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E003: a table of ours does not say which company its rows belong to, so nobody could be kept from those of others."""
    found = []
    for model in our_models():
        try:
            for path in scoping.company_paths(model):
                _check_path(model, path)
        except ImproperlyConfigured as error:
            hint = "Say it by the attribute COMPANY_PATH of the class."
            found.append(checks.Error(str(error), obj=model, hint=hint, id="invoicing_access.E003"))
    return [*found]


@checks.register(checks.Tags.database)
def check_memberships(*, databases: Collection[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """W002: there are companies and no members; W003: members have a role that there is not."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        if not {Membership._meta.db_table, Company._meta.db_table} <= set(connections[alias].introspection.table_names()):
            continue
        if Company.objects.using(alias).exists() and not Membership.objects.using(alias).exists():
            text = f"There are companies in the database {alias!r}, and nobody is a member of one: only superusers see anything."
            hint = "Make memberships in the admin, or by Membership(user=…, company=…, role='ADMIN').save()."
            found.append(checks.Warning(text, hint=hint, id="invoicing_access.W002"))
        unknown = Membership.objects.using(alias).exclude(role__in=roles()).values_list("role", flat=True).order_by("role").distinct()
        if names := ", ".join(unknown):
            text = f"In the database {alias!r} there are members in a role that there is not, who may do nothing: {names}."
            hint = "Add the role to INVOICING_ROLES, or give the members another one."
            found.append(checks.Warning(text, hint=hint, id="invoicing_access.W003"))
    return found


def our_models() -> Iterator[type[models.Model]]:
    """Every model of the package that is installed, and the host's own document and its items."""
    for config in apps.get_app_configs():
        if config.name == "invoicing" or config.name.startswith("invoicing.contrib."):
            yield from (model for model in config.get_models() if not model._meta.swapped)
    invoice = get_invoice_model()
    yield from (model for model in (invoice, invoice.item_model()) if model._meta.app_label != "invoicing")


def permissions() -> Iterator[str]:
    """Every permission of the apps that are installed."""
    for model in apps.get_models():
        opts = model._meta
        usual = [get_permission_codename(action, opts) for action in opts.default_permissions]
        yield from (f"{opts.app_label}.{codename}" for codename in [*usual, *(codename for codename, _name in opts.permissions)])


def _check_path(model: type[models.Model], path: str) -> None:
    """Raise UnscopedModelError for a path that does not end at a company."""
    reached: Any = model
    for step in path.split("__") if path not in {"", "pk"} else ():
        try:
            reached = reached._meta.get_field(step).related_model
        except (AttributeError, FieldDoesNotExist):
            reached = None
    if path and not (isinstance(reached, type) and issubclass(reached, Company)):
        raise scoping.UnscopedModelError(f"{model._meta.label} says that its company is reached by {path!r}, and it is not.")


def _changes() -> Mapping[str, Any]:
    try:
        return conf.roles
    except ImproperlyConfigured:
        return {}  # invoicing.E001 says it.
