"""Reports over HTTP: of the company of the request alone, page by page, or as a file."""

import csv
import io
import json
from datetime import date

import pytest

from invoicing.contrib.payments.services import receive_payment
from invoicing.contrib.reports.tables import REPORTS
from invoicing.models import Party
from tests.factories import ALPENBLICK, SOMMER, line, make_issued_invoice

URL = "/api/reports/"


@pytest.fixture
def party(company):
    return Party.objects.create(company=company, **SOMMER)


@pytest.fixture
def trade(company, other_company, party):
    """Ours: 952.00, of which 100.00 is paid, and 119.00; theirs: 1,904.00."""
    first = make_issued_invoice(company=company, party=party)
    make_issued_invoice([line(quantity=1, unit_price=100)], company=company, party=party)
    receive_payment(first, amount="100.00", on=date(2026, 11, 21), method="CASH")
    theirs = make_issued_invoice([line(quantity=20)], company=other_company, customer=ALPENBLICK)
    receive_payment(theirs, amount="77.00", on=date(2026, 11, 21), method="CASH")


def read(client, name, query=""):
    answer = client.get(f"{URL}{name}/?{query}")
    assert answer.status_code == 200, answer.data
    return answer.data


def test_the_index_names_every_report_with_what_it_is_asked(viewer):
    rows = viewer.get(f"{URL}?limit=100").data["results"]

    assert [row["name"] for row in rows] == [*REPORTS]
    assert next(row for row in rows if row["name"] == "statement") == {
        "name": "statement",
        "title": "Statement of account",
        "description": "What happened between us and a party, with the running balance.",
        "asks": ["currency", "period", "start_date", "end_date", "party"],
        "url": "http://testserver/api/reports/statement/",
    }


@pytest.mark.parametrize("name", ["aging", "outstanding", "payments", "vat", "revenue", "statement", "received", "days_to_pay", "invoices"])
def test_no_report_has_anything_of_another_company(viewer, trade, party, name):
    query = (
        f"period=2026&party={party.uuid}" if name == "statement" else "on=2026-11-22" if name in {"aging", "outstanding"} else "period=2026"
    )

    text = json.dumps(read(viewer, name, query))

    assert "Nordlicht" not in text
    assert "Alpenblick" not in text
    # Nothing of ours is paid in full yet.
    assert ("Lindner" in text) == (name != "days_to_pay")


def test_what_is_outstanding_is_added_up(viewer, trade):
    report = read(viewer, "outstanding", "on=2026-11-22")

    assert sorted(row["open"] for row in report["results"]) == ["119.00", "852.00"]
    assert report["sums"] == [{"currency": "EUR", "open": "971.00"}]
    assert report["columns"][0] == {"name": "number", "title": "Number", "kind": "text"}
    assert report["asked"] == {"on": "2026-11-22"}
    assert "count" not in report


def test_ageing_has_another_name(viewer, trade):
    report = read(viewer, "aging", "on=2026-12-10")

    assert report["name"] == "ageing"
    assert [(row["party"], row["days_1_30"], row["balance"]) for row in report["results"]] == [
        ("Buchhandlung Sommer KG", "971.00", "971.00")
    ]
    assert report["count"] == 1


def test_figures_of_a_period(viewer, trade):
    assert [(row["base"], row["tax"]) for row in read(viewer, "vat", "period=2026-11")["results"]] == [("900.00", "171.00")]
    assert [row["net"] for row in read(viewer, "revenue", "period=2026&by=month")["results"]] == ["900.00"]
    assert read(viewer, "revenue", "period=2025")["results"] == []
    assert [row["amount"] for row in read(viewer, "payments", "start_date=2026-11-21&end_date=2026-11-21")["results"]] == ["100.00"]
    assert read(viewer, "vat", "period=2026&by=quarter")["results"][0]["period"] == "2026-10-01"


