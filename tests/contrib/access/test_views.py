"""A page that is scoped shows its company alone, and one that is not cannot be written."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import Http404
from django.views.generic import DetailView, ListView

from invoicing.contrib.access.models import Membership
from invoicing.contrib.access.views import CompanyScopedMixin
from invoicing.models import Party
from tests.factories import make_company, make_party

pytestmark = pytest.mark.django_db


class Parties(CompanyScopedMixin, ListView):
    model = Party
    permission = "invoicing.view_party"
    ordering = "name"

    def narrow(self, rows):
        return rows.exclude(name="Hidden")


class OneParty(CompanyScopedMixin, DetailView):
    model = Party
    permission = "invoicing.view_party"


def shown(request):
    return [party.name for party in Parties.as_view()(request).context_data["object_list"]]


def test_a_page_shows_the_rows_of_the_company(company, other, make_member, request_of):
    for name, whose in (("Sommer", company), ("Hidden", company), ("Winter", other), ("Nobody", None)):
        make_party(name=name, company=whose)
    user = make_member(company)
    Membership(user=user, company=other, role="VIEWER", is_active=True).save()

    assert shown(request_of(user)) == ["Winter"]
    assert shown(request_of(user, company)) == ["Sommer"]


def test_a_row_of_others_is_not_found(company, other, make_member, request_of):
    foreign = make_party(company=other)

    with pytest.raises(Http404):
        OneParty.as_view()(request_of(make_member(company)), pk=foreign.pk)


def test_who_is_kept_out(company, other, make_member, request_of, settings):
    settings.INVOICING_ROLES = {"GUEST": []}
    nobody = make_member(make_company(name="Third"), name="nobody")
    Membership.objects.all().delete()
    user = make_member(company)
    view = Parties.as_view()

    assert view(request_of(AnonymousUser())).status_code == 302
    for asked, error in (
        (request_of(user, other), Http404),
        (request_of(nobody), PermissionDenied),
        (request_of(make_member(company, "GUEST", name="guest")), PermissionDenied),
    ):
        with pytest.raises(error):
            view(asked)
    Membership(user=user, company=other, role="VIEWER").save()
    with pytest.raises(BadRequest):
        view(request_of(user))


def test_a_page_without_a_company_cannot_be_written():
    with pytest.raises(TypeError, match="no model"):
        type("Nothing", (CompanyScopedMixin, ListView), {"permission": "invoicing.view_party"})
    with pytest.raises(TypeError, match="no permission"):
        type("Anybody", (CompanyScopedMixin, ListView), {"model": Party})
    with pytest.raises(TypeError, match=r"narrow\(\)"):
        type("Everything", (Parties,), {"get_queryset": lambda _page: Party.objects.all()})
    with pytest.raises(TypeError, match=r"narrow\(\)"):
        type("Late", (ListView, CompanyScopedMixin), {"model": Party, "permission": "invoicing.view_party"})
    with pytest.raises(TypeError, match="queryset"):
        type("Given", (Parties,), {"queryset": Party.objects.all()})


def test_a_page_of_a_table_that_says_no_company_cannot_be_written(django_user_model):
    assert issubclass(django_user_model, models.Model)
    with pytest.raises(ImproperlyConfigured):
        type("Users", (CompanyScopedMixin, ListView), {"model": django_user_model, "permission": "auth.view_user"})
