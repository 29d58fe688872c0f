"""At once: two imports of the same entries, two people who confirm, one who reverses."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connections

from invoicing.contrib.payments.bank import confirm, import_statement
from invoicing.contrib.payments.models import BankEntry, BankStatement, Payment
from invoicing.contrib.payments.services import reverse_payment
from invoicing.exceptions import InvoicingError, TryAgainError
from invoicing.retrying import retry
from tests.contrib.payments.bank.samples import FILES, mt940
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*functions):
    """Run functions in threads that start together, each with a connection of its own; what they raised, in order."""
    start = Barrier(len(functions))
    raised = [None] * len(functions)

    def work(place, function):
        try:
            start.wait(timeout=30)
            function()
        except Exception as error:  # noqa: BLE001  # the test looks at what it was
            raised[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(place, function)) for place, function in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return raised


def test_one_file_at_once_is_imported_once():
    raised = at_once(*[lambda: import_statement(FILES / "musterbank.sta")] * 6)

    assert raised == [None] * 6
    assert (BankStatement.objects.count(), BankEntry.objects.count()) == (1, 3)


def test_files_that_overlap_at_once_bring_each_entry_once():
    files = [mt940(*[(f"{amount},00", f"Eintritt {amount}") for amount in range(1, last)]) for last in (40, 60, 80, 50)]
    raised = at_once(*[lambda file=file: import_statement(file) for file in files])

    assert [error for error in raised if not isinstance(error, TryAgainError | None)] == []
    for file in files:
        import_statement(file)
    assert sorted(BankEntry.objects.values_list("amount", flat=True)) == list(range(1, 80))


def test_an_entry_that_many_confirm_at_once_is_one_payment():
    invoice = make_issued_invoice(number="2026/14")
    import_statement(FILES / "musterbank.sta")
    entry = BankEntry.objects.get(amount=952)
    raised = at_once(*[lambda: retry(lambda: confirm(BankEntry.objects.get(pk=entry.pk)))] * 6)

    invoice.refresh_from_db()
    assert raised == [None] * 6
    assert (Payment.objects.count(), invoice.already_paid) == (1, 952)


def test_two_entries_for_one_document_at_once_pay_it_once():
    invoice = make_issued_invoice(number="2026/14")
    import_statement(mt940(("952,00", "2026/14"), ("952,00", "2026/14 nochmals")))
    keys = list(BankEntry.objects.values_list("pk", flat=True))
    raised = at_once(*[lambda key=key: retry(lambda: confirm(BankEntry.objects.get(pk=key))) for key in keys])

    invoice.refresh_from_db()
    assert sum(error is None for error in raised) == 1
    assert all(isinstance(error, InvoicingError | None) for error in raised)
    assert (invoice.already_paid, Payment.objects.count()) == (952, 1)


def test_confirming_and_reversing_at_once_leaves_payment_and_entry_agreed():
    invoice = make_issued_invoice(number="2026/14")
    import_statement(FILES / "musterbank.sta")
    entry = BankEntry.objects.get(amount=952)
    first = confirm(entry)
    raised = at_once(
        lambda: retry(lambda: reverse_payment(Payment.objects.get(pk=first.pk), reason="bounced")),
        *[lambda: retry(lambda: confirm(BankEntry.objects.get(pk=entry.pk)))] * 3,
    )

    assert all(isinstance(error, InvoicingError | None) for error in raised), raised
    entry.refresh_from_db()
    invoice.refresh_from_db()
    paid = sum(payment.allocated for payment in Payment.objects.filter(status="RECEIVED"))
    assert invoice.already_paid == paid
    assert (entry.status == "MATCHED") == bool(paid)
