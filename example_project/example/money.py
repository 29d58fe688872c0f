"""What happens to the example invoices once they are issued: money comes in, reminders go out, reports are read."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management import call_command

from invoicing.contrib.payments.services import party_credit, receive_payment
from invoicing.models import Company, get_invoice_model

PROJECT = Path(__file__).resolve().parents[1]
MAIL = PROJECT / "var" / "mail"
STATEMENT = PROJECT / "bank" / "nordlicht-2026-08.xml"
COMPANY = "NW"
IN_PART, TOO_MUCH = "NW-2026-0011", "NW-2026-0002"
REMINDED_ON = "2026-09-15"
SURE = "85"
"""The score from which on a proposal is confirmed by itself."""

Say = Callable[[str], Any]


def tell_of_money(say: Say, *, has_documents: bool) -> None:
    """Receive payments, read the bank statement, remind who is late, and print how the company stands.

    Reminders carry the PDF, so none are sent where no documents can be made.
    """
    say("\nMoney comes in: a part of one invoice, and more than another one needs.")
    _receive(say)
    _run(say, "invoicing_import_statement", os.path.relpath(STATEMENT), "--company", COMPANY, "--confirm-from", SURE)
    if has_documents:
        _remind(say)
    _run(say, "invoicing_report", "ageing", "--on", REMINDED_ON, "--company", COMPANY)
    _run(say, "invoicing_report", "vat", "--period", "2026-Q3", "--company", COMPANY)


def _run(say: Say, *words: str) -> None:
    """Run a command as it is typed, and show it."""
    say(f"\n$ manage.py {' '.join(words)}")
    call_command(*words)


def _receive(say: Say) -> None:
    """Two payments, as somebody enters them."""
    part = _invoice(IN_PART)
    receive_payment(part, amount=Decimal("5000.00"), on=dt.date(2026, 7, 20), reference="Erste Rate")
    say(f"{IN_PART}: {part.already_paid} of {part.total} {part.currency}, {part.payment_status.label}")
    over = _invoice(TOO_MUCH)
    receive_payment(over, amount=Decimal("2300.00"), on=dt.date(2026, 2, 16))
    credit = party_credit(over.party, currency=over.currency, company=over.company)
    say(f"{TOO_MUCH}: {over.already_paid} of {over.total} {over.currency}, {over.status}; {over.party} has {credit} {over.currency} left")


def _remind(say: Say) -> None:
    """Into a folder of messages instead of to customers."""
    for old in MAIL.glob("*.log"):
        old.unlink()
    _run(say, "invoicing_send_reminders", "--defaults")
    _run(say, "invoicing_send_reminders", "--on", REMINDED_ON, "--company", COMPANY)
    say(f"{len(list(MAIL.glob('*.log')))} messages are in {os.path.relpath(MAIL)}.")


def _invoice(number: str) -> Any:
    company = Company.objects.get(code=COMPANY)
    return get_invoice_model()._default_manager.select_related("party", "company").get(number=number, company=company)
