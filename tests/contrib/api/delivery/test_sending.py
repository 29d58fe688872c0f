"""Sending over HTTP: queued once, and told what became of it."""

import pytest

from invoicing.contrib.delivery.models import Delivery
from tests.contrib.delivery.conftest import LOCMEM, use_mailer
from tests.factories import make_invoice, make_issued_invoice

BODY = {"recipients": ["ada@example.com"], "subject": "Your invoice", "message": "Thank you."}


@pytest.fixture(autouse=True)
def outbox(settings):
    use_mailer(settings, LOCMEM)


@pytest.fixture
def invoice(company):
    return make_issued_invoice(company=company)


@pytest.fixture
def url(invoice):
    return f"/api/invoices/{invoice.uuid}/send/"


def test_a_mail_is_queued_and_sent(sales, invoice, url, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = sales.post(url, BODY)
    (listed,) = sales.get(f"/api/invoices/{invoice.uuid}/deliveries/").data["results"]

    assert answer.status_code == 202
    assert {name: answer.data[name] for name in ("status", "recipients", "subject", "message")} == {"status": "QUEUED", **BODY}
    assert (listed["id"], listed["requested_by"]) == (answer.data["id"], sales.user.username)
    assert Delivery.objects.get().actor_name == sales.user.username


def test_the_usual_recipient_is_the_customer(sales, url):
    assert sales.post(url).data["recipients"] == ["buchhaltung@buch-sommer.example.com"]


def test_sending_a_draft_issues_it(sales, company):
    draft = make_invoice([{"title": "Website", "unit_price": "80", "quantity": 1, "tax_rate": 19}], company=company)

    answer = sales.post(f"/api/invoices/{draft.uuid}/send/", BODY)

    draft.refresh_from_db()
    assert (answer.status_code, draft.is_issued) == (202, True)


def test_the_same_key_sends_one_mail(sales, url):
    answers = [sales.post(url, BODY, headers={"Idempotency-Key": "mail-1"}) for _ in range(2)]
    other = sales.post(url, {**BODY, "subject": "Other"}, headers={"Idempotency-Key": "mail-1"})

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].data == answers[1].data
    assert (other.status_code, Delivery.objects.count()) == (409, 1)


def test_keys_of_two_users_are_two_keys(sales, accountant, url):
    answers = [client.post(url, BODY, headers={"Idempotency-Key": "mail-1"}) for client in (sales, accountant)]

    assert answers[0].data["id"] != answers[1].data["id"]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"recipients": ["nobody"]}, "recipients"),
        ({"recipients": ["Ada <ada@example.com>"]}, "recipients"),
        ({"recipients": ["ada@example.com\nBcc: eve@example.com"]}, "recipients"),
        ({"subject": "x\r\nBcc: eve@example.com"}, "subject"),
    ],
)
def test_what_could_smuggle_a_header_in_is_refused(sales, url, body, name):
    answer = sales.post(url, body)

    assert (answer.status_code, list(answer.data["errors"])) == (422, [name])
    assert not Delivery.objects.exists()


def test_whoever_only_looks_on_sends_nothing(viewer, url, invoice):
    assert viewer.post(url, BODY).status_code == 403
    assert viewer.get(f"/api/invoices/{invoice.uuid}/deliveries/").status_code == 200


def test_a_document_of_another_company_is_not_sent(admin, other_company):
    foreign = make_issued_invoice(company=other_company)

    assert admin.post(f"/api/invoices/{foreign.uuid}/send/", BODY).status_code == 404
    assert admin.get(f"/api/invoices/{foreign.uuid}/deliveries/").status_code == 404
    assert not Delivery.objects.exists()


def test_a_canceled_document_is_not_sent(sales, invoice, url):
    invoice.cancel("a mistake")

    answer = sales.post(url, BODY)

    assert (answer.status_code, answer.data["code"]) == (409, "not_deliverable")


def test_sending_has_a_rate_of_its_own(sales, url, settings):
    settings.INVOICING_API_THROTTLE_RATES = {"send": "1/hour"}

    assert [sales.post(url, BODY).status_code for _ in range(2)] == [202, 429]
