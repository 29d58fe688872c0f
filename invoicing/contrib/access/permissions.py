"""Whether somebody may do something in a company, and which role he would need."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from invoicing.contrib.access import roles
from invoicing.contrib.access.companies import role_in
from invoicing.contrib.access.installation import is_active, is_installed, is_superuser
from invoicing.models import Company


def may(user: Any, permission: str, *, company: Company | None) -> bool:
    """Whether a user has a permission, such as "invoicing.change_invoice", in a company.

    His role in the company decides; Django's own permissions do where there are no companies or contrib.access is not installed.
    A superuser may everything, whoever is not logged in or not active nothing.
    """
    if not is_active(user):
        return False
    if is_superuser(user):
        return True
    if company is None or not is_installed():
        return bool(user.has_perm(permission))
    return roles.allows(role_in(user, company), permission)


def role_needed(permission: str) -> str:
    """The sentence that names the least role with a permission: "Requires ACCOUNTANT role."; empty where no role is of help."""
    role = roles.least_role_with(permission) if is_installed() else ""
    return gettext("Requires {role} role.").format(role=role) if role else ""
