"""Whether a host has installed companies and roles: the interfaces above work with and without them."""

from __future__ import annotations

from typing import Any

from django.apps import apps

LABEL = "invoicing_access"


def is_installed() -> bool:
    """Whether contrib.access is one of the host's apps."""
    return apps.is_installed("invoicing.contrib.access")


def membership_model() -> Any:
    """The table of members. Raises LookupError where contrib.access is not installed."""
    return apps.get_model(LABEL, "Membership")


def is_active(user: Any) -> bool:
    """Whether somebody is logged in, and may be."""
    return bool(user is not None and user.is_authenticated and user.is_active)


def is_superuser(user: Any) -> bool:
    """Whether somebody may do everything in every company."""
    return is_active(user) and bool(getattr(user, "is_superuser", False))
