"""The methods that are there from the start, whatever is migrated, and in whichever order."""

import pytest
from django.apps import apps
from django.apps.registry import Apps

from invoicing.contrib.payments.models import PaymentMethod
from invoicing.contrib.payments.standard_methods import add_standard_methods

pytestmark = pytest.mark.django_db

CODES = ["BANK_TRANSFER", "CASH", "CASH_ON_DELIVERY", "PAYMENT_CARD"]


class NotHere:
    """Keeps every table out of a database."""

    def allow_migrate(self, db, app_label, **hints):  # noqa: ARG002  # as Django asks
        return False


def codes():
    return list(PaymentMethod.objects.order_by("code").values_list("code", flat=True))


def test_an_empty_table_is_filled():
    PaymentMethod.objects.all().delete()

    add_standard_methods(None, using="default", apps=apps)

    assert codes() == CODES


def test_what_a_host_took_out_stays_out():
    PaymentMethod.objects.exclude(code="CASH").delete()

    add_standard_methods(None, using="default")

    assert codes() == ["CASH"]


def test_a_table_that_is_not_migrated_is_not_asked(django_assert_num_queries):
    # `migrate auth` on a fresh database, or `migrate invoicing_payments zero`.
    with django_assert_num_queries(0):
        add_standard_methods(None, using="default", apps=Apps())


def test_a_database_that_has_no_such_table_is_not_asked(settings, django_assert_num_queries):
    settings.DATABASE_ROUTERS = [NotHere()]

    with django_assert_num_queries(0):
        add_standard_methods(None, using="default")
