"""Permissions: what an action of a view needs, asked of the role in the company of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated

from invoicing.contrib.access.installation import is_installed, is_superuser, membership_model
from invoicing.contrib.access.permissions import may
from invoicing.contrib.access.roles import allows, least_role_with
from invoicing.models import Company

if TYPE_CHECKING:
    from rest_framework.request import Request


class RolePermission(BasePermission):
    """Logged in, and allowed by the role in the company of the request to do what the action does."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not IsAuthenticated().has_permission(request, view):
            return False
        # A method that the view does not know is refused as such.
        if view.action not in {None, "metadata"}:
            require(view, view.permission_for(view.action))
        return True


def require(view: Any, permission: str) -> None:
    """Raise PermissionDenied that names the least role that would do, unless the user may."""
    if permission and not may(view.request.user, permission, company=view.company):
        raise PermissionDenied(_("Permission denied. Requires {role} role.").format(role=least_role_with(permission)))


def require_everywhere(view: Any, permission: str) -> None:
    """Raise PermissionDenied unless the user may change what all companies share: he must have the permission in every company."""
    require(view, permission)
    user = view.request.user
    if is_superuser(user) or view.company is None or not is_installed():
        return
    memberships = membership_model().objects.filter(user_id=user.pk).values_list("company_id", "role")
    own = {company for company, role in memberships if allows(role, permission)}
    if Company._default_manager.exclude(pk__in=own).exists():
        raise PermissionDenied(_("All companies share this: it is changed by whoever may do so in every one of them."))
