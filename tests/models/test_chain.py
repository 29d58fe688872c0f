"""Every step of an issued document is a link of its company's chain, whoever takes it and whichever way."""

import json
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model

from invoicing.actor import acting
from invoicing.chain import GENESIS, commitment
from invoicing.importing import import_file
from invoicing.models import Company, Counter, CreditLine, InvoiceEvent, LockExemption, Register, VoidedNumber, get_invoice_model
from invoicing.retrying import retry
from tests.chains import found
from tests.factories import build_invoice, line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def the_chain(**of):
    """Kinds and steps of the chain, from the first event to the last."""
    events = InvoiceEvent.objects.filter(register__isnull=False, **of).order_by("register_id", "position")
    return [f"{event.number} {event.kind} {event.status_from}→{event.status_to}".rstrip("→ ") for event in events]


def records():
    """What is hashed, from the first event to the last."""
    return [json.loads(event.record) for event in InvoiceEvent.objects.filter(register__isnull=False).order_by("register_id", "position")]


# What a link is made of


def test_the_first_event_goes_on_from_nothing_and_each_other_from_the_one_before():
    invoice = make_issued_invoice()
    invoice.mark_sent()
    first, second = InvoiceEvent.objects.filter(register__isnull=False)

    assert [record["previous"] for record in records()] == [GENESIS, first.hash]
    assert [record["position"] for record in records()] == [1, 2]
    register = Register.objects.get()
    assert (register.key, register.length, register.head) == ("-", 2, second.hash)


def test_a_record_says_what_happened_and_commits_to_who_and_why():
    with acting("Petra Lang"):
        invoice = make_issued_invoice()
        invoice.send_to_collection("third reminder")
    event = invoice.events.get(position=2)
    record = json.loads(event.record)

    assert (record["kind"], record["status_from"], record["status_to"], record["number"]) == (
        "STATUS_CHANGED",
        "NEW",
        "IN_COLLECTION",
        "2026/1",
    )
    assert (record["uuid"], record["chain"], record["data"]) == (str(invoice.uuid), "-", {})
    assert record["reason"] == commitment(event.salt, "reason", "third reminder")
    assert record["actor"] == commitment(event.salt, "actor", "Petra Lang")
    assert "Petra" not in event.record


def test_the_content_is_sealed_once_and_named_ever_after():
    invoice = make_issued_invoice()
    invoice.mark_sent()
    issued, sent = invoice.events.filter(register__isnull=False)

    assert json.loads(issued.content)["columns"]["number"] == "2026/1"
    assert sent.content == ""
    assert len({record["content"] for record in records()}) == 1


def test_every_frozen_column_is_sealed_and_personal_ones_as_commitments():
    invoice = make_issued_invoice()
    content = json.loads(invoice.events.get(position=1).content)

    assert {*content["columns"], *content["personal"]} == {
        field.attname for field in Invoice._meta.concrete_fields if Invoice.is_frozen(field)
    }
    assert set(content["personal"]) == set(Invoice.PERSONAL_COLUMNS)
    assert content["columns"]["total"] == "952"
    assert "Sommer" not in json.dumps(content, ensure_ascii=False)


def test_two_equal_names_have_different_commitments():
    first, second = (json.loads(make_issued_invoice().events.get(kind="ISSUED").content) for _ in range(2))

    assert first["personal"]["customer_name"] != second["personal"]["customer_name"]


# Which steps are links


def test_what_happens_to_an_open_document_is_no_link():
    draft = make_invoice([line()], status="DRAFT")
    draft.status = "NEW"
    draft.save()
    draft.delete()

    assert the_chain() == []
    assert found() == []


def test_a_life_step_by_step():
    invoice = make_invoice([line()], status="DRAFT")
    invoice.issue()
    invoice.mark_sent()
    invoice.mark_returned()
    invoice.send_to_collection()
    invoice.write_off()
    invoice.mark_paid()

    assert the_chain() == [
        "2026/1 ISSUED DRAFT→NEW",
        "2026/1 STATUS_CHANGED NEW→SENT",
        "2026/1 STATUS_CHANGED SENT→RETURNED",
        "2026/1 STATUS_CHANGED RETURNED→IN_COLLECTION",
        "2026/1 STATUS_CHANGED IN_COLLECTION→UNCOLLECTIBLE",
        "2026/1 STATUS_CHANGED UNCOLLECTIBLE→PAID",
    ]
    assert found() == []


