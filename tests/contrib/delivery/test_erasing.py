"""Personal data that is erased goes from the mail about a document, too; when it was sent stays."""

import json
from datetime import date

import pytest
from django.core import mail
from django.db import connection

from invoicing.actor import acting
from invoicing.contrib.delivery import sending
from invoicing.contrib.delivery.exceptions import NotDeliverableError, RequestKeyReusedError
from invoicing.contrib.delivery.handover import Handover
from invoicing.contrib.delivery.links import revoke_links
from invoicing.contrib.delivery.models import Delivery, DeliveryAttempt, DunningLevel, Outcome, Reminder, ReminderPause
from invoicing.contrib.delivery.reminding import send_reminder
from invoicing.contrib.delivery.sending import deliver
from invoicing.contrib.delivery.services import confirm_arrival, send_again, send_invoice
from invoicing.protection import install_triggers, remove_triggers
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = [model._meta.db_table for model in (Delivery, DeliveryAttempt, Reminder, ReminderPause)]
GONE = ("Camille", "Rivière", "camille.riviere@example.com", "No such mailbox", "gate 7", "Petra Lang")


@pytest.fixture(params=["bare", "triggers"])
def database(request, transactional_db):
    """The tables of a host that has the triggers of `invoicing_protect`, and of one that has not."""
    if request.param == "triggers":
        install_triggers("default")
    yield
    if request.param == "triggers":
        remove_triggers("default")


def stored_texts(*texts):
    """Which of these texts stand in the tables of delivery, also escaped as in JSON."""
    with connection.cursor() as cursor:
        values = []
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # named above
            values += [str(value) for row in cursor.fetchall() for value in row]
    told = "\n".join(values)
    return [text for text in texts if text in told or json.dumps(text)[1:-1] in told]


def make_mailed_invoice():
    """An invoice to a person that was sent, with an answer of the server, reminded of, and paused."""
    DunningLevel(name="Reminder", days=7, subject="{customer_name}: {number}").save()
    invoice = make_issued_invoice(
        customer_name="Camille Rivière",
        customer_email="camille.riviere@example.com",
        date_issue=date(2026, 3, 2),
        date_due=date(2026, 3, 16),
    )
    with acting("Petra Lang"):
        delivery = send_invoice(invoice, message="Dear Camille, the parcel is at gate 7.", request_key="order-17")
        send_reminder(invoice, on=date(2026, 3, 23))
        revoke_links(invoice)
        ReminderPause(invoice=invoice, until=date(2026, 4, 1), reason="Camille Rivière moves").save()
    # What a server may have said of an address.
    Delivery.objects.filter(pk=delivery.pk).update(refused={"camille.riviere@example.com": "550 No such mailbox"})
    return invoice


def test_what_is_searched_for_is_there_before(database):
    make_mailed_invoice()

    assert stored_texts(*GONE) == list(GONE)


def test_nothing_of_the_customer_is_left_in_the_mail(database):
    invoice = make_mailed_invoice()
    prints = list(Delivery.objects.values_list("fingerprint", flat=True))
    invoice.erase_personal_data("ten years are over")

    # Who let the reminder go out is told by the reminder, which nobody changes.
    Reminder.objects.get(actor_name="Petra Lang")
    assert stored_texts(*GONE[:-1], *prints) == []
    assert set(Delivery.objects.values_list("actor_name", flat=True)) == {""}
    assert set(DeliveryAttempt.objects.values_list("actor_name", flat=True)) == {""}
    assert set(invoice.link_revocations.values_list("actor_name", flat=True)) == {""}


def test_when_and_what_was_sent_stays(database):
    invoice = make_mailed_invoice()
    columns = ("status", "attempts", "sent_at", "message_id", "digest", "purpose", "request_key")
    before = list(Delivery.objects.order_by("pk").values(*columns))
    log = list(DeliveryAttempt.objects.order_by("pk").values("outcome", "started_at", "ended_at", "digest", "message_id"))
    invoice.erase_personal_data("ten years are over")

    assert [row["status"] for row in before] == ["SENT", "SENT"]
    assert list(Delivery.objects.order_by("pk").values(*columns)) == before
    assert list(DeliveryAttempt.objects.order_by("pk").values("outcome", "started_at", "ended_at", "digest", "message_id")) == log
    assert {row.subject for row in Delivery.objects.all()} == {"2026/1"}


def test_the_mail_about_other_documents_stays(database):
    other = make_mailed_invoice()
    make_issued_invoice().erase_personal_data("ten years are over")

    assert stored_texts(*GONE) == list(GONE)
    assert other.deliveries.count() == 2


def test_what_waits_is_not_sent_any_more(database, monkeypatch):
    invoice = make_issued_invoice()
    monkeypatch.setattr("invoicing.contrib.delivery.tasks.enqueue", lambda *_args, **_options: None)
    delivery = send_invoice(invoice)
    invoice.erase_personal_data("asked to")

    assert deliver(delivery.pk, using="default").status == "FAILED"
    assert mail.outbox == []


def test_what_is_being_sent_writes_no_address_down_again(database, monkeypatch):
    invoice = make_issued_invoice(customer_email="camille.riviere@example.com")

    def hand_over(_mail):
        invoice.erase_personal_data("asked to")
        return Handover(
            outcome=Outcome.POSTPONED, error="<camille.riviere@example.com> is busy", refused={"camille.riviere@example.com": "450"}
        )

    monkeypatch.setattr(sending, "hand_over", hand_over)
    with acting("Petra Lang"):
        delivery = send_invoice(invoice)

    assert (delivery.status, delivery.next_attempt_at, delivery.log.count()) == ("FAILED", None, 1)
    assert stored_texts("camille", "Petra Lang") == []


def test_a_mail_without_an_address_is_not_sent_again(database, monkeypatch):
    invoice = make_issued_invoice()
    monkeypatch.setattr(sending, "hand_over", lambda _mail: Handover(outcome=Outcome.IN_DOUBT, error="gone"))
    delivery = send_invoice(invoice)
    invoice.erase_personal_data("asked to")

    with pytest.raises(NotDeliverableError, match="erased"):
        send_again(delivery)
    assert (delivery.log.count(), confirm_arrival(delivery).status) == (1, "SENT")


def test_the_key_of_an_erased_mail_sends_no_second_one(database):
    invoice = make_mailed_invoice()
    invoice.erase_personal_data("ten years are over")

    with pytest.raises(RequestKeyReusedError):
        send_invoice(invoice, recipients=["ada@example.com"], request_key="order-17")
    assert len(mail.outbox) == 2
