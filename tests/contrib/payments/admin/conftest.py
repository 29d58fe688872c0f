"""People at the pages of payments, and what a browser sends from them."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse

from invoicing.contrib.payments.models import PaymentMethod
from invoicing.models import get_invoice_model


def address(page, *args):
    """The address of one of the pages of payments."""
    return reverse(f"admin:invoicing_payments_payment_{page}", args=args)


def record(client, **data):
    """Record a payment on the page: 100.00 of Monday over nothing, unless told otherwise."""
    typed = {
        "settles": "NOTHING",
        "direction": "IN",
        "state": "RECEIVED",
        "date": "2026-11-23",
        "amount": "100",
        "currency": "EUR",
        "method": PaymentMethod.objects.get(code="BANK_TRANSFER").pk,
        **data,
    }
    return client.post(address("add"), typed)


def errors(response):
    """What the page says beside its fields."""
    assert response.status_code == 200, "the page was not shown again"
    form = response.context["adminform"].form if "adminform" in response.context else response.context["form"]
    return {name: list(texts) for name, texts in form.errors.items()}


def act(client, payment, name, **data):
    """Press a button of a payment's page."""
    return client.post(address("act", payment.pk, name), data)


def said(response):
    """The messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def clerk(client, django_user_model):
    """A client of staff that may do these things to payments, and see invoices."""

    def log_in(*actions):
        opts = get_invoice_model()._meta
        user = django_user_model.objects.create_user("petra", password="leipzig", is_staff=True)
        payments = Permission.objects.filter(codename__in=[f"{action}_payment" for action in actions])
        invoices = Permission.objects.filter(content_type__app_label=opts.app_label, codename=f"view_{opts.model_name}")
        user.user_permissions.set(payments | invoices)
        client.force_login(user)
        return client

    return log_in
