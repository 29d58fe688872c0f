"""A page whose acts are buttons: which are offered and to whom, what each asks for, and what is said afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from invoicing.actor import acting
from invoicing.admin.acts import ActForm, Button
from invoicing.admin.refusals import add_refusal, sentences
from invoicing.admin.scoped import ScopedAdmin
from invoicing.exceptions import InvoicingError


class ActPages(ScopedAdmin):
    """An admin of rows that are acted on. Every act is a POST; one that asks for something shows its form first."""

    buttons: ClassVar[Mapping[str, Button]] = {}
    act_template = "admin/invoicing/act.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        own = path("<path:object_id>/act/<slug:act>/", self.admin_site.admin_view(self.act_view), name=name)
        return [own, *super().get_urls()]

    def may(self, request: HttpRequest, button: Button, row: Any = None) -> bool:
        """Whether somebody has every permission that an act asks for."""
        return all(
            {
                "add": lambda: self.has_add_permission(request) and self.may_write(request, "add", row),
                "change": lambda: self.has_change_permission(request, row),
                "delete": lambda: self.has_withdraw_permission(request, row),
                "void": lambda: self.has_void_permission(request, row),
            }[permission]()
            for permission in button.permissions
        )

    def has_withdraw_permission(self, request: HttpRequest, row: Any = None) -> bool:
        """Whether somebody may take back what can no longer be deleted: who may delete in general."""
        return self.has_delete_permission(request) and self.may_write(request, "delete", row)

    def has_void_permission(self, request: HttpRequest, row: Any = None) -> bool:
        """Whether somebody may end what a document claims: cancel, credit and write off."""
        return self.has_own_permission(request, "void", row)

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """Do what a button says. An act that asks for something shows its form first; every other one takes a POST."""
        button = self.buttons.get(act)
        row = self.get_object(request, unquote(object_id))
        if button is None or row is None:
            raise Http404
        if not self.may(request, button, row):
            raise PermissionDenied
        if button.form is None and request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = self._form(request, button.form, row) if button.form else None
        if form is not None and not form.is_valid():
            return self._ask(request, button, row, form)
        try:
            shown = self.perform(request, button, row, **(form.arguments() if form else {}))
        except InvoicingError as error:
            if form is not None:
                add_refusal(form, self.placed(error, names=form.fields))
                return self._ask(request, button, row, form)
            self.say_refusal(request, row, error)
            return HttpResponseRedirect(self.address("change", row.pk))
        self.message_user(request, str(button.done).format(name=row), messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", shown.pk))

    def perform(self, request: HttpRequest, button: Button, row: Any, **given: Any) -> Any:
        """Do the act as the user, and note it in the admin's own log; the row to show next."""
        with acting(request.user):
            outcome = button.run(row, **given)
        self.log_change(request, row, button.title)
        return outcome if isinstance(outcome, self.model) else row

    def placed(self, error: InvoicingError, *, names: Any) -> InvoicingError:  # noqa: ARG002  # for whoever knows more
        """The refusal as a form shows it that has fields of these names."""
        return error

    def offered_acts(self, request: HttpRequest, row: Any) -> Iterator[dict[str, Any]]:
        """The buttons of a page: only what is possible now, and what this user may do."""
        for button in self.buttons.values():
            if self.may(request, button, row) and button.is_offered(row):
                yield {"label": button.label, "asks": button.form is not None, "address": self.address("act", row.pk, button.name)}

    def say_refusal(self, request: HttpRequest, row: Any, error: InvoicingError) -> None:
        """Say which row stays as it is, and why."""
        text = gettext("{name} stays as it is: {why}")
        self.message_user(request, text.format(name=row, why=" ".join(sentences(error))), messages.ERROR)

    def say_forbidden(self, request: HttpRequest, row: Any) -> None:
        """Say which row stays as it is because the user may not change it."""
        self.message_user(request, gettext("{name} stays as it is: you may not do that.").format(name=row), messages.ERROR)

    def address(self, page: str, *args: Any) -> str:
        """The address of one of the pages of this model."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)

    def _form(self, request: HttpRequest, form: type[ActForm], row: Any) -> ActForm:
        if request.method == "POST":
            return form(request.POST, row=row, site=self.admin_site, user=request.user)
        return form(initial=request.GET.dict(), row=row, site=self.admin_site, user=request.user)

    def _ask(self, request: HttpRequest, button: Button, row: Any, form: ActForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": button.title,
            "subtitle": str(row),
            "form": form,
            "original": row,
            "opts": self.opts,
            "media": self.media + form.media,
            "back": self.address("change", row.pk),
        }
        return TemplateResponse(request, self.act_template, context)
