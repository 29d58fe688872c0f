"""The scope that the core narrows its admin and its pages by: a user sees the rows of the companies that he works for.

- A superuser sees and may everything.
- Everybody else sees the rows of his companies, and the tables that all companies share.
- Rows that belong to no company are seen by superusers only; unless there is no company at all: then whoever has the permission sees them.
- What all companies share is changed by whoever has the permission in every company, as over HTTP, or by Django's permissions.
- In the admin somebody may do to a row what Django's permissions allow him or what his role in the row's company does; about members of
  a company only the role decides, so that nobody raises himself.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from invoicing import scoping
from invoicing.contrib.access import roles
from invoicing.contrib.access.installation import LABEL, is_active, is_superuser
from invoicing.contrib.access.members import groups_with
from invoicing.contrib.access.models import Membership
from invoicing.models import Company

ROLES = "_invoicing_role_cache"


class CompanyScope:
    """Rows by membership, permissions by role."""

    def narrow(self, queryset: Any, *, user: Any) -> Any:
        """The rows that a user may see, users and groups included. Raises UnscopedModelError for a model that says no company."""
        model = queryset.model
        if is_superuser(user):
            return queryset
        if model is get_user_model() or model is Group:
            return self._colleagues(queryset, user)
        if scoping.is_shared(model):
            return queryset
        keys = [*_roles_of(user)]
        return queryset if not keys and not _has_companies() else scoping.of_companies(queryset, keys)

    def narrows(self, user: Any) -> bool:
        """Whether there are rows of others: not for a superuser, nor where there is no company."""
        return not is_superuser(user) and _has_companies()

    def allows(self, user: Any, permission: str, row: Any) -> bool:
        """Whether Django's permissions or the role in the row's company allow it; without a row: in any company."""
        if not is_active(user):
            return False
        if is_superuser(user):
            return True
        held = _roles_of(user)
        if not held and not _has_companies():
            return bool(user.has_perm(permission))
        is_shared = row is not None and scoping.is_shared(type(row))
        if row is not None and not is_shared:
            company = scoping.company_id_of(row)
            if company not in held:
                return False
            held = {company: held[company]}
        if not held:
            return False
        by_role = any(roles.allows(role, permission) for role in held.values())
        if is_shared and not _reads(permission):
            by_role = by_role and _everywhere(held, permission)
        return by_role or (not permission.startswith(f"{LABEL}.") and user.has_perm(permission))

    def _colleagues(self, queryset: Any, user: Any) -> Any:
        """The users who work for a company of the user's, or the groups that one of them is in."""
        keys = [*_roles_of(user)]
        if not keys and not _has_companies():
            return queryset
        users = get_user_model()._default_manager.filter(pk__in=Membership.objects.filter(company__in=keys).values("user_id"))
        return queryset.filter(pk__in=groups_with(users) if queryset.model is Group else users.values("pk"))


def _roles_of(user: Any) -> dict[Any, str]:
    """The role of a user in each of his companies; kept on the instance, as Django keeps permissions: one is read anew a request."""
    if not is_active(user):
        return {}
    held: dict[Any, str] | None = getattr(user, ROLES, None)
    if held is None:
        held = dict(Membership.objects.filter(user_id=user.pk).values_list("company_id", "role"))
        setattr(user, ROLES, held)
    return held


def _reads(permission: str) -> bool:
    return permission.partition(".")[2].startswith("view_")


def _everywhere(held: dict[Any, str], permission: str) -> bool:
    """Whether somebody has a permission in every company that there is."""
    able = [company for company, role in held.items() if roles.allows(role, permission)]
    return not Company.objects.exclude(pk__in=able).exists()


def _has_companies() -> bool:
    return Company.objects.exists()
