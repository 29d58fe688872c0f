"""Memberships in the admin, registered unless INVOICING_ADMIN is False: who works for which company, in which role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from invoicing.admin.refusals import CheckedForm
from invoicing.admin.scoped import ScopedAdmin
from invoicing.conf import conf
from invoicing.contrib.access.models import Membership
from invoicing.contrib.access.roles import roles


class MembershipForm(CheckedForm):
    """A user is typed by his name: whoever adds him to a company need not see those of others."""

    user = forms.CharField(label=_("User"), help_text=_("The name that he logs in with."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["user"]
        if "role" in self.fields:
            choices = [(role.name, role.label) for role in roles().values()]
            now = self.instance.role
            known = now in roles() or not now
            self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=choices if known else [(now, now), *choices])
            if self.instance._state.adding and choices:
                # Whoever does not choose gives the least.
                self.fields["role"].initial = choices[-1][0]

    def clean_user(self) -> Any:
        """The user of that name."""
        model = get_user_model()
        try:
            return model._default_manager.get_by_natural_key(self.cleaned_data["user"])
        except model.DoesNotExist:
            raise forms.ValidationError(_("There is no user of this name.")) from None


class MembershipAdmin(ScopedAdmin):
    """Who works for which company. An administrator of a company manages its members, and those of no other.

    In which of his companies somebody works now, he decides himself.
    """

    form = MembershipForm
    list_display = ("user", "company", "role_shown", "active_shown", "created")
    list_filter = (("company", admin.RelatedOnlyFieldListFilter), ("role", admin.AllValuesFieldListFilter))
    list_select_related = ("user", "company")
    fields = ("user", "company", "role")

    @admin.display(description=_("role"), ordering="role")
    def role_shown(self, membership: Membership) -> str:
        """The role, as people call it."""
        role = roles().get(membership.role)
        return str(role.label) if role else membership.role

    @admin.display(description=_("works here now"), boolean=True)
    def active_shown(self, membership: Membership) -> bool:
        """Whether the user works in this company now."""
        return bool(membership.is_active)

    def get_search_fields(self, request: HttpRequest) -> Any:  # noqa: ARG002 -- the same for all
        return (f"user__{get_user_model().USERNAME_FIELD}", "company__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who it is and where stays: another person, or another company, is another membership."""
        return (*super().get_readonly_fields(request, obj), *(("user", "company") if obj else ()))


if conf.admin and not admin.site.is_registered(Membership):
    admin.site.register(Membership, MembershipAdmin)