def test_pages(viewer, trade):
    first = read(viewer, "invoices", "period=2026&limit=1")
    second = viewer.get(first["next"]).data

    assert [len(page["results"]) for page in (first, second)] == [1, 1]
    assert first["results"] != second["results"]
    assert (first["previous"], second["next"]) == (None, None)
    assert viewer.get(second["previous"]).data["results"] == first["results"]


@pytest.mark.parametrize(
    ("query", "status", "name"),
    [
        ("period=2026-13", 422, "period"),
        ("period=x", 422, "period"),
        ("period=2026&start_date=2026-01-01", 422, "period"),
        ("start_date=2026-01-01", 400, "end_date"),
        ("start_date=2026-02-01&end_date=2026-01-01", 422, "end_date"),
        ("start_date=yesterday&end_date=2026-01-01", 400, "start_date"),
        ("start_date=0001-01-01&end_date=2026-01-01", 422, "start_date"),
        ("currency=XYZ", 422, "currency"),
        ("by=colour", 422, "by"),
        ("company=1", 400, "company"),
        ("on=2026-01-01", 400, "on"),
        ("limit=0", 400, "limit"),
        ("cursor=", 400, "cursor"),
    ],
)
def test_bad_questions_are_refused_by_name(viewer, trade, query, status, name):
    answer = viewer.get(f"{URL}revenue/?{query}")

    assert (answer.status_code, list(answer.data["errors"])) == (status, [name])


def test_a_statement_is_about_a_party_of_the_company(viewer, trade, other_company):
    stranger = Party.objects.create(company=other_company, **ALPENBLICK)

    without, foreign = viewer.get(f"{URL}statement/"), viewer.get(f"{URL}statement/?party={stranger.uuid}")

    assert (without.status_code, list(without.data["errors"])) == (400, ["party"])
    assert (foreign.status_code, list(foreign.data["errors"])) == (422, ["party"])


def test_what_is_no_report_is_not_there(viewer, db):
    assert viewer.get(f"{URL}profit/").status_code == 404
    assert viewer.get(f"{URL}vat/pdf/").status_code == 404


def test_a_file_has_all_rows(viewer, trade):
    answer = viewer.get(f"{URL}invoices/csv/?period=2026", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer["Content-Disposition"] == 'attachment; filename="invoices-2026-01-01-2026-12-31.csv"'
    assert sorted(row["Total"] for row in rows) == ["119.00", "952.00"]


def test_files_of_other_forms(viewer, trade):
    as_json = viewer.get(f"{URL}invoices/json/?period=2026")
    as_xlsx = viewer.get(f"{URL}invoices/xlsx/?period=2026")

    assert len(json.loads(b"".join(as_json.streaming_content))) == 2
    assert b"".join(as_xlsx.streaming_content).startswith(b"PK")


def test_nothing_to_report_is_no_file(viewer, trade):
    assert [viewer.get(f"{URL}invoices/{form}/?period=2025").status_code for form in ("csv", "json", "xlsx")] == [204, 204, 204]
    assert read(viewer, "invoices", "period=2025")["results"] == []


def test_a_refused_file_is_json(viewer, trade):
    answer = viewer.get(f"{URL}invoices/csv/?period=x", headers={"Accept": "text/csv"})

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/json")


def test_a_role_without_reports_reads_none(client_of, settings):
    settings.INVOICING_ROLES = {"CLERK": ["invoicing.view_party"]}
    clerk = client_of("CLERK")

    assert [clerk.get(f"{URL}{path}").status_code for path in ("", "vat/", "vat/csv/")] == [403, 403, 403]


def test_a_report_of_fifty_rows_takes_a_few_queries(viewer, company, party, django_assert_max_num_queries):
    for _ in range(50):
        receive_payment(amount="1.00", on=date(2026, 11, 21), party=party)

    with django_assert_max_num_queries(8):
        assert len(read(viewer, "payments", "period=2026&limit=50")["results"]) == 50