@pytest.mark.parametrize("status", ["SENT", "PAID", "IN_COLLECTION", "UNCOLLECTIBLE"])
def test_a_status_that_is_assigned_by_hand(status):
    invoice = make_invoice([line()])
    invoice.status = status
    invoice.save()

    assert the_chain() == ["2026/1 ISSUED NEW→NEW", f"2026/1 STATUS_CHANGED NEW→{status}"]
    assert found() == []


def test_a_document_that_is_made_in_a_later_status():
    make_invoice([line()], status="SENT")
    build_invoice(status="PAID").save()

    assert the_chain() == [
        "2026/1 ISSUED NEW→NEW",
        "2026/1 STATUS_CHANGED NEW→SENT",
        "2026/2 ISSUED NEW→NEW",
        "2026/2 STATUS_CHANGED NEW→PAID",
    ]
    assert found() == []


def test_a_number_that_shows_the_key_is_sealed(settings):
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.pk }}-{{ invoice.sequence }}"
    invoice = build_invoice(status="SENT")
    invoice.save()

    assert json.loads(invoice.events.get(position=1).content)["columns"]["number"] == f"{invoice.pk}-1"
    assert found() == []


def test_an_issued_document_that_is_canceled():
    make_issued_invoice().cancel("entered twice")

    assert the_chain() == ["2026/1 ISSUED NEW→NEW", "2026/1 STATUS_CHANGED NEW→CANCELED"]
    assert found() == []


def test_an_open_document_that_is_canceled():
    make_invoice([line()]).cancel("entered twice")

    assert the_chain() == ["2026/1 STATUS_CHANGED NEW→CANCELED"]
    assert found() == []


def test_a_number_that_is_voided_by_a_deletion():
    first = make_invoice([line()])
    make_invoice([line()])
    first.delete(reason="ordered by nobody")

    assert the_chain() == ["2026/1 STATUS_CHANGED NEW→CANCELED"]
    assert VoidedNumber.objects.get().number == "2026/1"
    assert found() == []


def test_a_copy_is_a_document_of_its_own():
    invoice = make_issued_invoice()
    copy = invoice.create_copy()
    assert the_chain() == ["2026/1 ISSUED NEW→NEW"]

    copy.issue()

    assert the_chain() == ["2026/1 ISSUED NEW→NEW", "2026/2 ISSUED NEW→NEW"]
    assert found() == []


def test_a_whole_credit():
    make_issued_invoice().create_credit_note(reason="sent back")

    assert the_chain() == [
        "2026/1 ISSUED NEW→NEW",
        "2026/2 ISSUED DRAFT→NEW",
        "2026/1 STATUS_CHANGED NEW→CREDITED",
        "2026/1 CREDITED",
    ]
    assert found() == []


def test_credits_in_parts_until_nothing_is_left():
    invoice = make_issued_invoice()
    item = invoice.item_set.get()
    invoice.create_credit_note({item: 4})
    invoice.create_credit_note([CreditLine(item=item, amount=100)])
    invoice.create_credit_note()

    assert the_chain(invoice=invoice) == [
        "2026/1 ISSUED NEW→NEW",
        "2026/1 CREDITED",
        "2026/1 CREDITED",
        "2026/1 STATUS_CHANGED NEW→CREDITED",
        "2026/1 CREDITED",
    ]
    assert found() == []


def test_a_credit_note_that_is_canceled_opens_its_invoice_again():
    invoice = make_issued_invoice()
    invoice.mark_sent()
    note = invoice.create_credit_note()
    note.cancel("wrong invoice")

    assert the_chain()[-2:] == ["2026/2 STATUS_CHANGED NEW→CANCELED", "2026/1 STATUS_CHANGED CREDITED→SENT"]
    invoice.refresh_from_db()
    assert invoice.status == "SENT"
    assert found() == []


def test_a_credit_note_that_is_written_by_hand():
    invoice = make_issued_invoice()
    note = invoice.create_copy(type="CREDIT_NOTE")
    note.issue()

    assert the_chain()[1:] == ["2026/2 ISSUED NEW→NEW", "2026/1 STATUS_CHANGED NEW→CREDITED", "2026/1 CREDITED"]
    assert found() == []


def test_many_documents_at_once():
    company = make_company()
    made = [build_invoice(company=company, date_issue=date(2026, 11, 20)) for _ in range(3)]
    Invoice.objects.create_many([(invoice, [line()]) for invoice in made])
    Invoice.objects.issue_many()
    for invoice in Invoice.objects.all():
        invoice.mark_paid()

    assert len(the_chain(register__company=company)) == 6
    assert found() == []


