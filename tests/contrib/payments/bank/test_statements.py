"""Importing: whole or not at all, each entry once, proposals for what is open."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.contrib.payments.bank import confirm, import_statement
from invoicing.contrib.payments.bank.exceptions import StatementRefusedError, WrongAccountError
from invoicing.contrib.payments.models import BankEntry, BankStatement, EntryState, MatchProposal, Payment
from invoicing.exceptions import AppendOnlyError, InvalidDataError
from tests.contrib.payments.bank.samples import FILES, content, mt940
from tests.factories import line, make_company, make_invoice, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

CHF = {"currency": "CHF"}


def proposals(entry):
    return [(row.target, row.amount, row.score, row.reasons) for row in entry.proposals.order_by("rank", "pk")]


def test_a_statement_and_its_entries_are_kept():
    report = import_statement(FILES / "musterbank.sta")
    statement = BankStatement.objects.get()

    assert (report.imported, report.known, report.is_new, report.format) == (3, 0, True, "MT940")
    assert (statement.account, statement.number, statement.file_name) == ("37040044/0532013000", "00231/001", "musterbank.sta")
    assert (statement.opening_balance, statement.closing_balance) == (Decimal("12500.00"), Decimal("13452.00"))
    assert [entry.amount for entry in statement.entries.order_by("pk")] == [Decimal("952.00"), Decimal("-45.60"), Decimal("45.60")]
    assert {entry.status for entry in statement.entries.all()} == {EntryState.OPEN}


@pytest.mark.parametrize("name", ["alpenbank.xml", "musterbank.sta", "vltavska.csv"])
def test_importing_twice_changes_nothing(name):
    import_statement(content(name))
    before = list(BankEntry.objects.order_by("pk").values())
    again = import_statement(content(name), name="another-name")

    assert (again.imported, again.known, again.is_new) == (0, len(before), False)
    assert list(BankEntry.objects.order_by("pk").values()) == before
    assert again.statements == tuple(BankStatement.objects.order_by("pk"))


def test_files_that_overlap_bring_each_entry_once():
    morning = mt940(("952,00", "2026/14"), ("10,00", "Eintritt"))
    evening = mt940(("952,00", "2026/14"), ("10,00", "Eintritt"), ("10,00", "Eintritt"), ("-3,00", "Gebuehr"))

    assert import_statement(morning).imported == 2
    report = import_statement(evening)
    assert (report.imported, report.known) == (2, 2)
    assert sorted(entry.amount for entry in BankEntry.objects.all()) == [Decimal(-3), Decimal(10), Decimal(10), Decimal(952)]


def test_two_entries_that_are_alike_in_one_file_are_two():
    assert import_statement(mt940(("10,00", "Eintritt"), ("10,00", "Eintritt"))).imported == 2


def test_entries_that_are_alike_on_two_pages_of_a_file_are_two():
    pages = mt940(("10,00", "Eintritt"), number="7/1") + b"\n" + mt940(("10,00", "Eintritt"), number="7/2")

    assert import_statement(pages).imported == 2
    assert import_statement(mt940(("10,00", "Eintritt"), number="7/2")).imported == 0


def test_nothing_is_taken_in_of_a_file_with_a_wrong_line():
    with pytest.raises(StatementRefusedError):
        import_statement(mt940(("1,00", "a")) + b"\n" + mt940(("2,00", "b")).replace(b"EUR10002,00", b"EUR10003,00"))

    assert not BankStatement.objects.exists()


def test_an_amount_finer_than_its_currency_is_refused():
    file = content("alpenbank.xml").replace(b"1190.00<", b"1190.005<").replace(b"11084.40", b"11084.405")

    with pytest.raises(StatementRefusedError, match="line 34"):
        import_statement(file)
    assert not BankEntry.objects.exists()


def test_the_best_proposal_of_an_entry():
    invoice = make_issued_invoice(number="2026/14")
    make_issued_invoice(number="2026/15", customer={"name": "Café Brühl", "country": "DE", "street": "Brühl 12"})
    report = import_statement(FILES / "musterbank.sta")

    assert report.proposed == 1
    assert proposals(BankEntry.objects.get(amount=952)) == [(invoice, Decimal("952.00"), 88, ["NUMBER", "AMOUNT", "NAME"])]


def test_a_swiss_qr_reference_finds_its_invoice():
    invoice = make_issued_invoice(reference="21 00000 00002 02600 00000 00146", number="77", **CHF)
    import_statement(FILES / "bergbank.xml")

    assert proposals(BankEntry.objects.get(amount="1949.75"))[0][:1] == (invoice,)
    assert proposals(BankEntry.objects.get(amount="1949.75"))[0][3] == ["REFERENCE"]


def test_a_czech_variable_symbol_finds_its_invoice():
    invoice = make_issued_invoice([line(unit_price=1000, tax_rate=21)], variable_symbol="2026000123", currency="CZK")
    import_statement(FILES / "vltavska.csv")
    import_statement(FILES / "vltavska.sta")

    for entry in BankEntry.objects.filter(amount=12100):
        assert proposals(entry) == [(invoice, Decimal("12100.00"), 82, ["VARIABLE_SYMBOL", "AMOUNT"])]


def test_an_rf_reference_finds_its_invoice():
    invoice = make_issued_invoice([line(unit_price=100)], reference="RF84 2026 0001 18")
    import_statement(FILES / "alpenbank.xml")

    assert proposals(BankEntry.objects.get(amount=1190)) == [(invoice, Decimal("1190.00"), 85, ["REFERENCE", "AMOUNT"])]


def test_money_that_went_out_pays_received_invoices():
    received = make_issued_invoice([line(quantity=1, unit_price="409.60", tax_rate=0)], origin="RECEIVED", number="K-5512")
    make_issued_invoice([line(quantity=1, unit_price="409.60", tax_rate=0)], number="K-5512-A")
    import_statement(FILES / "alpenbank.xml")

    assert [row[0] for row in proposals(BankEntry.objects.get(amount="-409.60"))] == [received]


def test_money_that_went_out_pays_credit_notes():
    invoice = make_issued_invoice(number="2026/14")
    confirm_all(import_statement(mt940(("952,00", "2026/14"))))
    invoice.refresh_from_db()
    note = invoice.create_credit_note()
    import_statement(mt940(("-952,00", f"Gutschrift {note.number}"), number="2"))

    assert [row[0] for row in proposals(BankEntry.objects.get(amount=-952))] == [note]


def confirm_all(report):
    return [confirm(entry) for statement in report.statements for entry in statement.entries.all()]


def test_drafts_paid_and_canceled_documents_are_not_proposed():
    make_invoice([line()], status="DRAFT")
    make_issued_invoice(number="2026/14").mark_paid()
    make_issued_invoice(number="2026/15").cancel("entered twice")
    import_statement(mt940(("952,00", "2026/14 2026/15")))

    assert [row.target.provider for row in MatchProposal.objects.all()] == [""]
    assert not MatchProposal.objects.filter(invoice__isnull=False).exists()


def test_the_account_of_an_earlier_payment_is_known():
    party = make_party()
    make_issued_invoice(number="2026/14", party=party)
    confirm_all(import_statement(mt940_from("DE75512108001245126199", "2026/14")))
    second = make_issued_invoice(number="2026/15", party=party)
    import_statement(mt940_from("DE75512108001245126199", "ohne Nummer", number="2"))

    (row,) = proposals(BankEntry.objects.get(text="ohne Nummer"))
    assert (row[0], row[3]) == (second, ["AMOUNT", "IBAN"])


def mt940_from(iban, text, number="1"):
    return mt940(("952,00", f"{text}?31{iban}"), number=number)


def test_a_reversal_proposes_nothing():
    make_issued_invoice(origin="RECEIVED", number="LS-77")
    import_statement(FILES / "musterbank.xml")

    assert not BankEntry.objects.get(is_reversal=True).proposals.exists()


def test_a_payment_that_was_recorded_before_is_proposed():
    from invoicing.contrib.payments.services import receive_payment

    invoice = make_issued_invoice(number="2026/14")
    payment = receive_payment(invoice, amount=952, on=invoice.date_issue)
    import_statement(mt940(("952,00", "Rechnung 2026/14")))

    assert [row[0] for row in proposals(BankEntry.objects.get())] == [payment]


def test_the_company_is_found_by_its_account():
    company = make_company(bank_iban="DE89 3704 0044 0532 0130 00")
    invoice = make_issued_invoice(company=company, number="2026/14")
    make_issued_invoice(number="2026/14")
    import_statement(FILES / "musterbank.xml")

    assert BankStatement.objects.get().company == company
    assert [row[0] for row in proposals(BankEntry.objects.get(amount=952))] == [invoice]


def test_a_statement_of_another_company_is_refused():
    make_company()
    other = make_company(name="Teehaus Lindner GmbH", code="TEE", bank_iban="AT483200000012345864", vat_id="")

    with pytest.raises(WrongAccountError, match="Lindner & Vogt"):
        import_statement(FILES / "musterbank.xml", company=other)
    assert not BankStatement.objects.exists()


def test_the_same_file_for_two_companies_is_two():
    one, other = make_company(bank_iban=""), make_company(name="Teehaus Lindner GmbH", code="TEE", bank_iban="", vat_id="")

    assert [import_statement(FILES / "musterbank.sta", company=company).imported for company in (one, other)] == [3, 3]


def test_a_table_without_account_is_of_the_account_of_the_company():
    company = make_company(currency="CHF")
    import_statement(FILES / "bergbank.csv", company=company)

    statement = BankStatement.objects.get()
    assert (statement.account, statement.currency) == ("DE89370400440532013000", "CHF")


def test_files_come_in_any_form(tmp_path):
    for file in (content("musterbank.sta"), io.BytesIO(content("musterbank.sta")), str(FILES / "musterbank.sta")):
        report = import_statement(file)
    assert (report.known, BankStatement.objects.count()) == (3, 1)

    with pytest.raises(StatementRefusedError, match="binary"), Path(FILES / "musterbank.sta").open(encoding="utf-8") as file:
        import_statement(file)
    with pytest.raises(StatementRefusedError, match=r"missing\.sta"):
        import_statement(tmp_path / "missing.sta")


def test_a_score_can_confirm(settings):
    invoice = make_issued_invoice(number="2026/14")
    settings.INVOICING_BANK_CONFIRM_FROM = 88
    report = import_statement(FILES / "musterbank.sta")

    invoice.refresh_from_db()
    assert (report.confirmed, invoice.status) == (1, "PAID")


@pytest.mark.parametrize(("least", "confirmed"), [(None, 0), (89, 0), (88, 1), (0, 1)])
def test_only_scores_from_the_limit_on_confirm(least, confirmed):
    make_issued_invoice(number="2026/14")

    assert import_statement(FILES / "musterbank.sta", confirm_from=least).confirmed == confirmed


def test_what_has_a_rival_is_never_confirmed_by_itself():
    make_issued_invoice(number="2026/14")
    make_issued_invoice(number="2026/15")

    assert import_statement(mt940(("952,00", "ohne Nummer")), confirm_from=0).confirmed == 0
    assert not Payment.objects.exists()


def test_a_refusal_leaves_an_entry_open_and_is_told():
    company = make_company()
    make_issued_invoice(number="2026/14", company=company)
    company.lock_books("2026-12-31", reason="year end")
    report = import_statement(FILES / "musterbank.xml", confirm_from=0)

    assert report.confirmed == 0
    assert any("locked" in notice for notice in report.notices)
    assert set(BankEntry.objects.values_list("status", flat=True)) == {"OPEN"}


def test_a_statement_is_history():
    import_statement(FILES / "musterbank.sta")
    statement = BankStatement.objects.get()

    with pytest.raises(AppendOnlyError):
        statement.save()
    with pytest.raises(AppendOnlyError):
        statement.delete()


def test_the_report_as_json():
    told = import_statement(FILES / "alpenbank.xml").as_dict()

    assert told["imported"] == 4
    assert told["statements"][0]["closing_balance"] == "11084.40"
    assert len(told["notices"]) == 1


def test_the_queries_do_not_grow_with_the_entries(django_assert_max_num_queries):
    make_issued_invoice(number="2026/14")
    file = mt940(*[("10,00", f"Eintritt {number}") for number in range(300)])

    with django_assert_max_num_queries(20):
        import_statement(file)


def test_an_import_with_wrong_options_takes_in_nothing():
    with pytest.raises((InvalidDataError, ValueError)):
        import_statement(FILES / "musterbank.sta", file_format="PDF")
