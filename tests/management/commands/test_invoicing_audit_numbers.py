"""`manage.py invoicing_audit_numbers` says what is unexplained, what to do about it, and so by its exit code."""

import json
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from invoicing import auditing
from invoicing.actor import acting
from invoicing.auditing import Finding
from invoicing.management.commands.invoicing_audit_numbers import MENDS
from invoicing.models import Counter, InvoiceEvent, VoidedNumber, get_invoice_model
from tests.docs.pages import DOCS, quoted, table
from tests.factories import make_company, make_invoice

PAGE = DOCS / "how-to/audit-numbers.md"

Invoice = get_invoice_model()

NOTHING = {"total": 0, "listed": []}


def audited(capsys, *arguments):
    """What is printed, and the exit code."""
    try:
        call_command("invoicing_audit_numbers", *arguments)
    except CommandError as error:
        return capsys.readouterr().out, error.returncode
    return capsys.readouterr().out, 0


def on(day, **changes):
    return make_invoice(date_issue=day, date_tax_point=day, date_due=day, **changes)


@pytest.fixture
def company(time_machine):
    """Five numbers of a company: the second is voided, the fourth lost, the fifth is dated before the third."""
    time_machine.move_to(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), tick=False)
    company = make_company()
    invoices = [on(date(2026, 11, day), company=company) for day in (18, 18, 20, 20, 19)]
    with acting("Petra Lang"):
        invoices[1].delete(reason="ordered by nobody")
    models.QuerySet(Invoice).filter(pk=invoices[3].pk).delete()
    return company


@pytest.mark.django_db
def test_nothing_to_tell(capsys):
    assert audited(capsys) == ("0 counters: every number is explained.\n", 0)


@pytest.mark.django_db
def test_a_register_that_is_whole(capsys):
    make_invoice()
    make_invoice()

    assert audited(capsys) == (
        "|ISSUED||2026\n  first 1, last 2, count 2, missing 0, counter at 2\n1 counter: every number is explained.\n",
        0,
    )


@pytest.mark.django_db
def test_a_small_register_as_text(company, capsys):
    text, code = audited(capsys)

    assert code == 1
    assert text.splitlines() == [
        f"{company.pk}|ISSUED||2026 (LV)",
        "  first 1, last 5, count 4, missing 1, counter at 5",
        "  ! gaps: 1",
        "      4",
        f"    What to do: {MENDS[Finding.GAPS]}",
        "  dates out of order: 1",
        "      2026/3 of 2026-11-20, then 2026/5 of 2026-11-19",
        "  voided: 1",
        "      2  2026/2  2026-11-20 by Petra Lang: ordered by nobody",
        "1 counter: what is marked with ! is unexplained.",
    ]


@pytest.mark.django_db
def test_a_small_register_as_json(company, capsys):
    text, code = audited(capsys, "--json")

    assert code == 1
    assert json.loads(text) == {
        "is_explained": False,
        "counters": [
            {
                "counter": f"{company.pk}|ISSUED||2026",
                "company_id": company.pk,
                "company": "LV",
                "series": "ISSUED",
                "type": "",
                "period": "2026",
                "value": 5,
                "first": 1,
                "last": 5,
                "count": 4,
                "missing": 1,
                "gaps": {"total": 1, "listed": [{"first": 4, "last": 4}]},
                "duplicates": NOTHING,
                "voided": {
                    "total": 1,
                    "listed": [
                        {
                            "sequence": 2,
                            "number": "2026/2",
                            "reason": "ordered by nobody",
                            "actor_name": "Petra Lang",
                            "voided_at": "2026-11-20T09:30:00Z",
                        }
                    ],
                },
                "voided_in_use": NOTHING,
                "out_of_order": {
                    "total": 1,
                    "listed": [
                        {
                            "number": "2026/3",
                            "date_issue": "2026-11-20",
                            "later_number": "2026/5",
                            "later_date_issue": "2026-11-19",
                        }
                    ],
                },
                "wrong_keys": NOTHING,
                "misplaced": NOTHING,
                "unexplained": ["gaps"],
            }
        ],
        "unnumbered": NOTHING,
        "repeated_numbers": NOTHING,
        "unexplained": [],
    }


