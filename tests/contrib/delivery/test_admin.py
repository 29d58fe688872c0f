"""Deliveries in the admin: read by whoever may, decided by whoever may change them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from invoicing.contrib.delivery.models import Delivery
from invoicing.contrib.delivery.sending import doubt_silent
from invoicing.contrib.delivery.services import send_invoice
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "admin:invoicing_delivery_delivery_changelist"


@pytest.fixture
def clerk(client):
    """A client of staff with permissions by their names."""

    def log_in(*names):
        user = User.objects.create_user("petra", password="a good one", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="invoicing_delivery", codename__in=names))
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def doubted():
    delivery = send_invoice(make_issued_invoice())
    mail.outbox.clear()
    Delivery.objects.update(status="SENDING", claimed_at=timezone.now() - timedelta(hours=1))
    doubt_silent(using="default")
    return delivery


def act(client, name, delivery):
    answer = client.post(reverse(LIST), {"action": name, "_selected_action": [delivery.pk]})
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_delivery_shows_its_log_and_cannot_be_changed(clerk, doubted):
    client = clerk("view_delivery", "view_deliveryattempt", "change_delivery", "add_delivery", "delete_delivery")
    listed = client.get(reverse(LIST)).content.decode()
    page = client.get(reverse("admin:invoicing_delivery_delivery_change", args=[doubted.pk]))

    assert "buchhaltung@buch-sommer.example.com" in listed
    assert doubted.digest in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert client.get(reverse("admin:invoicing_delivery_delivery_add")).status_code == 403
    assert client.get(reverse("admin:invoicing_delivery_delivery_delete", args=[doubted.pk])).status_code == 403


def test_it_arrived(clerk, doubted):
    said = act(clerk("view_delivery", "change_delivery"), "it_arrived", doubted)

    doubted.refresh_from_db()
    assert (doubted.status, said, mail.outbox) == ("SENT", ["1 mail is settled: it arrived."], [])
    assert doubted.log.last().actor_name == "petra"


def test_send_again(clerk, doubted):
    said = act(clerk("view_delivery", "change_delivery"), "send_anew", doubted)

    doubted.refresh_from_db()
    assert (doubted.status, said, len(mail.outbox)) == ("SENT", ["1 mail is sent again."], 1)


def test_what_needs_no_decision_says_so(clerk):
    delivery = send_invoice(make_issued_invoice())
    (said,) = act(clerk("view_delivery", "change_delivery"), "send_anew", delivery)

    assert "The delivery is sent" in said
    assert len(mail.outbox) == 1


def test_whoever_may_only_look_decides_nothing(clerk, doubted):
    act(clerk("view_delivery"), "send_anew", doubted)

    doubted.refresh_from_db()
    assert (doubted.status, mail.outbox) == ("IN_DOUBT", [])
