"""Tests of hosts: Django empties the tables after each TransactionTestCase, which the triggers would refuse."""

import pytest
from django.core.management import CommandError, call_command
from django.core.management import get_commands as commands
from django.db import IntegrityError
from django.test import override_settings

from invoicing.models import get_invoice_model
from invoicing.protection import is_wanted, missing_triggers
from invoicing.testing.management.commands.flush import Command as Flush
from tests import databases
from tests.factories import make_issued_invoice
from tests.protection.hosts import Host

TESTS = """
from django.db import IntegrityError, models, transaction
from django.test import TestCase, TransactionTestCase

from invoicing.models import get_invoice_model

Invoice = get_invoice_model()


class Attack:
    def test_an_issued_invoice_stays(self):
        invoice = Invoice(date_issue="2026-03-02", customer_name="Café Anker", supplier_name="Teehaus", status="SENT")
        invoice.save_with_items([{"title": "Darjeeling", "unit_price": 7}])
        with self.assertRaises(IntegrityError), transaction.atomic():
            models.QuerySet(Invoice).update(note="changed")

    def test_the_tables_are_empty(self):
        self.assertEqual(Invoice.objects.count(), 0)


class Undone(Attack, TestCase):
    pass


class Emptied(Attack, TransactionTestCase):
    pass


class EmptiedToo(Attack, TransactionTestCase):
    pass
"""


def test_flush_is_refused_by_the_triggers(committed_triggers):
    make_issued_invoice()

    with pytest.raises(CommandError) as refusal:
        # As TransactionTestCase does: without it MariaDB truncates, which no trigger sees.
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)

    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert get_invoice_model().objects.exists()


def test_flush_of_the_test_app_empties_and_protects_again(committed_triggers):
    make_issued_invoice()

    call_command(Flush(), interactive=False, verbosity=0)

    assert not get_invoice_model().objects.exists()
    assert is_wanted("default")
    assert missing_triggers("default") == []


def test_where_nothing_is_protected_it_is_the_flush_of_django(transactional_db):
    make_issued_invoice()

    call_command(Flush(), interactive=False, verbosity=0)

    assert not get_invoice_model().objects.exists()
    assert not is_wanted("default")


def test_django_finds_it(settings):
    commands.cache_clear()
    with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, "invoicing.testing"]):
        assert commands()["flush"] == "invoicing.testing"
    commands.cache_clear()


@pytest.mark.skipif(databases.KIND != "sqlite", reason="the host of this test is on SQLite")
def test_a_host_runs_its_tests_with_the_triggers_on(tmp_path):
    host = Host(tmp_path)
    host.write("test_settings.py", 'from host_settings import *\n\nINSTALLED_APPS = [*INSTALLED_APPS, "invoicing.testing"]\n')
    host.write("shop/tests.py", TESTS)

    assert "Ran 6 tests" in host.manage("test", "shop", "--settings", "test_settings", "--shuffle", "1")