@pytest.mark.django_db
def test_dates_out_of_order_are_wrong_where_the_setting_says_so(company, capsys, settings):
    settings.INVOICING_CHRONOLOGICAL = True
    VoidedNumber.objects.create(counter=Counter.objects.get(), sequence=4, reason="lost with the server")

    text, code = audited(capsys)

    assert code == 1
    assert "  ! dates out of order: 1\n" in text
    assert MENDS[Finding.OUT_OF_ORDER] in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (2, "  ! The counter stands at 2, its last sequence is 5.\n"),
        (6, "  ! The counter stands at 6, its last sequence is 5: 6 got lost.\n"),
        (9, "  ! The counter stands at 9, its last sequence is 5: 6–9 got lost.\n"),
    ],
)
def test_a_counter_that_was_set_by_hand(company, capsys, value, sentence):
    Counter.objects.update(value=value)

    assert sentence in audited(capsys)[0]


@pytest.mark.django_db
def test_a_counter_without_documents(company, capsys):
    models.QuerySet(InvoiceEvent).delete()
    models.QuerySet(Invoice).delete()
    models.QuerySet(VoidedNumber).delete()

    text, code = audited(capsys)

    assert code == 1
    assert "  no sequence yet, count 0, missing 0, counter at 5\n" in text
    assert (
        "  ! The counter stands at 5, and no document is there.\n    What to do: if the series is to begin above, nothing is wrong;" in text
    )


@pytest.mark.django_db
def test_a_long_list_ends_in_how_many_there_are_more(company, capsys, monkeypatch):
    monkeypatch.setattr(auditing.series, "LISTED", 1)
    for sequence in (7, 9):
        on(date(2026, 11, 20), company=company, sequence=sequence)

    text, _ = audited(capsys)

    assert "  ! gaps: 3\n      4\n      … and 2 more\n    What to do:" in text


@pytest.mark.django_db
def test_what_was_changed_past_the_library(company, capsys):
    other = make_company(name="Lindner & Vogt Wien GmbH", code="LVW")
    rows = models.QuerySet(Invoice)
    rows.filter(number="2026/1").update(company=other)
    rows.filter(number="2026/2").update(status="SENT")
    rows.filter(number="2026/3").update(counter=None, status="PAID")

    text, code = audited(capsys)

    assert code == 1
    assert f"  ! documents of another company: 1\n      1  2026/1  company {other.pk}\n" in text
    assert f"  ! keys that are not their number's: 1\n      1  2026/1  {company.pk}|2026%2F1\n" in text
    assert "  ! voided, yet in use: 1\n      2  2026/2  SENT: ordered by nobody\n" in text
    assert "! documents without a place in a series: 1\n" in text
    assert "ISSUED, PAID, 2026-11-20, number 2026/3\n" in text
    assert text.count("What to do:") == 5


# Which companies, and which database


@pytest.mark.django_db
def test_companies_by_code_or_key(company, capsys):
    other = make_company(name="Lindner & Vogt Wien GmbH", code="LVW")
    make_invoice(company=other)

    assert audited(capsys, "--company", "LVW")[1] == 0
    assert audited(capsys, "--company", str(other.pk), "--json")[1] == 0
    assert audited(capsys, "--company", "LVW", "--company", "LV")[1] == 1
    assert "2 counters: what is marked" in audited(capsys, "--company", "LVW", "LV")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["GONE", "", "987654321", "²"])
def test_an_unknown_company_is_no_finding(company, capsys, name):
    with pytest.raises(CommandError, match=rf"There is no company “{name}”\. Known: LV\.") as caught:
        call_command("invoicing_audit_numbers", "--company", name)

    assert caught.value.returncode == 2


# The docs


@pytest.mark.parametrize(
    ("heading", "kind", "more"),
    [
        ("## The JSON document", auditing.Audit, {"is_explained"}),
        ("### A counter", auditing.CounterAudit, set()),
    ],
)
def test_the_page_lists_every_key(heading, kind, more):
    listed = [name for row in table(PAGE, after=heading) for name in quoted(row[0])]

    assert set(listed) == {field.name for field in fields(kind)} | more


def test_the_page_lists_the_keys_of_what_is_found():
    kinds = {
        "gaps": auditing.Gap,
        "duplicates": auditing.Duplicate,
        "voided": auditing.VoidedEntry,
        "voided_in_use": auditing.VoidedInUse,
        "out_of_order": auditing.OutOfOrder,
        "wrong_keys": auditing.WrongKey,
        "misplaced": auditing.Misplaced,
        "unnumbered": auditing.Unnumbered,
        "repeated_numbers": auditing.RepeatedNumber,
    }

    listed = {quoted(row[0])[0]: quoted(row[1]) for row in table(PAGE, after="### What is listed")}

    assert listed == {name: [field.name for field in fields(kind)] for name, kind in kinds.items()}


def test_the_page_says_what_to_do_about_each_finding():
    listed = [quoted(row[0])[0] for row in table(PAGE, after="## What to do about a finding")]

    assert set(listed) == set(Finding) == set(MENDS)
