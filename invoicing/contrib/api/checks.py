"""System checks of the API. Ids live for ever; nothing here needs the packages that it looks for."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

from django.apps import apps
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from invoicing.conf import conf
from invoicing.contrib.api.rates import KINDS, parsed_rate

TAG: Final = "invoicing"

PACKAGES: Final = ("rest_framework", "drf_spectacular", "django_filters")

LEAST: Final = {"api_max_bytes": 1024, "idempotency_days": 1}
"""The least that a number may be."""


@checks.register(TAG)
def check_packages(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: a package that the API needs is not there, or not in INSTALLED_APPS."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        text = f"The API needs {', '.join(missing)}, which cannot be imported."
        return [checks.Error(text, hint="pip install 'django-invoicekit[api]'", id="invoicing_api.E001")]
    absent = [name for name in PACKAGES if not apps.is_installed(name)]
    if absent:
        hint = f"Add to INSTALLED_APPS: {', '.join(map(repr, absent))}."
        return [checks.Error("The API needs apps that are not in INSTALLED_APPS.", hint=hint, id="invoicing_api.E001")]
    return []


@checks.register(TAG)
def check_throttle_rates(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E002: a rate that cannot be read, or is of a kind that nothing counts."""
    found = []
    for kind, rate in _setting("api_throttle_rates", default={}).items():
        if kind not in KINDS:
            text = f"INVOICING_API_THROTTLE_RATES has a rate for {kind!r}."
            found.append(checks.Error(text, hint=f"Use {', '.join(KINDS)}.", id="invoicing_api.E002"))
        elif rate is not None and not _is_rate(rate):
            text = f"INVOICING_API_THROTTLE_RATES has {rate!r} for {kind}."
            hint = "Write a number from 1 on and s, min, hour or day, such as '600/min'; None is no limit."
            found.append(checks.Error(text, hint=hint, id="invoicing_api.E002"))
    return [*found]


@checks.register(TAG)
def check_page_sizes(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E003: a page of the API would be empty, or larger than the largest one."""
    size, largest = _setting("api_page_size", default=1), _setting("api_max_page_size", default=None)
    found = [
        checks.Error(f"INVOICING_{name} is {value!r}.", hint="Use a number of at least 1.", id="invoicing_api.E003")
        for name, value in (("API_PAGE_SIZE", size), ("API_MAX_PAGE_SIZE", largest))
        if value is not None and value < 1
    ]
    if not found and largest is not None and size > largest:
        text = f"INVOICING_API_PAGE_SIZE is {size!r}, and INVOICING_API_MAX_PAGE_SIZE is {largest!r}."
        found.append(checks.Error(text, hint="Let the largest page be at least as large as the usual one.", id="invoicing_api.E003"))
    return [*found]


@checks.register(TAG)
def check_numbers(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E004: a number of the API that is too small."""
    return [
        checks.Error(f"INVOICING_{name.upper()} is {value!r}.", hint=f"Use a number of at least {least}.", id="invoicing_api.E004")
        for name, least in LEAST.items()
        if (value := _setting(name, default=least)) < least
    ]


def _setting(name: str, *, default: Any) -> Any:
    """A setting; the default where it has the wrong type, which invoicing.E001 says."""
    try:
        return getattr(conf, name)
    except ImproperlyConfigured:
        return default


def _is_rate(rate: object) -> bool:
    try:
        parsed_rate(rate)
    except ValueError:
        return False
    return True
