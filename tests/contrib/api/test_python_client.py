"""The client of the docs, as its page shows it: it runs against a live server, and nothing of it is out of date."""

from __future__ import annotations

import sys
import types
from datetime import timedelta
from decimal import Decimal
from urllib.error import URLError

import pytest
from django.contrib.auth import get_user_model
from django.urls import include, path
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.views import TokenObtainPairView

from invoicing.contrib.access.models import Membership
from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models import Party, get_invoice_model
from tests.docs.pages import DOCS, ROOT, examples
from tests.factories import SOMMER, make_company

PAGE = DOCS / "how-to/python-client.md"
MODULE = ROOT / "example_project/example/client.py"

urlpatterns = [
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/", include("invoicing.contrib.api.urls")),
]


def shown():
    """The code of the client as the page has it."""
    (code,) = [example.code for example in examples(PAGE) if example.title == "client.py"]
    return code


def used():
    """The examples of its use, as one program."""
    return "\n".join(example.code for example in examples(PAGE) if not example.title)


@pytest.fixture
def client(monkeypatch):
    """The client as a module, made of the page."""
    module = types.ModuleType("client")
    monkeypatch.setitem(sys.modules, "client", module)
    exec(compile(shown(), str(PAGE), "exec"), module.__dict__)  # noqa: S102  # our own docs
    return module


@pytest.fixture
def site(transactional_db, live_server, settings, monkeypatch):
    """A site with a company, a customer, and somebody who sells."""
    settings.ROOT_URLCONF = __name__
    settings.SIMPLE_JWT = {"SIGNING_KEY": "k" * 64, "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5)}
    monkeypatch.setattr(CompanyViewSet, "authentication_classes", [JWTAuthentication])
    company = make_company()
    petra = get_user_model().objects.create_user("petra", password="a long password")
    Membership.objects.create(user=petra, company=company, role="ACCOUNTANT", is_active=True)
    return types.SimpleNamespace(address=live_server.url, company=company, party=Party.objects.create(company=company, **SOMMER))


@pytest.fixture
def petra(client, site):
    return client.Client.login(site.address, "petra", "a long password", company=site.company.uuid)


@pytest.fixture
def order(client, site):
    return client.NewInvoice(party=site.party.uuid, items=(client.Line(title="Website", quantity=Decimal(10), unit_price=Decimal(80)),))


def test_the_page_shows_the_module_that_types_are_checked_of():
    assert shown() == MODULE.read_text(encoding="utf-8")


def test_the_examples_of_the_page_run(client, site):
    program = used().replace("http://127.0.0.1:8000", site.address).replace("f1b7c0de-2a41-4f6c-9d0e-6a1b2c3d4e5f", str(site.company.uuid))
    program = program.replace("0c5d7e9a-1b2c-4d3e-8f90-a1b2c3d4e5f6", str(site.party.uuid))

    names = {}
    exec(compile(program, str(PAGE), "exec"), names)  # noqa: S102  # our own docs

    stored = get_invoice_model().objects.get(uuid=names["invoice"].id)
    assert (stored.is_issued, str(stored.total)) == (True, str(names["invoice"].total))
    assert get_invoice_model().objects.count() == 2


def test_amounts_are_decimals(petra, order):
    made = petra.create(order)

    # 10 × 80.00 at 19 %
    assert (made.net_total, made.vat, made.total) == (Decimal("800.00"), Decimal("152.00"), Decimal("952.00"))
    assert [(item.title, item.tax_rate) for item in made.items] == [("Website", Decimal(19))]


def test_an_answer_that_is_lost_is_asked_for_again_and_the_invoice_is_made_once(client, petra, order, monkeypatch):
    send, lost = client.urlopen, []

    def lose_the_first(request, **options):
        answer = send(request, **options)
        if not lost:
            lost.append(answer.read())
            answer.close()
            raise URLError("the line is cut")
        return answer

    client.urlopen = lose_the_first
    monkeypatch.setattr(client.time, "sleep", [].append)

    made = petra.create(order)

    assert str(made.id).encode() in lost[0]
    assert get_invoice_model().objects.count() == 1


def test_a_change_is_sent_once(client, petra, order, monkeypatch):
    made = petra.create(order)
    sent = []

    def cut(request, **options):
        sent.append(request.get_method())
        raise URLError("the line is cut")

    client.urlopen = cut
    with pytest.raises(URLError):
        petra.update(made, title="Another")

    assert sent == ["PATCH"]


def test_who_saw_an_older_version_is_told_so(client, petra, order):
    mine = petra.create(order)
    petra.update(mine, title="Of somebody else")

    with pytest.raises(client.APIError) as refused:
        petra.update(mine, title="Mine")

    assert (refused.value.status, refused.value.code) == (412, "precondition_failed")
    assert petra.invoice(mine.id).title == "Of somebody else"


def test_a_refusal_names_the_fields(client, petra, order, site):
    bad = client.NewInvoice(party=site.party.uuid, items=(client.Line(title="", unit_price=Decimal(1)),))

    with pytest.raises(client.APIError) as refused:
        petra.create(bad)

    assert refused.value.status == 400
    assert list(refused.value.errors) == ["items[0].title"]


def test_a_list_is_read_page_by_page(petra, order):
    numbers = [petra.create(order).number for _time in range(5)]

    assert sorted(invoice.number for invoice in petra.invoices(limit="2")) == sorted(numbers)


def test_a_wrong_password_is_refused(client, site):
    with pytest.raises(client.APIError, match="401"):
        client.Client.login(site.address, "petra", "wrong")


def test_an_answer_of_a_proxy_is_an_error_as_well(client, petra, monkeypatch):
    def proxy(request, **options):
        raise client.HTTPError(request.full_url, 502, "Bad Gateway", {}, None)

    client.urlopen = proxy
    pauses = []
    monkeypatch.setattr(client.time, "sleep", pauses.append)

    with pytest.raises(client.APIError, match="502: Bad Gateway"):
        next(petra.invoices())
    assert pauses == [0.25, 0.5, 1.0]
