"""Templates by name, also for a host that has no engine of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.template import TemplateDoesNotExist, loader
from django.template.backends.django import DjangoTemplates


def template_named(name: str) -> Any:
    """The template by the engines of the host; a host that has none still finds those of the installed apps.

    Raises TemplateDoesNotExist, or what is wrong with it.
    """
    try:
        return loader.get_template(name)
    except TemplateDoesNotExist:
        return _own_engine().get_template(name)


@cache
def _own_engine() -> DjangoTemplates:
    return DjangoTemplates({"NAME": "invoicing", "DIRS": [], "APP_DIRS": True, "OPTIONS": {}})
