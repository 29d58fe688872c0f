"""The users and the groups of a company: whom work in it can be given to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from invoicing.contrib.access.installation import is_installed, membership_model

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from invoicing.models import Company


def members_of(company: Company | None) -> QuerySet[Any]:
    """The active users who work for a company; all active users where contrib.access is not installed, or there is no company."""
    users = get_user_model()._default_manager.filter(is_active=True)
    if company is None or not is_installed():
        return users
    return users.filter(pk__in=membership_model().objects.filter(company_id=company.pk).values("user_id"))


def groups_of(company: Company | None) -> QuerySet[Group]:
    """The groups that have somebody of a company in them; all groups where contrib.access is not installed, or there is no company."""
    if company is None or not is_installed():
        return Group.objects.all()
    return Group.objects.filter(pk__in=groups_with(members_of(company)))


def groups_with(users: QuerySet[Any]) -> Any:
    """The keys of the groups that one of these users is in, as a subquery."""
    through: Any = get_user_model().groups.through
    return through._default_manager.filter(user__in=users.values("pk")).values("group_id")
