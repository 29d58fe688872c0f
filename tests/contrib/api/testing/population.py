"""Rows of one company in every table there is, with a marker in their texts."""

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone
from rest_framework.test import APIClient

from invoicing.contrib.access.models import Membership
from invoicing.contrib.api.models import IdempotencyKey, WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from invoicing.contrib.api.testing import Side
from invoicing.contrib.collaboration.services import assign, attach, comment
from invoicing.contrib.delivery.models import (
    Delivery,
    DeliveryAttempt,
    DunningLevel,
    LinkRevocation,
    Reminder,
    ReminderPause,
)
from invoicing.contrib.payments.models import (
    BankEntry,
    BankStatement,
    MatchProposal,
    PaymentEvent,
    TaxCorrection,
)
from invoicing.contrib.payments.models import Payment as PaymentRow
from invoicing.contrib.payments.services import receive_payment
from invoicing.models import (
    Counter,
    InvoiceEvent,
    LockExemption,
    Party,
    PaymentTerm,
    Product,
    Register,
    Repair,
    StoredDocument,
    VatIdCheck,
    VoidedNumber,
    get_invoice_model,
)
from tests.factories import TODAY, line, make_company

FAR = 700_000
"""Keys of the other company begin there, so that none of them is a key of one's own."""


def put(model, **values):
    """Insert a row past everything that a model does on saving."""
    return models.QuerySet(model).bulk_create([model(**values)])[0]


def populated(marker, *, price="80.00", code="LV"):
    """A side of the walk: a company with rows in every table, and somebody who may everything in it."""
    company = make_company(name=f"{marker} Company", code=code, registration_id=f"HRB {marker}", email=f"{marker}@example.com")
    user = get_user_model().objects.create_user(f"{marker}-user", first_name=marker, email=f"{marker}-user@example.com")
    group = Group.objects.create(name=f"{marker} team")
    user.groups.add(group)
    Membership.objects.create(user=user, company=company, role="ADMIN", is_active=True)
    client = APIClient()
    client.force_authenticate(user)
    _fill(company, marker, price=price, user=user, group=group)
    return Side(company=company, client=client, marker=marker, secrets=() if price == "80.00" else (price,))


