"""Pages of a company: views that cannot show the rows of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404

from invoicing.contrib.access.companies import company_of
from invoicing.contrib.access.exceptions import CompanyNotFoundError, CompanyRequiredError, NoCompanyError
from invoicing.contrib.access.permissions import may
from invoicing.scoping import company_path, of_company

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase
    from django.views.generic.list import MultipleObjectMixin

    from invoicing.models import Company

    AnyView = MultipleObjectMixin[Any]
else:
    AnyView = object


class CompanyScopedMixin(AnyView):
    """For Django's class-based views, in front of them: `self.company` is that of the request, and only its rows are found.

    A view names its `model` and the `permission` that it asks for. What narrows its rows further goes into `narrow()`: the rows that it
    gets are of the company already. A view without a model, and one that overrides `get_queryset`, is refused when its class is made.
    """

    company: Company | None
    permission: str = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        model = getattr(cls, "model", None)
        if model is None:
            raise TypeError(f"{cls.__name__} has no model: say whose rows it shows.")
        company_path(model)
        if not cls.permission:
            raise TypeError(f"{cls.__name__} has no permission: say which one it asks for, such as 'invoicing.view_party'.")
        if cls.get_queryset is not CompanyScopedMixin.get_queryset:
            raise TypeError(f"{cls.__name__} has rows of its own: override narrow(), and name CompanyScopedMixin first among its bases.")
        if getattr(cls, "queryset", None) is not None:
            raise TypeError(f"{cls.__name__} has a queryset of its own: override narrow() instead.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the company first: whoever is not logged in is sent there, a company that is none of the user's is 404.

        A request that could be for several companies is 400; what the role does not allow is 403, and so is to be in no company.
        """
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            self.company = company_of(request)
        except CompanyNotFoundError as error:
            raise Http404(str(error)) from error
        except CompanyRequiredError as error:
            raise BadRequest(str(error)) from error
        except NoCompanyError as error:
            raise PermissionDenied(str(error)) from error
        if not may(request.user, self.permission, company=self.company):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def get_queryset(self) -> QuerySet[Any]:
        """The rows of the company. Not to be overridden: see `narrow()`."""
        model: Any = self.model
        rows = self.narrow(of_company(model._default_manager.all(), self.company))
        order = self.get_ordering() if hasattr(self, "get_ordering") else None
        return rows.order_by(*([order] if isinstance(order, str) else order)) if order else rows

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the company that the page is about: all of them, unless a view says otherwise."""
        return rows
