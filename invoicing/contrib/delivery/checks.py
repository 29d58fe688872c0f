"""System checks of delivery. Ids live for ever."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import global_settings, settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.urls import NoReverseMatch, reverse

from invoicing.conf import conf
from invoicing.contrib.delivery.addresses import BREAKS
from invoicing.contrib.delivery.tasks import HAS_TASKS

TAG = "invoicing"

LEAST = {"delivery_attempts": 1, "delivery_pause": 1, "delivery_patience": 1, "delivery_timeout": 1, "public_link_days": 1}
"""The least that a number may be."""


@checks.register(TAG)
def check_sender(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: INVOICING_EMAIL_FROM is no address."""
    text = _text("email_from")
    if not text or _is_sender(text):
        return []
    hint = "Write rechnung@example.com, or with a name: Teehaus Lindner <rechnung@example.com>."
    return [checks.Error(f"INVOICING_EMAIL_FROM is {text!r}.", hint=hint, id="invoicing_delivery.E001")]


@checks.register(TAG)
def check_base_url(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E002: INVOICING_BASE_URL is no address of a host; W001: it is, and there are no pages that links could lead to."""
    text = _text("base_url")
    if not text:
        return []
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        hint = "Write scheme and host, such as https://billing.example.com."
        return [checks.Error(f"INVOICING_BASE_URL is {text!r}.", hint=hint, id="invoicing_delivery.E002")]
    try:
        reverse("invoicing_delivery:public_invoice", args=["x"])
    except NoReverseMatch:
        hint = 'Add to your URLs: path("documents/", include("invoicing.contrib.delivery.urls")). Until then mail has no links.'
        text = "INVOICING_BASE_URL is set, and the public pages are not in your URLs."
        return [checks.Warning(text, hint=hint, id="invoicing_delivery.W001")]
    return []


@checks.register(TAG)
def check_numbers(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E003: a number of delivery that is too small."""
    found = []
    for name, least in LEAST.items():
        try:
            value = getattr(conf, name)
        except ImproperlyConfigured:
            continue  # invoicing.E001 says it.
        if value < least:
            text = f"INVOICING_{name.upper()} is {value!r}."
            found.append(checks.Error(text, hint=f"Use a number of at least {least}.", id="invoicing_delivery.E003"))
    return [*found]


@checks.register(TAG)
def check_tasks(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E004: a queue is asked for, and there is no interface for tasks, or none of that name."""
    wanted, known = _text("task_backend"), getattr(settings, "TASKS", None)
    if known is getattr(global_settings, "TASKS", None):
        known = None  # Django 6.0 and newer have a default of their own.
    if not HAS_TASKS:
        if known is None and wanted == "default":
            return []
        hint = "pip install 'django-invoicekit[tasks]', or use Django 6.0 or newer. Until then mail is sent at once."
        return [checks.Error("TASKS asks for a queue, and nothing here knows tasks.", hint=hint, id="invoicing_delivery.E004")]
    if wanted and wanted not in (known or {"default": {}}):
        hint = f"Use one of the names in TASKS: {', '.join(known or ['default'])}."
        return [checks.Error(f"INVOICING_TASK_BACKEND is {wanted!r}.", hint=hint, id="invoicing_delivery.E004")]
    return []


def _text(name: str) -> str:
    """The text of a setting; empty where it is none, which invoicing.E001 says."""
    try:
        return str(getattr(conf, name))
    except ImproperlyConfigured:
        return ""


def _is_sender(text: str) -> bool:
    try:
        validate_email(parseaddr(text)[1])
    except ValidationError:
        return False
    return not BREAKS.search(text)
