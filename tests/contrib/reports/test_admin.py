"""The pages of reports: who may see them, what they show, what can be taken away."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connections
from django.urls import reverse

from invoicing import scoping
from invoicing.contrib.payments.services import receive_payment
from invoicing.contrib.reports.models import Report
from invoicing.contrib.reports.tables import REPORTS
from invoicing.models import Company
from tests.factories import line, make_company, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

CODES = list(REPORTS)


def page(name, **asked):
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return f"{reverse('admin:invoicing_reports_report_report', args=[name])}?{query}"


def file(name, form, **asked):
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return f"{reverse('admin:invoicing_reports_report_file', args=[name, form])}?{query}"


def issued(day=date(2026, 10, 5), **fields):
    return make_issued_invoice([line()], date_issue=day, date_tax_point=day, date_due=day, **fields)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().split('id="content-main"')[1]).split())


def body(response):
    return b"".join(response.streaming_content)


@pytest.fixture(autouse=True)
def _without_members(monkeypatch):
    """Permissions of Django decide here; whose figures a member of a company sees is a test of access."""
    monkeypatch.setattr(scoping, "_scopes", [])


@pytest.fixture
def bookkeeper(client, django_user_model):
    """A member of staff who may see reports, and nothing else."""
    user = django_user_model.objects.create_user("petra", password="leipzig", is_staff=True)
    user.user_permissions.add(Permission.objects.get(content_type__app_label="invoicing_reports", codename="view_report"))
    client.force_login(user)
    return client


@pytest.fixture
def trade():
    """Two companies and two currencies, one invoice paid."""
    party, company = make_party(), make_company()
    receive_payment(issued(party=party), amount=Decimal(952), on=date(2026, 10, 20))
    issued(date(2026, 10, 6), party=party)
    issued(company=company, currency="JPY", party=party)
    return party


# Who may


@pytest.mark.parametrize("address", [reverse("admin:invoicing_reports_report_changelist"), page("vat"), file("vat", "csv")])
def test_staff_without_the_permission_is_sent_away(client, django_user_model, address):
    client.force_login(django_user_model.objects.create_user("otto", password="bremen", is_staff=True))

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", [reverse("admin:invoicing_reports_report_changelist"), page("vat"), file("vat", "csv")])
def test_who_is_not_staff_has_to_log_in(client, address):
    assert client.get(address).url.startswith("/admin/login/")


def test_the_admin_leads_to_the_reports(bookkeeper):
    index = reverse("admin:invoicing_reports_report_changelist")

    assert f'href="{index}"' in bookkeeper.get(reverse("admin:index")).content.decode()
    shown = bookkeeper.get(index).content.decode()
    assert [name for name in CODES if f'href="{page(name)[:-1]}"' not in shown] == []


def test_nothing_can_be_added_or_changed(admin_client):
    assert not Report._meta.managed or Report._meta.proxy
    assert [permission.codename for permission in Permission.objects.filter(content_type__app_label="invoicing_reports")] == ["view_report"]
    assert admin_client.get("/admin/invoicing_reports/report/add/").status_code == 404


# What is shown


@pytest.mark.parametrize("name", CODES)
def test_every_page_shows_its_report(bookkeeper, trade, name):
    asked = {"period": "2026-10"} | ({"party": trade.pk} if REPORTS[name].needs_party else {})
    response = bookkeeper.get(page(name, **asked, on="2026-12-31"))

    assert response.status_code == 200
    assert "<table>" in response.content.decode()
    assert "CSV XLSX JSON" in text_of(response)


@pytest.mark.parametrize("name", CODES)
def test_a_page_has_nothing_that_a_content_security_policy_forbids(bookkeeper, trade, name):
    shown = bookkeeper.get(page(name)).content.decode()

    assert not re.search(r"<[^>]+\s(style|on\w+)=", shown)
    assert "<style" not in shown
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>(?!\s*</script>)", shown.replace('<script id="', '<script src="'))


def test_figures_are_grouped_and_summed_by_currency(bookkeeper, trade):
    shown = text_of(bookkeeper.get(page("outstanding", on="2026-12-31")))

    assert "Sum EUR 952.00" in shown
    assert "Sum JPY 952" in shown
    assert "1,904" not in shown


def test_companies_have_rows_of_their_own(bookkeeper, trade):
    shown = bookkeeper.get(page("ageing", on="2026-12-31")).content.decode()

    assert shown.count('scope="rowgroup"') == 1
    assert "Lindner &amp; Vogt Medien GmbH" in shown


def test_the_page_on_vat_says_whether_it_comes_to_what_documents_state(bookkeeper, trade):
    shown = text_of(bookkeeper.get(page("vat", period="2026-10")))

    assert "issued (sales): The tax of the rows is what the documents state: 304.00 EUR." in shown


def test_this_year_and_today_are_shown_at_first(bookkeeper, trade):
    with time_machine.travel("2026-11-20T12:00Z", tick=False):
        assert "01/01/2026 – 12/31/2026" in text_of(bookkeeper.get(page("revenue")))
        assert "At the end of 11/20/2026" in text_of(bookkeeper.get(page("ageing")))


def test_a_statement_waits_for_a_party(bookkeeper):
    shown = bookkeeper.get(page("statement"))

    assert "Choose a party." in text_of(shown)
    assert "errorlist" not in shown.content.decode()


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"period": "October"}, "is no period"),
        ({"first": "2026-10-01"}, "Enter both days."),
        ({"first": "2026-10-02", "last": "2026-10-01"}, "It is before the first day."),
        ({"currency": "XXX"}, "Select a valid choice"),
    ],
)
def test_what_is_asked_wrongly_is_said_beside_the_field(bookkeeper, asked, text):
    assert text in text_of(bookkeeper.get(page("vat", **asked)))


def test_of_nothing_nothing_can_be_taken_away(bookkeeper):
    shown = text_of(bookkeeper.get(page("vat")))

    assert "Nothing to report." in shown
    assert "CSV" not in shown


def test_a_long_list_is_cut_on_the_page(bookkeeper, monkeypatch):
    monkeypatch.setattr("invoicing.contrib.reports.shown.MOST", 2)
    for _ in range(3):
        issued()

    shown = text_of(bookkeeper.get(page("outstanding", on="2026-12-31")))

    assert "The files have all of them." in shown
    assert "Sum EUR 2,856.00" in shown


# What can be taken away


@pytest.mark.parametrize("name", CODES)
def test_every_report_can_be_taken_away(bookkeeper, trade, name):
    asked = {"period": "2026-10", "on": "2026-12-31"} | ({"party": trade.pk} if REPORTS[name].needs_party else {})
    rows = json.loads(body(bookkeeper.get(file(name, "json", **asked))))
    lines = list(csv.reader(io.StringIO(body(bookkeeper.get(file(name, "csv", **asked))).decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(body(bookkeeper.get(file(name, "xlsx", **asked))))).active

    assert len(rows) == len(lines) - 1 == sheet.max_row - 1 > 0


def test_a_file_is_named_after_what_it_holds(bookkeeper, trade):
    response = bookkeeper.get(file("vat", "csv", period="2026-10"))

    assert response["Content-Disposition"] == 'attachment; filename="vat-2026-10-01-2026-10-31.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_of_nothing_there_is_no_file(bookkeeper, form):
    response = bookkeeper.get(file("vat", form, period="2026-10"))

    assert response.url == page("vat", period="2026-10")
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["Nothing to report, so there is no file."]


@pytest.mark.parametrize(
    "address",
    [
        page("nonsense"),
        file("vat", "table"),
        file("vat", "pdf"),
        file("nonsense", "csv"),
        *(page("statement", party=key) for key in ("nobody", "%00", "9" * 20)),
    ],
)
def test_what_does_not_exist_is_not_found(bookkeeper, address):
    assert bookkeeper.get(address).status_code == 404


# Hosts


def test_a_host_narrows_the_companies(bookkeeper, trade, monkeypatch):
    company = Company.objects.get()
    monkeypatch.setattr(type(site.get_model_admin(Report)), "companies", lambda _self, _request: Company.objects.filter(pk=company.pk))

    rows = json.loads(body(bookkeeper.get(file("ageing", "json", on="2026-12-31"))))

    assert [row["currency"] for row in rows] == ["JPY"]
    other = make_company(name="Elaia Olivenhandel GmbH", code="ELA")
    issued(company=other)
    assert "Select a valid choice" in text_of(bookkeeper.get(page("ageing", company=other.pk))) or "Elaia" not in text_of(
        bookkeeper.get(page("ageing", company=other.pk, on="2026-12-31"))
    )


def test_to_a_reader_of_one_company_the_parties_of_others_are_not_even_named(bookkeeper, monkeypatch):
    own, other = make_company(), make_company(name="Elaia Olivenhandel GmbH", code="ELA")
    monkeypatch.setattr(type(site.get_model_admin(Report)), "companies", lambda _self, _request: Company.objects.filter(pk=own.pk))
    theirs = make_party(company=other, name="Café Anker", code="ANK")
    shared, ours = make_party(code="SHARED"), make_party(company=own, name="Buchhandlung Sommer KG", code="SOM")
    issued(company=own, party=shared)
    issued(company=own, party=ours)

    assert "Café Anker" not in bookkeeper.get(page("statement", party=theirs.pk, period="2026")).content.decode()
    for party in (shared, ours):
        assert "952.00" in text_of(bookkeeper.get(page("statement", party=party.pk, period="2026")))


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_end_of_the_calendar_is_refused_beside_its_field(bookkeeper, day):
    assert "Ensure this value is" in text_of(bookkeeper.get(page("ageing", on=day)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_file_is_whole_where_each_request_is_a_transaction(bookkeeper, monkeypatch, form):
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", value=True)
    invoice = issued()

    response = bookkeeper.get(file("outstanding", form, on="2026-12-31"))

    # PostgreSQL closes a cursor with its transaction, and the rows are read after the view has answered.
    content = body(response)
    assert content.startswith(b"PK") if form == "xlsx" else invoice.number in content.decode()
