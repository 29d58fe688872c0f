"""Pages on which people write through the services: what these refuse is shown beside its field."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest

from invoicing.actor import acting
from invoicing.admin.refusals import refused, show_refusal
from invoicing.admin.scoped import ScopedAdmin
from invoicing.admin.typed import AnyModelForm
from invoicing.exceptions import InvalidDataError, InvoicingError


class ServiceForm(AnyModelForm):
    """A form whose values go to a service; what that refused the last time is shown."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook for rules about the whole instance
        show_refusal(self)


class ServiceAdmin(ScopedAdmin):
    """A page that saves by a service."""

    places: ClassVar[dict[str, str]] = {}
    """The fields of the form, by what the service calls them."""

    form = ServiceForm
    raw_id_fields: ClassVar[Any] = ("invoice",)
    list_select_related: ClassVar[Any] = ("invoice",)
    show_full_result_count = False
    view_on_site = False

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> Any:
        """The page; what the library refuses while it saves is shown on it, and nothing was saved then."""
        with acting(request.user):
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except InvoicingError as error:
                # The transaction of the page was rolled back; the same page again, with a form that knows why.
                with refused(self.placed(error)):
                    return super().changeform_view(request, object_id, form_url, extra_context)

    def placed(self, error: InvoicingError) -> InvoicingError:
        """The refusal beside the fields of this form."""
        if not isinstance(error, InvalidDataError):
            return error
        return InvalidDataError({self.places.get(name, name): texts for name, texts in error.errors.items()})

    @staticmethod
    def goes_with_draft(request: HttpRequest, obj: Any) -> bool:
        """Whether a row is asked about on another page than its own: that of its document, which is a draft and about to be deleted."""
        match = request.resolver_match
        is_own_page = match is None or (match.url_name or "").startswith("invoicing_collaboration_")
        return obj is not None and not is_own_page and not obj.invoice.is_issued

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        """The service wrote it all."""

    @staticmethod
    def show(saved: Any, obj: Any) -> None:
        """Let the instance of the form be what the service saved: Django's log and messages tell of it."""
        for field in obj._meta.concrete_fields:
            setattr(obj, field.attname, getattr(saved, field.attname))
        obj._state.adding, obj._state.db = False, saved._state.db