def test_an_import_is_chained(tmp_path):
    path = tmp_path / "old.json"
    invoice = {
        "external_id": "1",
        "number": "OLD-7",
        "status": "PAID",
        "date_issue": "2026-03-02",
        "supplier_name": "Teehaus Lindner GmbH",
        "supplier_street": "Hafenstraße 1",
        "supplier_country": "DE",
        "supplier_vat_id": "DE987654328",
        "customer_name": "Café Anker",
        "customer_street": "Am Strom 4",
        "customer_country": "DE",
        "items": [{"title": "Darjeeling", "quantity": 4, "unit_price": "7.00", "tax_rate": "7"}],
    }
    path.write_text(json.dumps({"invoices": [invoice]}))
    import_file(path)

    assert the_chain() == ["OLD-7 ISSUED NEW→NEW", "OLD-7 STATUS_CHANGED NEW→PAID"]
    assert found() == []


def test_a_received_document_is_chained():
    make_invoice([line()], origin="RECEIVED", number="R-77").mark_paid()

    assert the_chain() == ["R-77 ISSUED NEW→NEW", "R-77 STATUS_CHANGED NEW→PAID"]
    assert found() == []


def test_a_step_that_fails_leaves_no_link():
    invoice = make_issued_invoice()
    head = Register.objects.get().head
    with pytest.raises(ValueError, match="reason"):
        invoice.cancel("")

    assert Register.objects.get().head == head
    assert found() == []


# Locks and exemptions


def test_the_lock_date_and_its_exemptions_are_links():
    company = make_company()
    user = get_user_model().objects.create_user("nora.lindner")
    make_issued_invoice(company=company)
    company.lock_books(date(2025, 12, 31), reason="Year closed")
    company.locked_until = date(2026, 1, 31)
    company.save()
    LockExemption.objects.grant(company, user, until=datetime(2126, 1, 1, tzinfo=UTC), reason="late invoice")

    assert the_chain() == ["2026/1 ISSUED NEW→NEW", " LOCKED", " LOCKED", " EXEMPTED"]
    assert [record["data"] for record in records()][1:3] == [
        {"from": None, "to": "2025-12-31"},
        {"from": "2025-12-31", "to": "2026-01-31"},
    ]
    assert found() == []


def test_the_exemption_of_a_host_without_companies_is_a_link():
    user = get_user_model().objects.create_user("nora.lindner")
    LockExemption.objects.grant(None, user, until=datetime(2126, 1, 1, tzinfo=UTC), reason="late invoice")

    assert records()[0]["chain"] == "-"
    assert found() == []


def test_a_company_that_is_new_with_a_lock_date():
    make_company(locked_until=date(2025, 12, 31))

    assert the_chain() == [" LOCKED"]
    assert found() == []


# Several at once


def test_companies_have_chains_of_their_own():
    one, two = make_company(), make_company(code="TWO")
    for company in (one, two, one):
        make_issued_invoice(company=company)

    assert {register.key: register.length for register in Register.objects.all()} == {str(one.pk): 2, str(two.pk): 1}
    assert [record["previous"] == GENESIS for record in records()] == [True, False, True]


@pytest.mark.django_db(transaction=True)
def test_eight_who_issue_at_once_make_one_chain(at_once):
    make_company()

    def issue():
        for _ in range(3):
            retry(lambda: make_issued_invoice(company=Company.objects.get()).mark_sent(), attempts=20)

    assert at_once(*[issue] * 8) == [None] * 8

    register = Register.objects.get()
    assert register.length == 48
    positions = InvoiceEvent.objects.filter(register=register).order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 49))
    assert len({record["previous"] for record in records()}) == 48
    assert Counter.objects.get().value == 24
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_act_on_one_document_at_once_make_one_chain(at_once):
    invoice = make_issued_invoice()

    raised = at_once(*[lambda: Invoice.objects.get(pk=invoice.pk).mark_paid()] * 2)

    # Whoever comes second acts on what the first has left, and a paid invoice is not paid again.
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "TransitionNotAllowedError"]
    assert the_chain() == ["2026/1 ISSUED NEW→NEW", "2026/1 STATUS_CHANGED NEW→PAID"]
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_the_first_events_of_a_company_at_once_make_one_register(at_once):
    company = make_company()
    invoices = [make_invoice([line()], company=company) for _ in range(6)]

    raised = at_once(*[lambda pk=invoice.pk: retry(lambda: Invoice.objects.get(pk=pk).issue(), attempts=20) for invoice in invoices])

    assert raised == [None] * 6
    assert Register.objects.get().length == 6
    assert found() == []
