"""What became overdue is told once for each due date, by whoever looks."""

from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from django.db import connections

from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from invoicing.contrib.api.webhooks.services import add_endpoint, change_endpoint, note_overdue
from invoicing.models.locking import plain
from tests.factories import make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

DUE = date(2026, 12, 4)
"""Of every invoice that names no other day."""

NEXT = date(2026, 12, 5)


@pytest.fixture(autouse=True)
def since(endpoint):
    """The endpoint was there before."""
    WebhookEndpoint.objects.update(created=datetime(2026, 11, 1, tzinfo=UTC))


def test_an_invoice_is_told_of_on_the_day_after_its_due_date_and_once(endpoint):
    invoice = make_issued_invoice()

    assert note_overdue(on=DUE) == 0
    assert [note_overdue(on=NEXT), note_overdue(on=NEXT), note_overdue(on=date(2027, 1, 1))] == [1, 0, 0]
    event = WebhookEvent.objects.get(kind="invoice.overdue")
    assert (event.invoice_uuid, event.due_on) == (invoice.uuid, DUE)
    assert event.payload["data"]["invoice"]["to_pay"] == "952.00"
    assert event.deliveries.count() == 1


def test_what_is_paid_canceled_or_not_issued_is_not_overdue(endpoint):
    make_issued_invoice().mark_paid()
    make_issued_invoice().cancel("entered twice")
    make_invoice()

    assert note_overdue(on=NEXT) == 0


def test_a_new_due_date_is_news_again(endpoint):
    invoice = make_issued_invoice()
    note_overdue(on=NEXT)
    WebhookEvent.objects.filter(kind="invoice.overdue").update(due_on=date(2026, 11, 30))

    assert note_overdue(on=NEXT) == 1
    assert WebhookEvent.objects.filter(kind="invoice.overdue", invoice_uuid=invoice.uuid).count() == 2


@pytest.mark.parametrize(
    ("issued", "since", "count"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 12, 5, 9, tzinfo=UTC), 1),
        (datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 12, 6, 9, tzinfo=UTC), 0),
        # It was overdue from the beginning, and the beginning is news.
        (datetime(2026, 12, 6, 10, tzinfo=UTC), datetime(2026, 12, 6, 9, tzinfo=UTC), 1),
    ],
)
def test_what_was_overdue_before_there_was_an_endpoint_is_no_news(endpoint, issued, since, count):
    invoice = make_issued_invoice()
    plain(type(invoice), using="default").update(issued_at=issued)
    WebhookEndpoint.objects.update(created=since)

    assert note_overdue(on=date(2026, 12, 8)) == count


def test_nobody_who_wants_to_know_is_nothing_to_do(endpoint):
    make_issued_invoice()
    change_endpoint(endpoint, events=["invoice.paid"])

    assert note_overdue(on=NEXT) == 0


def test_each_company_has_its_own_day(receiver, endpoint, monkeypatch):
    company = make_company(time_zone="Pacific/Auckland")
    add_endpoint(company=company, url=receiver.url)
    WebhookEndpoint.objects.update(created=datetime(2026, 11, 1, tzinfo=UTC))
    make_issued_invoice(company=company)
    make_issued_invoice()
    # Noon of the 4th in UTC is one o'clock at night of the 5th in Auckland.
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 12, 4, 12, tzinfo=UTC))

    assert note_overdue() == 1
    assert WebhookEvent.objects.get(kind="invoice.overdue").company == company


@pytest.mark.django_db(transaction=True)
def test_two_that_look_at_once_tell_it_once(endpoint):
    for _ in range(5):
        make_issued_invoice()
    start, told = Barrier(3), []

    def look():
        try:
            start.wait(timeout=30)
            told.append(note_overdue(on=NEXT))
        finally:
            connections.close_all()

    threads = [Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sum(told) == 5
    assert WebhookEvent.objects.filter(kind="invoice.overdue").count() == 5
    assert WebhookDelivery.objects.filter(event__kind="invoice.overdue").count() == 5
