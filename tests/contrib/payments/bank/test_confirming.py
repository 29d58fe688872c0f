"""Confirming: one payment an entry, whoever confirms how often; reversed, it is open again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from invoicing.contrib.payments.bank import confirm, confirming, ignore, import_statement, propose, proposing, reopen
from invoicing.contrib.payments.bank.exceptions import EntryStateError, NothingProposedError
from invoicing.contrib.payments.bank.open_items import open_items
from invoicing.contrib.payments.exceptions import OverAllocationError
from invoicing.contrib.payments.models import BankEntry, Payment
from invoicing.contrib.payments.services import receive_payment, refund, reverse_payment
from invoicing.exceptions import InvalidDataError, TryAgainError
from tests.contrib.payments.bank.samples import FILES, mt940
from tests.factories import TODAY, line, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db


def imported(*entries, **options):
    """The entries of a new statement, in its order."""
    report = import_statement(mt940(*entries, **options))
    return list(report.statements[0].entries.order_by("pk"))


def test_a_confirmed_entry_is_a_payment():
    invoice = make_issued_invoice(number="2026/14")
    import_statement(FILES / "musterbank.sta")
    entry = BankEntry.objects.get(amount=952)
    payment = confirm(entry)

    invoice.refresh_from_db()
    assert (invoice.status, invoice.to_pay) == ("PAID", Decimal("0.00"))
    assert (payment.amount, payment.date, payment.currency, payment.direction) == (Decimal("952.00"), entry.date, "EUR", "IN")
    assert (payment.provider, payment.provider_id) == ("bank", entry.fingerprint)
    assert (payment.payer_name, payment.payer_iban, payment.reference) == (
        "BUCHHANDLUNG SOMMER KG",
        "DE75512108001245126199",
        "RE-2026-14",
    )
    assert (entry.status, entry.payment, [row.is_chosen for row in entry.proposals.all()]) == ("MATCHED", payment, [True])


def test_confirming_again_gives_the_same_payment():
    make_issued_invoice(number="2026/14")
    (entry,) = imported(("952,00", "2026/14"))
    first, second = confirm(entry), confirm(BankEntry.objects.get())

    assert first == second
    assert Payment.objects.count() == 1


def test_another_document_than_the_proposed_one():
    make_issued_invoice(number="2026/14")
    other = make_issued_invoice(number="2026/15")
    (entry,) = imported(("952,00", "2026/14"))
    confirm(entry, other)

    other.refresh_from_db()
    assert other.status == "PAID"


def test_amounts_that_somebody_chose():
    one, other = make_issued_invoice(number="2026/14"), make_issued_invoice(number="2026/15")
    (entry,) = imported(("1000,00", "zwei Rechnungen"))
    payment = confirm(entry, {one: Decimal("900.00"), other: Decimal("50.00")})

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.already_paid, other.already_paid, payment.unallocated) == (Decimal("900.00"), Decimal("50.00"), Decimal("50.00"))


def test_several_documents_that_add_up():
    one, other = make_issued_invoice(number="2026/14"), make_issued_invoice([line(quantity=1)], number="2026/15")
    (entry,) = imported(("1047,20", "2026/14, 2026/15"))
    confirm(entry)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, other.status) == ("PAID", "PAID")


def test_another_proposal_by_its_rank():
    one, other = make_issued_invoice(number="2026/14"), make_issued_invoice(number="2026/15")
    (entry,) = imported(("500,00", "2026/14 2026/15"))
    second = entry.proposals.get(rank=2).target
    confirm(entry, rank=2)

    second.refresh_from_db()
    assert second.already_paid == Decimal("500.00")
    assert sum(invoice.already_paid for invoice in type(one).objects.filter(pk__in=[one.pk, other.pk])) == 500


def test_an_early_payment_discount_is_let_go():
    invoice = make_issued_invoice(number="2026/14", early_discount_percent=Decimal(2), early_discount_until=TODAY)
    (entry,) = imported(("932,96", "2026/14"))

    assert entry.proposals.get().reasons == ["NUMBER", "AMOUNT_DISCOUNTED"]
    confirm(entry)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.to_pay) == ("PAID", Decimal("0.00"))


def test_money_on_account():
    (entry,) = imported(("77,70", "Danke"))
    payment = confirm(entry, [])

    assert (payment.unallocated, payment.currency) == (Decimal("77.70"), "EUR")


def test_a_yen_has_no_cents():
    invoice = make_issued_invoice([line(unit_price=100, tax_rate=0)], number="2026/14", currency="JPY")
    report = import_statement(mt940(("1000,00", "2026/14")).replace(b"EUR", b"JPY"))
    confirm(report.statements[0].entries.get())

    invoice.refresh_from_db()
    assert invoice.status == "PAID"


def test_nothing_proposed():
    (entry,) = imported(("77,70", "Danke"))

    with pytest.raises(NothingProposedError):
        confirm(entry)
    assert not Payment.objects.exists()


def test_a_proposal_that_is_out_of_date_is_refused_and_changes_nothing():
    invoice = make_issued_invoice(number="2026/14")
    (entry,) = imported(("952,00", "2026/14"))
    receive_payment(invoice, amount=952, on=TODAY)

    with pytest.raises(OverAllocationError):
        confirm(entry)
    entry.refresh_from_db()
    assert (entry.status, Payment.objects.count()) == ("OPEN", 1)


def test_other_entries_lose_a_document_that_is_paid(django_capture_on_commit_callbacks):
    make_issued_invoice(number="2026/14")
    first, second = imported(("952,00", "2026/14"), ("952,00", "2026/14 nochmals"))
    with django_capture_on_commit_callbacks(execute=True):
        confirm(first)

    assert not second.proposals.exists()


def test_a_reversed_payment_opens_its_entry(django_capture_on_commit_callbacks):
    invoice = make_issued_invoice(number="2026/14")
    (entry,) = imported(("952,00", "2026/14"))
    first = confirm(entry)
    with django_capture_on_commit_callbacks(execute=True):
        reverse_payment(first, reason="wrong customer")

    entry.refresh_from_db()
    assert (entry.status, entry.payment, entry.decided_at) == ("OPEN", None, None)
    assert [row.target for row in entry.proposals.all()] == [invoice]
    second = confirm(entry)
    assert second != first
    assert second.provider_id == f"{entry.fingerprint}-2"


def test_ignored_and_opened_again():
    make_issued_invoice(number="2026/14")
    (entry,) = imported(("952,00", "2026/14"))
    ignore(entry, reason="the owner's own money")

    assert (entry.status, entry.ignored_because) == ("IGNORED", "the owner's own money")
    with pytest.raises(EntryStateError, match="open it again"):
        confirm(entry)
    reopen(entry)
    assert (entry.status, entry.ignored_because) == ("OPEN", "")
    assert confirm(entry)


def test_a_payment_is_not_ignored():
    make_issued_invoice(number="2026/14")
    (entry,) = imported(("952,00", "2026/14"))
    confirm(entry)

    for act in (lambda: ignore(entry, reason="x"), lambda: reopen(entry)):
        with pytest.raises(EntryStateError, match="everse its payment"):
            act()


def test_ignoring_needs_a_reason():
    (entry,) = imported(("952,00", "x"))

    with pytest.raises(InvalidDataError):
        ignore(entry, reason=" ")


def test_a_refund_is_seen_on_the_account():
    party = make_party()
    paid = receive_payment(None, amount=100, on=TODAY, party=party, currency="EUR")
    out = refund(paid, on=TODAY)
    (entry,) = imported(("-100,00", "Rueckzahlung"))

    assert confirm(entry) == out
    assert Payment.objects.count() == 2


def test_a_pending_payment_is_confirmed_by_the_account():
    invoice = make_issued_invoice(number="2026/14")
    pending = receive_payment(invoice, amount=952, on=TODAY, status="PENDING")
    (entry,) = imported(("952,00", "2026/14"))
    confirm(entry)

    pending.refresh_from_db()
    invoice.refresh_from_db()
    assert (pending.status, invoice.status) == ("RECEIVED", "PAID")


def test_a_payment_is_seen_once():
    payment = receive_payment(make_issued_invoice(number="2026/14"), amount=952, on=TODAY)
    first, second = imported(("952,00", "2026/14"), ("952,00", "2026/14 nochmals"))
    assert confirm(first) == payment

    with pytest.raises(EntryStateError, match="taken"):
        confirm(second)


def test_looking_again_finds_what_came_later():
    (entry,) = imported(("952,00", "2026/14"))
    assert propose(entry) == []
    invoice = make_issued_invoice(number="2026/14")

    assert [row.target for row in propose(entry)] == [invoice]


def test_the_history_says_who_decided(django_user_model):
    from invoicing.actor import acting

    (entry,) = imported(("952,00", "x"))
    with acting("petra"):
        ignore(entry, reason="private")

    assert (entry.decided_by, entry.decided_at is not None) == ("petra", True)


def test_erasing_a_document_forgets_who_paid():
    invoice = make_issued_invoice(number="2026/14")
    import_statement(FILES / "musterbank.sta")
    entry = BankEntry.objects.get(amount=952)
    confirm(entry)
    invoice.refresh_from_db()
    invoice.erase_personal_data(reason="asked to")

    entry.refresh_from_db()
    assert (entry.counterparty, entry.iban, entry.text, entry.end_to_end_id) == ("", "", "", "")
    assert import_statement(FILES / "musterbank.sta").imported == 0


def test_what_is_open_is_read_once_for_all_other_entries(monkeypatch, django_capture_on_commit_callbacks):
    make_issued_invoice(number="2026/14")
    entries = imported(*[("952,00", f"2026/14 copy {name}") for name in "abcd"])
    assert [entry.proposals.count() for entry in entries] == [1, 1, 1, 1]
    read = []
    monkeypatch.setattr(proposing, "open_items", lambda scope: read.append(scope) or open_items(scope))
    with django_capture_on_commit_callbacks(execute=True):
        confirm(entries[0])

    assert len(read) == 1
    assert [entry.proposals.count() for entry in entries] == [1, 0, 0, 0]


def test_erasing_forgets_where_money_was_paid_back_to():
    invoice = make_issued_invoice(number="2026/14")
    (entry,) = imported(("1000,00", "2026/14"))
    payment = confirm(entry)
    back = refund(payment, on=TODAY)
    (out,) = imported(("-48,00", "too much, Camille"))
    BankEntry.objects.filter(pk=out.pk).update(payment=back, status="MATCHED")
    invoice.refresh_from_db()
    invoice.erase_personal_data(reason="asked to")

    out.refresh_from_db()
    assert (out.text, out.amount) == ("", Decimal("-48.00"))


def test_a_look_that_fails_does_not_deny_what_is_decided(monkeypatch, django_capture_on_commit_callbacks):
    make_issued_invoice(number="2026/14")
    first, _second = imported(("952,00", "2026/14"), ("952,00", "2026/14 again"))

    def fail(_keys, **_options):
        raise TryAgainError(reason="deadlock")

    monkeypatch.setattr(confirming, "propose_again", fail)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        confirm(first)

    assert (len(callbacks), first.status) == (1, "MATCHED")
