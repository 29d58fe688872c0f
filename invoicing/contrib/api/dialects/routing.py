"""Routing: the addresses of a dialect as data, and the patterns that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.urls import URLPattern, path
from django.utils.module_loading import import_string

from invoicing.contrib.api.dialect import Dialect

VIEWS: Final = "invoicing.contrib.api"


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a dialect: the view that answers, as a module and a class below the API, and what each method does there."""

    address: str
    view: str
    actions: Mapping[str, str]
    name: str
    """What the view calls it, so that it finds the addresses of rows in the dialect, too."""

    app: str = "invoicing"
    """The app without which there is no such address."""


def routed(addresses: Iterable[Address], dialect: Dialect, **options: Any) -> list[URLPattern]:
    """The patterns of those addresses whose app is installed and whose view knows what is asked of it."""
    found = []
    for one in addresses:
        if not apps.is_installed(one.app):
            continue
        view = import_string(f"{VIEWS}.{one.view}")
        if all(hasattr(view, action) for action in one.actions.values()):
            found.append(path(one.address, view.as_view(dict(one.actions), dialect=dialect, **options), name=one.name))
    return found