def far_keys():
    """Let the keys of all tables go on from far away. On SQLite alone, where the other databases need no proof of it again."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, FAR])


def _fill(company, marker, *, price, user, group):
    party = Party.objects.create(
        company=company,
        name=f"{marker} Party",
        code=f"{marker}P",
        street=marker,
        zip="01067",
        city="Dresden",
        country="DE",
        email=f"{marker}-p@example.com",
    )
    product = Product.objects.create(company=company, sku=f"{marker}S", name=f"{marker} Product", unit_price=Decimal(price))
    PaymentTerm.objects.get_or_create(name="14 days", defaults={"days": 14})
    Product.objects.create(company=company, sku=f"{marker}T", name=f"A {marker} Product", description=f"{marker} description")
    issued, drafted = (_invoice(company, party, marker, number=number, price=price, product=product) for number in (1, 2))
    issued.issue()
    assign(drafted, users=[user], groups=[group], authorized_by=user)
    comment(drafted, f"{marker} comment", author=user)
    attach(drafted, ContentFile(f"{marker} attachment".encode(), name=f"{marker}.txt"), uploader=user)
    payment = receive_payment(
        issued, amount=Decimal(10), on=TODAY, method="BANK_TRANSFER", reference=f"{marker} reference", note=f"{marker} note"
    )
    _fill_core(company, marker, issued=issued, user=user)
    _fill_bank(company, marker, payment=payment, issued=issued)
    _fill_delivery(company, marker, issued=issued, party=party)
    _fill_api(company, marker, issued=issued, user=user)


def _invoice(company, party, marker, *, number, price, product):
    invoice = get_invoice_model()(
        company=company,
        party=party,
        number=f"{marker}-{number}",
        title=f"{marker} title",
        note=f"{marker} note",
        internal_note=f"{marker} internal",
        reference=f"{marker} ref",
        currency="EUR",
        language="en",
        date_issue=TODAY,
        date_tax_point=TODAY,
        date_due=TODAY + timedelta(days=14),
    )
    invoice.save_with_items([line(f"{marker} item", unit_price=Decimal(price), product=product)])
    return invoice


def _fill_core(company, marker, *, issued, user):
    register = Register.objects.filter(company=company).first() or put(Register, company=company, key=f"{marker}-register")
    if not InvoiceEvent.objects.filter(invoice=issued).exists():
        put(InvoiceEvent, invoice=issued, kind="CREATED", register=register)
    put(Repair, invoice=issued, reason=f"{marker} reason")
    put(VatIdCheck, company=company, vat_id="DE287654308", answer="VALID", name=f"{marker} name")
    put(LockExemption, company=company, user=user, until=timezone.now(), reason=f"{marker} reason")
    text = f"{marker} stored".encode()
    put(
        StoredDocument,
        invoice=issued,
        role="PDF",
        name=f"{marker}.pdf",
        media_type="application/pdf",
        size=len(text),
        sha256=sha256(text).hexdigest(),
        content=text,
    )
    counter = company_counter(company, marker)
    put(VoidedNumber, counter=counter, sequence=FAR, number=f"{marker}-void", reason=f"{marker} void")


def company_counter(company, marker):
    """A counter of the company."""
    return Counter.objects.filter(company=company).first() or put(Counter, company=company, key=f"{marker}-counter", series=marker)


def _fill_bank(company, marker, *, payment, issued):
    statement = put(
        BankStatement, company=company, format="CAMT053", sha256=marker.ljust(64, "b"), key=f"{marker}-key", number=marker, currency="EUR"
    )
    entry = put(
        BankEntry,
        statement=statement,
        date=TODAY,
        amount=Decimal(5),
        currency="EUR",
        fingerprint=marker.ljust(64, "c"),
        counterparty=marker,
        text=marker,
    )
    put(MatchProposal, entry=entry, rank=1, invoice=issued, amount=Decimal(5), score=50)
    allocation = payment.allocations.first()
    put(TaxCorrection, allocation=allocation, category="S", rate=Decimal(19), base=Decimal(1), tax=Decimal("0.19"))
    if not PaymentEvent.objects.filter(payment=payment).exists():
        put(PaymentEvent, payment=payment, kind="RECORDED", reason=marker)
    assert PaymentRow.objects.filter(company=company).exists()


def _fill_delivery(company, marker, *, issued, party):
    level = put(DunningLevel, company=company, name=f"{marker} level", days=7, subject=f"{marker} subject")
    delivery = put(
        Delivery,
        company=company,
        invoice=issued,
        purpose="INVOICE",
        fingerprint="d" * 64,
        recipients=[f"{marker}-p@example.com"],
        subject=f"{marker} subject",
        message=f"{marker} message",
        template="invoicing/delivery/invoice",
        language="en",
    )
    put(DeliveryAttempt, invoice=issued, delivery=delivery, number=1, outcome="SENT", recipients=[f"{marker}-p@example.com"])
    put(
        Reminder,
        invoice=issued,
        level=level,
        level_days=7,
        sent_on=date(2026, 12, 20),
        days_overdue=16,
        to_pay=Decimal(5),
        currency="EUR",
        actor_name=marker,
    )
    put(ReminderPause, party=party, reason=f"{marker} reason")
    put(LinkRevocation, invoice=issued, actor_name=marker)


def _fill_api(company, marker, *, issued, user):
    put(
        IdempotencyKey,
        company=company,
        owner=str(user.pk),
        key=f"{marker}-key",
        key_hash=marker.ljust(64, "e"),
        fingerprint="f" * 64,
        method="POST",
        path="/",
    )
    endpoint = put(
        WebhookEndpoint, company=company, url=f"https://{marker}.example.com/", description=f"{marker} hook", secret="whsec_x" * 5
    )
    event = put(WebhookEvent, company=company, kind="invoice.issued", invoice=issued, invoice_uuid=issued.uuid, payload={"marker": marker})
    delivery = put(WebhookDelivery, event=event, endpoint=endpoint)
    put(WebhookAttempt, invoice=issued, delivery=delivery, number=1, answer=f"{marker} answer")
