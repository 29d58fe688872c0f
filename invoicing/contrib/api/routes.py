"""Routes: every address of a project that a view of REST framework answers at, and the check that none of them shows rows of no company."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string
from django.utils.regex_helper import normalize

from invoicing.models import get_invoice_model

VIEW: Final = "invoicing.contrib.api.views.CompanyViewSet"

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Route:
    """One address with its view: `address` is "/api/invoices/{id}/", `actions` tells what each method does."""

    address: str
    parameters: tuple[str, ...]
    callback: Callable[..., Any]
    view: type[Any]
    actions: Mapping[str, str]
    name: str

    def url(self, values: Mapping[str, str]) -> str:
        """The address with values in the place of its parameters."""
        return re.sub(r"\{(\w+)\}", lambda found: quote(values[found[1]], safe=""), self.address)

    def key(self, method: str) -> str:
        """What a method at an address is called in reports: "POST /api/invoices/{id}/issue/"."""
        return f"{method} {self.address}"


def routes_of(urlconf: Any = None) -> list[Route]:
    """Every address that a view of REST framework answers at; of ROOT_URLCONF unless told of another one."""
    return list(_walked(get_resolver(urlconf), regex="", space=""))


def _walked(resolver: URLResolver, *, regex: str, space: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        whole = regex + _regex_of(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walked(pattern, regex=whole, space=inner)
        elif getattr(pattern.callback, "cls", None) is not None:
            yield from _routes(pattern, regex=whole, space=space)


def _regex_of(pattern: URLPattern | URLResolver) -> str:
    return str(pattern.pattern.regex.pattern).removeprefix("^")


def _routes(pattern: URLPattern, *, regex: str, space: str) -> Iterator[Route]:
    callback: Any = pattern.callback
    actions = getattr(callback, "actions", None) or {name: name for name in callback.cls.http_method_names if hasattr(callback.cls, name)}
    for template, parameters in normalize(regex):
        yield Route(
            address="/" + re.sub(r"%\((\w+)\)s", r"{\1}", template).lstrip("/"),
            parameters=tuple(parameters),
            callback=callback,
            view=callback.cls,
            actions={method: actions[method.lower()] for method in METHODS if method.lower() in actions},
            name=f"{space}{pattern.name or ''}",
        )


# The check


@checks.register("invoicing")
def check_views(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E010: a view shows rows of the library, and is no CompanyViewSet."""
    if not getattr(settings, "ROOT_URLCONF", None) or find_spec("rest_framework") is None or not apps.is_installed("rest_framework"):
        return []
    ground = import_string(VIEW)
    found: dict[type[Any], checks.CheckMessage] = {}
    for route in routes_of():
        model = None if issubclass(route.view, ground) else _model_of(route.view)
        if model is not None and route.view not in found:
            text = (
                f"{route.view.__module__}.{route.view.__qualname__} at {route.address} shows rows of {model._meta.label} of every company."
            )
            hint = f"Make it a subclass of {VIEW} with model = {model.__name__}: its rows are those of the company of the request."
            found[route.view] = checks.Error(text, hint=hint, id="invoicing_api.E010")
    return [*found.values()]


def _model_of(view: type[Any]) -> type[models.Model] | None:
    """The first model of the library that a view shows: by its queryset, or by its serializer and those inside it."""
    shown = [getattr(getattr(view, "queryset", None), "model", None), *_models_in(getattr(view, "serializer_class", None), seen=set())]
    return next((model for model in shown if model is not None and _is_ours(model)), None)


def _models_in(serializer: Any, *, seen: set[type[Any]]) -> Iterator[Any]:
    kind = serializer if isinstance(serializer, type) else type(serializer)
    if serializer is None or kind in seen:
        return
    seen.add(kind)
    yield getattr(getattr(kind, "Meta", None), "model", None)
    for field in getattr(kind, "_declared_fields", {}).values():
        yield from _models_in(getattr(field, "child", field), seen=seen)


def _is_ours(model: type[models.Model]) -> bool:
    invoice = get_invoice_model()
    app = apps.get_app_config(model._meta.app_label).name
    return app == "invoicing" or app.startswith("invoicing.") or model in {invoice, invoice.item_model()}


__all__ = ["Route", "check_views", "routes_of"]
