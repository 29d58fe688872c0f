"""Reminders: who is reminded, once a level; what is charged, by which document."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction

from invoicing.actor import acting
from invoicing.contrib.delivery import cases, reminding, services
from invoicing.contrib.delivery.cases import is_reminded
from invoicing.contrib.delivery.models import Delivery, Reminder, ReminderPause
from invoicing.contrib.delivery.reminding import reminders_due, send_reminder, send_reminders
from invoicing.contrib.delivery.sending import deliver
from invoicing.domain.choices import InvoiceType
from invoicing.exceptions import AppendOnlyError, InvalidDataError
from invoicing.models import CreditLine, Item, PaymentTerm, get_invoice_model
from tests.contrib.delivery.levels import make_charging_level, make_level
from tests.factories import SOMMER, line, make_company, make_invoice, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

DUE = date(2026, 12, 4)
"""Of every invoice that names no other."""

WEEK_LATE = date(2026, 12, 11)


def sent(on=WEEK_LATE, **options):
    return [reminded for reminded in send_reminders(on=on, **options) if reminded]


def due(on=WEEK_LATE, **options):
    return [reminded for reminded in reminders_due(on=on, **options) if reminded]


@pytest.fixture
def level():
    return make_level()


@pytest.fixture(autouse=True)
def undrawn(request, monkeypatch):
    """Nobody looks at the PDF of what is not sent."""
    if "read" not in request.fixturenames:
        monkeypatch.setattr(services, "pdf_of", lambda _invoice: b"")


# Who is reminded


def test_a_late_invoice_is_reminded_of(level):
    invoice = make_issued_invoice()
    with acting("Petra Lang"):
        (reminded,) = sent()
    reminder = Reminder.objects.get()

    assert (reminded.result, reminded.number, reminded.days_overdue, reminded.to_pay) == ("SENT", invoice.number, 7, Decimal("952.00"))
    assert (reminder.invoice, reminder.level, reminder.sent_on, reminder.to_pay) == (invoice, level, WEEK_LATE, Decimal("952.00"))
    assert (reminder.fee_invoice, reminder.actor_name) == (None, "Petra Lang")
    assert (reminder.delivery.recipients, reminder.delivery.purpose) == (["buchhaltung@buch-sommer.example.com"], "REMINDER")


def test_a_second_run_sends_none_twice(level):
    make_issued_invoice()

    assert [len(sent()), len(sent()), len(sent(date(2027, 3, 1)))] == [1, 0, 0]
    assert Delivery.objects.count() == 1


def test_before_the_day_nothing_is_due(level):
    make_issued_invoice()

    assert sent(date(2026, 12, 10)) == []


def test_customers_are_reminded_of_what_is_not_yet_due():
    make_level(-3)
    make_issued_invoice()

    (reminded,) = sent(date(2026, 12, 1))

    assert (reminded.days_overdue, Reminder.objects.get().days_overdue) == (-3, -3)
    assert "is due on" in Delivery.objects.get().subject


@pytest.mark.parametrize(
    ("status", "is_wanted"),
    [
        ("NEW", True),
        ("SENT", True),
        ("RETURNED", False),
        ("PAID", False),
        ("CREDITED", False),
        ("CANCELED", False),
        ("IN_COLLECTION", False),
        ("UNCOLLECTIBLE", False),
    ],
)
def test_only_open_invoices_are_reminded_of(level, status, is_wanted):
    invoice = make_issued_invoice()
    acts = {
        "NEW": [],
        "SENT": ["mark_sent"],
        "RETURNED": ["mark_sent", "mark_returned"],
        "PAID": ["mark_paid"],
        "CREDITED": ["create_credit_note"],
        "IN_COLLECTION": ["send_to_collection"],
        "UNCOLLECTIBLE": ["write_off"],
    }
    if status == "CANCELED":
        invoice.cancel("entered twice")
    for act in acts.get(status, []):
        getattr(invoice, act)()
    invoice.refresh_from_db()

    assert invoice.status == status
    assert is_reminded(invoice) is is_wanted
    assert [reminded.number for reminded in sent()] == ([invoice.number] if is_wanted else [])


@pytest.mark.parametrize("kind", InvoiceType.values)
def test_only_invoices_and_advance_invoices_are_reminded_of(level, kind):
    if kind == "CREDIT_NOTE":
        make_issued_invoice().create_credit_note()
    else:
        make_issued_invoice(type=kind)

    assert len(sent()) == (kind in {"INVOICE", "ADVANCE"})


def test_received_open_and_paid_documents_are_left_alone(level):
    make_issued_invoice(origin="RECEIVED", number="R-1")
    make_invoice([line()])
    paid = make_issued_invoice()
    paid.already_paid = paid.total
    paid.save()

    assert sent() == []


def test_what_was_paid_in_part_is_reminded_of_for_the_rest(level):
    invoice = make_issued_invoice()
    invoice.already_paid = Decimal("900.00")
    invoice.save()

    assert [reminded.to_pay for reminded in sent()] == [Decimal("52.00")]


def test_an_open_credit_note_is_taken_off(level):
    invoice = make_issued_invoice([line(), line("Hosting", quantity=1, unit_price=Decimal(100))])
    part = Item.objects.get(invoice=invoice, title="Hosting")
    invoice.create_credit_note([CreditLine(item=part)])

    assert [reminded.to_pay for reminded in due()] == [Decimal("952.00")]
    assert [reminded.to_pay for reminded in sent()] == [Decimal("952.00")]


def test_without_an_address_it_is_skipped_and_said(level):
    make_issued_invoice(customer_email="")

    (reminded,) = sent()

    assert (reminded.result, reminded.reason, Reminder.objects.count()) == ("SKIPPED", "NO_EMAIL", 0)


# Pauses


def test_an_invoice_may_be_left_in_peace(level):
    invoice = make_issued_invoice()
    ReminderPause(invoice=invoice, until=WEEK_LATE, reason="they complain about the colours").save()

    assert [reminded.reason for reminded in sent()] == ["PAUSED"]
    assert [reminded.result for reminded in sent(WEEK_LATE + timedelta(days=1))] == ["SENT"]


def test_a_party_may_be_left_in_peace_for_good(level):
    party = make_party()
    make_issued_invoice(party=party)
    other = make_issued_invoice(party=make_party(code="TWO"))
    ReminderPause(party=party, reason="pays by the end of each quarter").save()

    assert {reminded.result: reminded.number for reminded in sent(date(2027, 6, 1))}["SENT"] == other.number
    assert list(Reminder.objects.values_list("invoice_id", flat=True)) == [other.pk]


# Levels


def test_a_late_run_sends_the_last_level_alone_and_none_before_it_later():
    for days in (7, 21, 35):
        make_level(days)
    make_issued_invoice()

    assert [reminded.level for reminded in sent(date(2026, 12, 30))] == ["Level 21"]
    assert [sent(date(2027, 1, 5)), sent(date(2027, 1, 7))] == [[], []]
    assert [reminded.level for reminded in sent(date(2027, 1, 8))] == ["Level 35"]


def test_a_company_has_its_own_levels_or_those_of_all():
    own, other = make_company(code="OWN"), make_company(code="OTH", name="Teehaus Lindner GmbH")
    make_level(7, name="for all")
    make_level(5, name="of its own", company=own)
    for company in (own, other, None):
        make_issued_invoice(**({"company": company} if company else {}))

    assert [reminded.level for reminded in sent()] == ["of its own", "for all", "for all"]


def test_a_company_whose_own_levels_are_switched_off_sends_none():
    company = make_company()
    make_level(7)
    make_level(5, company=company, is_active=False)
    make_issued_invoice(company=company)

    assert sent() == []


def test_companies_may_be_chosen(level):
    company = make_company()
    numbers = [make_issued_invoice(company=company).number, make_issued_invoice().number]

    assert [reminded.number for reminded in due(companies=[company.pk])] == numbers[:1]
    assert [reminded.number for reminded in due(companies=[None])] == numbers[1:]
    assert len(due(companies=[company.pk, None])) == 2


def test_by_default_it_is_today_where_the_company_is(level):
    far_east = make_company(time_zone="Pacific/Auckland")
    make_issued_invoice(company=far_east)
    make_issued_invoice()

    with time_machine.travel("2026-12-10T20:00:00+00:00", tick=False):
        found = [reminded for reminded in reminders_due() if reminded]

    assert [reminded.on for reminded in found] == [date(2026, 12, 11)]


# Charges


def test_charges_become_a_document_of_their_own():
    make_charging_level()
    invoice = make_issued_invoice(reference="RF18539007547034", note="Thank you for your order.")
    before = Invoice.objects.filter(pk=invoice.pk).values().get()

    (reminded,) = sent()
    reminder = Reminder.objects.get()
    charge = reminder.fee_invoice

    # 952.00 × 5 % × 7/365 = 0.9128…
    assert (reminded.fee, reminded.interest, reminded.fee_invoice) == (Decimal("5.00"), Decimal("0.91"), charge.number)
    assert (charge.total, charge.vat, charge.type, charge.is_issued) == (Decimal("5.91"), None, "INVOICE", True)
    assert (charge.date_issue, charge.date_due) == (WEEK_LATE, WEEK_LATE + timedelta(days=14))
    assert (charge.customer_name, charge.currency, charge.reference, charge.note) == (invoice.customer_name, "EUR", "", "")
    assert list(charge.related_invoices.all()) == [invoice]
    assert [(item.title, item.total, item.tax_rate, item.tax_category) for item in charge.item_set.all()] == [
        (f"Reminder fee for invoice {invoice.number}", Decimal("5.00"), None, "O"),
        (f"Interest for late payment of invoice {invoice.number}", Decimal("0.91"), None, "O"),
    ]
    assert charge.item_set.last().description == "Dec. 5, 2026 – Dec. 11, 2026, days: 7, yearly rate: 5%"
    assert charge.tax_notes == ["Compensation for late payment: not subject to VAT"]
    assert Invoice.objects.filter(pk=invoice.pk).values().get() == before
    assert (reminder.fee, reminder.interest, reminder.interest_until) == (Decimal("5.00"), Decimal("0.91"), WEEK_LATE)


def test_nobody_pays_a_charge_early_or_at_the_door():
    make_charging_level()
    term = PaymentTerm.objects.create(name="14 days, 2 % within 7", days=14, early_discount_percent=2, early_discount_days=7)
    make_issued_invoice(party=make_party(payment_term=term, **SOMMER), payment_method="CASH_ON_DELIVERY")

    sent()

    charge = Reminder.objects.get().fee_invoice
    assert (charge.early_discount_percent, charge.early_discount_until, charge.payment_method) == (None, None, "BANK_TRANSFER")


def test_the_charge_is_sent_beside_the_reminder():
    make_charging_level()
    invoice = make_issued_invoice()
    sent()
    charge = Reminder.objects.get().fee_invoice

    assert [(delivery.purpose, delivery.invoice) for delivery in Delivery.objects.order_by("pk")] == [
        ("REMINDER", invoice),
        ("INVOICE", charge),
    ]


def test_interest_goes_on_where_the_last_charge_ended():
    make_level(7, interest="RATE", interest_rate=Decimal(5))
    make_level(21, interest="RATE", interest_rate=Decimal(5))
    make_issued_invoice()
    sent()
    sent(date(2026, 12, 25))

    # 14 days: 952.00 × 5 % × 14/365 = 1.8257…
    assert [reminder.interest for reminder in Reminder.objects.all()] == [Decimal("0.91"), Decimal("1.83")]
    assert [reminder.interest_until for reminder in Reminder.objects.all()] == [WEEK_LATE, date(2026, 12, 25)]


def test_legal_interest_follows_the_country_and_the_customer():
    make_level(30, interest="LEGAL")
    business, consumer = make_issued_invoice(), make_issued_invoice(customer_vat_id="")
    day = DUE + timedelta(days=30)

    found = {reminded.number: reminded for reminded in due(day)}

    # 27 days of 2026 and 3 of 2027: 952.00 × 10.52 % × 30/365 = 8.2316…, × 6.52 % = 5.1017…
    assert found[business.number].interest == Decimal("8.23")
    assert found[consumer.number].interest == Decimal("5.10")
    assert found[business.number].interest_rate == "10.52 % (2026-07-01)"


def test_a_party_says_whether_it_is_a_business():
    make_level(30, interest="LEGAL")
    make_issued_invoice(party=make_party(is_business=False), customer_vat_id="DE287654308")

    assert [reminded.interest_rate for reminded in due(DUE + timedelta(days=30))] == ["6.52 % (2026-07-01)"]


def test_where_no_legal_rate_is_known_that_is_said():
    make_level(30, interest="LEGAL")
    make_issued_invoice(supplier_country="US", supplier_vat_id="", items=[line(tax_rate=None)])

    (reminded,) = sent(DUE + timedelta(days=30))

    assert (reminded.result, reminded.interest, reminded.notes) == ("SENT", 0, ("RATE_UNKNOWN",))
    assert Reminder.objects.get().fee_invoice is None


def test_a_fee_in_another_currency_is_left_out_and_said():
    make_level(7, fee=Decimal(5), currency="USD")
    make_issued_invoice()

    (reminded,) = sent()

    assert (reminded.result, reminded.fee, reminded.notes, reminded.fee_invoice) == ("SENT", 0, ("FEE_CURRENCY",), "")


def test_a_charge_is_reminded_of_and_costs_nothing_more():
    make_charging_level()
    make_issued_invoice()
    sent()
    charge = Reminder.objects.get().fee_invoice

    (reminded,) = sent(charge.date_due + timedelta(days=7))

    assert (reminded.number, reminded.fee, reminded.interest) == (charge.number, 0, 0)
    assert Invoice.objects.count() == 2


def test_what_cannot_be_charged_fails_for_that_invoice_alone():
    make_level(7, interest="LEGAL")
    old = {"date_issue": date(2012, 3, 1), "date_tax_point": date(2012, 3, 1), "date_due": date(2012, 3, 15)}
    make_issued_invoice(**old)
    make_issued_invoice()

    assert [reminded.result for reminded in due()] == ["FAILED", "SENT"]
    found = sent()
    assert [reminded.result for reminded in found] == ["FAILED", "SENT"]
    assert "Rates are known from 2013-01-01 on, not for 2012-03-16." in found[0].error
    assert Reminder.objects.count() == 1


def test_a_refusal_leaves_nothing_behind(monkeypatch):
    """The charge and its number go with the mail that cannot be asked for."""
    make_charging_level()
    make_issued_invoice()

    def refuse(*_invoice, **_mail):
        raise InvalidDataError({"recipients": ["unknown"]})

    monkeypatch.setattr(reminding, "request_delivery", refuse)
    (reminded,) = sent()
    monkeypatch.undo()

    assert (reminded.result, reminded.error) == ("FAILED", "recipients: unknown")
    assert (Reminder.objects.count(), Invoice.objects.count()) == (0, 1)
    assert make_issued_invoice().number == "2026/2"


# Words


@pytest.fixture
def read(django_capture_on_commit_callbacks):
    """Send what is due, and read the mail."""

    def run(on=WEEK_LATE):
        mail.outbox = []
        with django_capture_on_commit_callbacks(execute=True):
            sent(on)
        return mail.outbox

    return run


def test_the_mail_says_what_is_owed(level, read):
    invoice = make_issued_invoice()

    (message,) = read()
    html = message.alternatives[0][0]

    assert message.subject == f"Payment reminder: invoice {invoice.number}"
    for text in (message.body, html):
        assert f"Invoice {invoice.number} of Nov. 20, 2026 was due on Dec. 4, 2026." in text
        assert "EUR\u00a0952.00" in text
        assert "DE89 3704 0044 0532 0130 00" in text
    assert [name for name, _content, _kind in message.attachments] == ["invoice-2026-1.pdf"]


def test_a_later_reminder_tells_of_the_one_before_and_of_what_it_charges(read):
    make_level(7)
    make_charging_level(21)
    make_issued_invoice()
    read()

    reminder, charge = read(date(2026, 12, 25))

    assert "We already reminded you on Dec. 11, 2026." in reminder.body
    number = Reminder.objects.get(level__days=21).fee_invoice.number
    assert f"For the late payment we charge EUR\u00a07.74: see invoice {number}." in reminder.body
    assert number in charge.subject


def test_texts_of_a_level_are_filled_and_are_no_templates(read):
    make_level(subject="Open: {number}", message="Dear {customer_name},\n{to_pay} since {date_due}. {{ mail.look }} {% now 'Y' %}")
    invoice = make_issued_invoice(customer_name="Sommer {number} {{ x }}")

    (message,) = read()

    assert message.subject == f"Open: {invoice.number}"
    assert "Dear Sommer {number} {{ x }},\nEUR\u00a0952.00 since Dec. 4, 2026." in message.body
    assert "{% now 'Y' %}" in message.body


def test_a_name_with_a_line_break_stays_in_its_line(read):
    make_level(subject="{customer_name}")
    make_issued_invoice(customer_name="Sommer\nBcc: all@example.com")

    (message,) = read()

    assert message.subject == "Sommer Bcc: all@example.com"
    assert message.recipients() == ["buchhaltung@buch-sommer.example.com"]


# What holds in the database


def test_a_reminder_is_history(level):
    make_issued_invoice()
    sent()
    reminder = Reminder.objects.get()

    with pytest.raises(AppendOnlyError):
        reminder.save()
    with pytest.raises(AppendOnlyError):
        Reminder.objects.update(to_pay=0)
    with pytest.raises(AppendOnlyError):
        Reminder.objects.all().delete()


def test_the_database_has_each_level_once_an_invoice(level):
    invoice = make_issued_invoice()
    row = {"invoice": invoice, "level": level, "level_days": 7, "sent_on": WEEK_LATE, "days_overdue": 7, "to_pay": 1, "currency": "EUR"}
    Reminder(**row).save()

    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder(**row).save()


def test_one_invoice_may_be_reminded_of_by_hand(level):
    invoice = make_issued_invoice()
    make_issued_invoice()

    assert send_reminder(invoice, on=WEEK_LATE).result == "SENT"
    assert send_reminder(invoice, on=WEEK_LATE) is None
    assert Reminder.objects.count() == 1


def test_a_payment_that_comes_in_between_is_seen_under_the_lock(level, monkeypatch):
    invoice = make_issued_invoice()
    look = cases.Cases.among

    def look_then_pay(self, invoices):
        found = list(look(self, invoices))
        monkeypatch.undo()
        Invoice.objects.get(pk=invoice.pk).mark_paid()
        return iter(found)

    monkeypatch.setattr(cases.Cases, "among", look_then_pay)

    assert (sent(), Reminder.objects.count()) == ([], 0)


@pytest.mark.parametrize("make", [make_level, make_charging_level])
def test_a_run_that_reads_an_old_view_is_stopped_by_the_database(make, monkeypatch):
    make(8)
    invoice = make_issued_invoice()
    day = date(2026, 12, 12)
    (stale,) = cases.Cases(on=day, companies=None, using="default").among([invoice])
    sent(day)
    monkeypatch.setattr(cases.Cases, "among", lambda *_invoices: iter([stale]))

    assert send_reminder(invoice, on=day) is None
    count = 2 if make is make_charging_level else 1
    assert (Reminder.objects.count(), Delivery.objects.count(), Invoice.objects.count()) == (1, count, count)


def test_many_invoices_are_looked_at_a_few_at_a_time(level, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(cases, "CHUNK", 3)
    for _number in range(8):
        make_issued_invoice()

    with django_assert_max_num_queries(22):
        assert len(list(reminders_due(on=WEEK_LATE))) == 8


def test_customers_are_written_to_in_the_language_of_the_invoice(level, read):
    make_issued_invoice(language="de")
    make_issued_invoice(language="en")

    german, english = read()

    assert german.subject.startswith("Zahlungserinnerung")
    assert english.subject.startswith("Payment reminder")


@pytest.mark.parametrize("act", ["mark_paid", "create_credit_note", "cancel"])
def test_a_reminder_that_waits_is_not_sent_once_nothing_is_owed(level, act):
    invoice = make_issued_invoice()
    sent()
    invoice.refresh_from_db()
    getattr(invoice, act)(*["entered twice"] * (act == "cancel"))
    delivery = deliver(Delivery.objects.get().pk, using="default")

    assert (delivery.status, delivery.attempts, mail.outbox) == ("FAILED", 1, [])
    assert ("canceled" if act == "cancel" else "Nothing is left to pay") in delivery.error
