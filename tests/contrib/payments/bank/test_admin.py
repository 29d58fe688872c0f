"""The desk: a file is uploaded, what is proposed is looked at and confirmed, what the bank said is only read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from invoicing.contrib.payments.bank import import_statement
from invoicing.contrib.payments.models import BankEntry, BankStatement, Payment
from invoicing.contrib.payments.services import receive_payment
from tests.contrib.payments.bank.samples import FILES, content, mt940
from tests.factories import TODAY, make_company, make_issued_invoice

pytestmark = pytest.mark.django_db


def address(page: str, *args: Any) -> str:
    return reverse(f"admin:invoicing_payments_{page}", args=args)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def upload(client: Any, file: bytes, name: str = "file.sta", **fields: Any) -> Any:
    return client.post(address("bankstatement_add"), {"file": SimpleUploadedFile(name, file), "columns": "", **fields})


def act(client: Any, entry: BankEntry, name: str, **data: Any) -> Any:
    return client.post(address("bankentry_act", entry.pk, name), data)


def test_a_file_is_uploaded(admin_client):
    make_issued_invoice(number="2026/14")
    response = upload(admin_client, content("musterbank.sta"))

    statement = BankStatement.objects.get()
    assert response.url == f"{address('bankentry_changelist')}?statement__in={statement.pk}"
    assert said(response) == ["3 entries were imported, 1 with a proposal."]
    assert (statement.file_name, statement.actor_name) == ("file.sta", "admin")
    assert admin_client.get(response.url).status_code == 200


def test_the_same_file_again_changes_nothing(admin_client):
    upload(admin_client, content("musterbank.sta"))
    response = upload(admin_client, content("musterbank.sta"))

    assert said(response)[-1] == "Nothing is new: all 3 entries were here already."
    assert BankStatement.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "says"),
    [(b"foo", "known columns"), (b"<x/>", "no statement"), (content("musterbank.sta").replace(b"13452,00", b"13452,01"), "13452.01")],
)
def test_a_file_that_is_refused_is_named_beside_its_field(admin_client, file, says):
    response = upload(admin_client, file)

    assert says in " ".join(response.context["adminform"].form.errors["file"])
    assert not BankStatement.objects.exists()


def test_a_statement_of_another_company_is_refused_beside_the_company(admin_client):
    make_company()
    other = make_company(name="Teehaus Lindner GmbH", code="TEE", bank_iban="", vat_id="")
    other.bank_iban = "AT483200000012345864"
    other.save()
    response = upload(admin_client, content("musterbank.xml"), company=other.pk)

    assert "Lindner & Vogt" in " ".join(response.context["adminform"].form.errors["company"])


def test_a_table_is_explained(admin_client):
    table = b"Wann;Wieviel\n03/04/2026;1.234"
    columns = {"columns": "date = Wann\namount = Wieviel", "day_format": "MDY", "decimal_mark": ","}

    assert upload(admin_client, table).status_code == 200
    assert upload(admin_client, table, **columns).status_code == 302
    assert BankEntry.objects.get().amount == Decimal(1234)


@pytest.mark.parametrize(("columns", "says"), [("date", "has no heading"), ("colour = red", "no column colour")])
def test_columns_that_are_none(admin_client, columns, says):
    response = upload(admin_client, content("bergbank.csv"), columns=columns)

    assert says in " ".join(response.context["adminform"].form.errors["columns"])


def test_the_list_shows_the_best_proposal_with_its_score(admin_client):
    make_issued_invoice(number="2026/14")
    import_statement(FILES / "musterbank.sta")
    page = admin_client.get(address("bankentry_changelist")).content.decode()

    assert "2026/14 · 88" in page
    assert "number, amount, name" in page


def test_the_list_costs_the_same_however_long_it_is(admin_client, django_assert_max_num_queries):
    make_issued_invoice(number="2026/14")
    import_statement(mt940(*[("10,00", f"2026/14 {number}") for number in range(60)]))

    with django_assert_max_num_queries(20):
        admin_client.get(address("bankentry_changelist"))


def test_the_best_proposals_are_confirmed_from_the_list(admin_client):
    invoice = make_issued_invoice(number="2026/14")
    import_statement(FILES / "musterbank.sta")
    keys = list(BankEntry.objects.values_list("pk", flat=True))
    response = admin_client.post(address("bankentry_changelist"), {"action": "confirm_best", "_selected_action": keys})

    invoice.refresh_from_db()
    assert invoice.status == "PAID"
    assert said(response)[-1] == "1 entry is a payment now."
    assert sum("Nothing is proposed" in text for text in said(response)) == 2
    assert Payment.objects.get().actor_name == "admin"


def test_proposals_are_looked_for_again_from_the_list(admin_client):
    import_statement(FILES / "musterbank.sta")
    make_issued_invoice(number="2026/14")
    keys = list(BankEntry.objects.values_list("pk", flat=True))
    admin_client.post(address("bankentry_changelist"), {"action": "look_again", "_selected_action": keys})

    assert BankEntry.objects.get(amount=952).proposals.count() == 1


@pytest.fixture
def entry():
    """An entry that names two invoices of 952.00 each, and pays both."""
    make_issued_invoice(number="2026/14")
    make_issued_invoice(number="2026/15")
    import_statement(mt940(("1904,00", "2026/14 und 2026/15")))
    return BankEntry.objects.get()


def test_the_page_shows_every_proposal(admin_client, entry):
    page = admin_client.get(address("bankentry_change", entry.pk)).content.decode()

    assert page.count("Confirm…</a>") == 4  # the button, and one for each of three proposals
    assert "amounts together" in page
    assert "others fit as well" in page


def test_nothing_on_the_page_can_be_changed(admin_client, entry):
    page = admin_client.get(address("bankentry_change", entry.pk))

    assert page.context["adminform"].form.fields == {}
    assert admin_client.get(address("bankentry_delete", entry.pk)).status_code == 403


def test_amounts_are_asked_for_and_confirmed(admin_client, entry):
    first, second = (proposal.invoice for proposal in entry.proposals.filter(rank=1).order_by("invoice__number"))
    form = admin_client.get(address("bankentry_act", entry.pk, "confirm"), {"rank": 1}).context["form"]
    assert [form[f"amount_{invoice.pk}"].value() for invoice in (first, second)] == [Decimal("952.00")] * 2

    act(admin_client, entry, "confirm", rank=1, **{f"amount_{first.pk}": "900", f"amount_{second.pk}": "952"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.already_paid, second.already_paid) == (Decimal("900.00"), Decimal("952.00"))


@pytest.mark.parametrize(
    ("amounts", "says"),
    [(("900", "1100"), "more than the entry"), (("", ""), "Name a document"), (("-1", "952"), "greater than")],
)
def test_amounts_that_cannot_be(admin_client, entry, amounts, says):
    invoices = [proposal.invoice for proposal in entry.proposals.filter(rank=1).order_by("invoice__number")]
    data = {f"amount_{invoice.pk}": amount for invoice, amount in zip(invoices, amounts, strict=True)}
    response = act(admin_client, entry, "confirm", rank=1, **data)

    assert says in str(response.context["form"].errors)
    assert not Payment.objects.exists()


def test_another_document(admin_client, entry):
    other = make_issued_invoice(number="2026/16")
    act(admin_client, entry, "confirm", rank=9, invoice=other.pk)

    other.refresh_from_db()
    assert other.status == "PAID"
    assert Payment.objects.get().unallocated == Decimal("952.00")


def test_money_on_account(admin_client, entry):
    act(admin_client, entry, "confirm", rank=9, on_account="on")

    assert Payment.objects.get().unallocated == Decimal("1904.00")


def test_a_recorded_payment_is_only_confirmed(admin_client):
    payment = receive_payment(make_issued_invoice(number="2026/14"), amount=952, on=TODAY)
    import_statement(mt940(("952,00", "2026/14")))
    entry = BankEntry.objects.get()
    page = admin_client.get(address("bankentry_act", entry.pk, "confirm"))
    assert "recorded already" in page.content.decode()

    act(admin_client, entry, "confirm", rank=1)
    entry.refresh_from_db()
    assert entry.payment == payment


def test_a_refusal_is_shown_on_the_form(admin_client, entry):
    first = entry.proposals.filter(rank=1).first().invoice
    receive_payment(first, amount=952, on=TODAY)
    response = act(admin_client, entry, "confirm", rank=1, **{f"amount_{first.pk}": "952"})

    assert "more than is left" in str(response.context["form"].errors)
    entry.refresh_from_db()
    assert entry.status == "OPEN"


def test_an_entry_is_ignored_and_opened_again(admin_client, entry):
    act(admin_client, entry, "ignore", reason="a loan")
    entry.refresh_from_db()
    assert (entry.status, entry.ignored_because, entry.decided_by) == ("IGNORED", "a loan", "admin")
    assert "a loan" in admin_client.get(address("bankentry_change", entry.pk)).content.decode()

    act(admin_client, entry, "reopen")
    act(admin_client, entry, "propose")
    entry.refresh_from_db()
    assert (entry.status, entry.proposals.count()) == ("OPEN", 4)


def test_the_page_of_a_statement_shows_its_entries_and_notices(admin_client):
    import_statement(FILES / "alpenbank.xml")
    statement = BankStatement.objects.get()
    page = admin_client.get(address("bankstatement_change", statement.pk)).content.decode()

    assert page.count("invoicing-state-open") == 4
    assert "PDNG" in page
    assert admin_client.post(address("bankstatement_change", statement.pk), {}).status_code == 403
    assert admin_client.get(address("bankstatement_changelist")).status_code == 200


def test_who_may_only_look_sees_no_act(client, django_user_model, entry):
    user = django_user_model.objects.create_user("petra", password="leipzig", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_bankentry", "view_bankstatement"]))
    client.force_login(user)

    assert "Confirm…" not in client.get(address("bankentry_change", entry.pk)).content.decode()
    assert act(client, entry, "ignore", reason="x").status_code == 403
    assert client.get(address("bankstatement_add")).status_code == 403


def test_what_the_bank_wrote_is_text(admin_client):
    import_statement(mt940(("952,00", "<script>alert(1)</script>?32<b>Sommer</b>")))
    entry = BankEntry.objects.get()
    pages = [admin_client.get(address("bankentry_changelist")), admin_client.get(address("bankentry_change", entry.pk))]

    assert all(b"<script>alert" not in page.content and b"<b>Sommer" not in page.content for page in pages)
