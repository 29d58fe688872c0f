"""The admin of rows that belong to companies: lists, choices and pages are narrowed to what somebody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from invoicing import scoping
from invoicing.admin.typed import AnyModelAdmin, AnyModelForm, AnyTabularInline
from invoicing.models import Company

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    AnyAdmin = BaseModelAdmin[Any]
else:
    AnyAdmin = object


class NarrowedRawIdWidget(ForeignKeyRawIdWidget):
    """Says the name of a row beside its key only to somebody who may see the row."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        key = self.rel.get_related_field().name
        rows = self.rel.model._default_manager.using(self.db)
        try:
            is_seen = narrowed(rows, user=self.user).filter(**{key: value}).exists()
        except (ValueError, TypeError):
            is_seen = False
        return super().label_and_url_for_value(value) if is_seen else ("", "")


class Narrowed(AnyAdmin):
    """What a page and the lines on it have in common: choices are rows that the user may see, permissions ask for the row."""

    def has_own_permission(self, request: HttpRequest, action: str, row: Any = None) -> bool:
        """Whether the user has a permission on the model for a row, or for some row."""
        opts = self.opts
        return scoping.may(request.user, f"{opts.app_label}.{get_permission_codename(action, opts)}", row)

    def may_write(self, request: HttpRequest, action: str, row: Any) -> bool:
        """Whether nothing keeps the user from doing to this row what he may do to some."""
        return not scoping.is_narrowed(request.user) or self.has_own_permission(request, action, row)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        """The rows to choose from."""
        rows = super().get_field_queryset(db, db_field, request)
        return narrowed(db_field.remote_field.model._default_manager.using(db) if rows is None else rows, user=request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in self.raw_id_fields and "widget" not in kwargs:
            using = kwargs.get("using")
            kwargs["widget"] = NarrowedRawIdWidget(db_field.remote_field, self.admin_site, using=using, user=request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ScopedAdmin(Narrowed, AnyModelAdmin):
    """The admin of one table. Whoever may not see a row does not find it here, whatever permissions he has."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return scoping.visible(super().get_queryset(request), user=request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_own_permission(request, "view", obj) or self.has_own_permission(request, "change", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_own_permission(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_own_permission(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_own_permission(request, "delete", obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return any(self.get_model_perms(request).values())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """The form of the page; it takes nothing that would belong to others."""
        form = kwargs.pop("form", None) or self.form
        metaclass: Any = type(form)
        kept = metaclass(form.__name__, (OwnRowForm, form), {"page": self, "request": request, "__module__": form.__module__})
        return super().get_form(request, obj, change=change, **{"form": kept, **kwargs})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address says; the company of somebody who works for one."""
        said: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        if "company" not in said and scoping.is_narrowed(request.user):
            own = list(scoping.visible(Company.objects.all(), user=request.user).values_list("pk", flat=True)[:2])
            said |= {"company": own[0]} if len(own) == 1 else {}
        return said


class ScopedTabularInline(Narrowed, AnyTabularInline):
    """Lines on the page of a row: whoever may see the row's company may see them, if he has the permission."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_own_permission(request, "view", obj) or self.has_own_permission(request, "change", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_own_permission(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_own_permission(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_own_permission(request, "delete", obj)


class OwnRowForm(AnyModelForm):
    """Refuses a row that would belong to a company for which the user may not write it."""

    page: Any
    request: Any

    def row_in_question(self) -> Any:
        """The row whose company is the one that is written for: the row itself, where a form does not know better."""
        known = getattr(self, "belongs_to", None)
        return known() if known else self.instance

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook for rules about the whole instance
        action = "add" if self.instance._state.adding else "change"
        if not self.errors and not self.page.may_write(self.request, action, self.row_in_question()):
            text = _("This would not belong to a company that you may write for: choose one.")
            self.add_error("company" if "company" in self.fields else None, text)


def narrowed(rows: Any, *, user: Any) -> Any:
    """The rows that a user may see; tables of the host that say nothing of companies stay whole."""
    try:
        return scoping.visible(rows, user=user)
    except scoping.UnscopedModelError:
        return rows
