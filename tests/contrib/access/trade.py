"""A company with a row in every table, each of them recognisable by a word that no other company has."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.utils import timezone

from invoicing.contrib.access.models import Membership
from invoicing.contrib.delivery.models import Delivery, DunningLevel, LinkRevocation, Reminder, ReminderPause
from invoicing.contrib.payments.models import BankEntry, BankStatement, MatchProposal, PaymentMethod
from invoicing.contrib.payments.services import receive_payment
from invoicing.models import Company, LockExemption, StoredDocument, VatIdCheck, VoidedNumber, unprotected
from tests.factories import TODAY, line, make_company, make_invoice, make_issued_invoice, make_party, make_product


def fill(word: str) -> Company:
    """Make a company whose every row shows the word."""
    numbers = {"number_format": f"{word}-{{{{ invoice.sequence }}}}", "counter_period": "INFINITE"}
    company = make_company(name=f"{word} GmbH", code=word, **numbers)
    party = make_party(name=f"{word} customer", company=company)
    product = make_product(name=f"{word} hours", sku=word, company=company)
    invoice = make_issued_invoice([line(word, product=product)], company=company, party=party, title=f"{word} job")
    make_invoice([line(word)], company=company, party=party, status="DRAFT", title=f"{word} draft")
    user = get_user_model().objects.create_user(f"{word}-clerk")
    Membership(user=user, company=company, role="ADMIN").save()

    VatIdCheck.objects.create(company=company, vat_id=word, name=word, answer="VALID")
    VoidedNumber(counter=invoice.counter, sequence=700, number=f"{word}-700", reason=f"{word} torn").save()
    LockExemption(company=company, user=user, until=timezone.now() + timedelta(days=1), reason=f"{word} late").save()
    StoredDocument.objects.keep(invoice, b"%PDF", role="PDF", name=f"{word}.pdf", media_type="application/pdf")
    with unprotected(invoice, reason=f"{word} misspelt"):
        pass

    money = receive_payment(invoice, amount=Decimal("100.00"), on=TODAY, reference=f"{word} paid")
    statement = BankStatement(company=company, account=f"{word}-1", format="CSV", sha256="0" * 64, key=word, currency="EUR", file_name=word)
    statement.save()
    entry = BankEntry(statement=statement, date=TODAY, amount=Decimal(5), currency="EUR", counterparty=f"{word} payer", fingerprint=word)
    entry.save()
    MatchProposal(entry=entry, rank=1, invoice=invoice, amount=Decimal(5), score=50, reasons=[]).save()

    delivery = Delivery(company=company, invoice=invoice, purpose="INVOICE", subject=f"{word} mail", template="x", language="en")
    delivery.save()
    level = DunningLevel(company=company, name=f"{word} level", days=7)
    level.save()
    reminder = Reminder(invoice=invoice, level=level, level_days=7, sent_on=TODAY, days_overdue=7, to_pay=Decimal(1), currency="EUR")
    reminder.save()
    ReminderPause(invoice=invoice, reason=f"{word} call").save()
    ReminderPause(party=party, reason=f"{word} friend").save()
    LinkRevocation(invoice=invoice).save()
    assert money.company == company
    assert PaymentMethod.objects.exists()
    return company
