"""The company of a request, the companies of a user, and his role in each. It also works where contrib.access is not installed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.contrib.access.exceptions import CompanyNotFoundError, CompanyRequiredError, NoCompanyError
from invoicing.contrib.access.installation import is_active, is_installed, is_superuser, membership_model
from invoicing.contrib.access.roles import ADMIN
from invoicing.models import Company

HEADER = "organization-id"
"""The header of a request that names its company, by its UUID."""

NAME_ONE = _("name one by the header organization-id, or make one your active company.")
INSTALL = _("install invoicing.contrib.access, which knows whose each request is.")

REMEMBERED = "_invoicing_company"
ROLES = "_invoicing_roles"


def company_of(request: Any) -> Company | None:
    """The company that a request is for, as INVOICING_COMPANY_RESOLVER says; remembered on the request.

    None: the host has no companies. Raises CompanyNotFoundError, CompanyRequiredError and NoCompanyError.
    """
    # The request of REST framework wraps Django's, and one of them may be asked by a view and the other one by a middleware.
    keeper = getattr(request, "_request", request)
    asked = (conf.company_resolver, _user_key(request), request.headers.get(HEADER))
    remembered = keeper.__dict__.get(REMEMBERED)
    if remembered is None or remembered[0] != asked:
        remembered = keeper.__dict__[REMEMBERED] = (asked, import_string(conf.company_resolver)(request))
    company: Company | None = remembered[1]
    return company


def resolve_company(request: Any) -> Company | None:
    """The company that the header organization-id names; without it the user's active one, else his only one.

    None: the host has no companies. Raises CompanyNotFoundError, CompanyRequiredError and NoCompanyError.
    """
    wanted = request.headers.get(HEADER)
    if not is_installed():
        return _only_company(wanted)
    user = getattr(request, "user", None)
    found = _membership(user, wanted)
    if found is not None:
        company: Company = found.company
        # The instance is of this request: its memory is as fresh as the answer.
        company.__dict__[ROLES] = {user.pk: ADMIN.name if is_superuser(user) else found.role}  # type: ignore[union-attr]
        return company
    if is_superuser(user):
        return _any_company(wanted)
    if wanted is not None:
        raise CompanyNotFoundError(wanted=wanted)
    if not Company.objects.exists():
        return None
    raise NoCompanyError


def companies_of(user: Any) -> QuerySet[Company]:
    """The companies that a user works for; all of them for a superuser, and where contrib.access is not installed."""
    if not is_installed() or is_superuser(user):
        return Company.objects.all()
    if not is_active(user):
        return Company.objects.none()
    return Company.objects.filter(pk__in=membership_model().objects.filter(user_id=user.pk).values("company_id"))


def membership_of(request: Any) -> Any:
    """The membership that the user of a request has in its company, or None. Raises what `company_of` raises."""
    company, user = company_of(request), getattr(request, "user", None)
    if company is None or not is_installed() or not is_active(user):
        return None
    return membership_model().objects.filter(user_id=user.pk, company_id=company.pk).first()  # type: ignore[union-attr]


def role_in(user: Any, company: Company) -> str:
    """The name of the role that a user has in a company; empty for none. A superuser is ADMIN of every company.

    The company of a request knows it already; for any other one it costs a query.
    """
    if is_superuser(user):
        return ADMIN.name
    if not is_installed() or not is_active(user):
        return ""
    remembered: dict[Any, str] = company.__dict__.get(ROLES, {})
    if user.pk in remembered:
        return remembered[user.pk]
    roles = membership_model().objects.filter(user_id=user.pk, company_id=company.pk).values_list("role", flat=True)
    return str(roles.first() or "")


def _membership(user: Any, wanted: str | None) -> Any:
    """The membership that a request is made under, in one query. Raises CompanyRequiredError, CompanyNotFoundError for a malformed name."""
    key = None if wanted is None else _key(wanted)
    if not is_active(user):
        return None
    rows = membership_model().objects.filter(user_id=user.pk).select_related("company")
    if key is not None:
        return rows.filter(company__uuid=key).first()
    found = list(rows.order_by(F("is_active").desc(nulls_last=True), "pk")[:2])
    if not found or found[0].is_active:
        return found[0] if found else None
    if is_superuser(user):
        return None  # He has more companies than those that he is a member of.
    if len(found) > 1:
        raise CompanyRequiredError(mend=NAME_ONE)
    return found[0]


def _any_company(wanted: str | None) -> Company | None:
    """The company that a superuser's request is for."""
    if wanted is not None:
        return _named(wanted)
    found = list(Company.objects.all()[:2])
    if len(found) > 1:
        raise CompanyRequiredError(mend=NAME_ONE)
    return found[0] if found else None


def _only_company(wanted: str | None) -> Company | None:
    """The one company of a host that has no members; which of several a request is for is never guessed."""
    found = list(Company.objects.all()[:2])
    if len(found) > 1:
        raise CompanyRequiredError(mend=INSTALL)
    if wanted is not None and (not found or found[0].uuid != _key(wanted)):
        raise CompanyNotFoundError(wanted=wanted)
    return found[0] if found else None


def _named(wanted: str) -> Company:
    company = Company.objects.filter(uuid=_key(wanted)).first()
    if company is None:
        raise CompanyNotFoundError(wanted=wanted)
    return company


def _key(wanted: str) -> UUID:
    try:
        return UUID(wanted)
    except ValueError:
        raise CompanyNotFoundError(wanted=wanted) from None


def _user_key(request: Any) -> Any:
    user = getattr(request, "user", None)
    return None if user is None else user.pk
