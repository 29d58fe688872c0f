"""The index of unused money says nothing at each `migrate`, also where a database goes without its condition."""

import pytest

from invoicing.contrib.payments.models import Payment

pytestmark = pytest.mark.django_db


def test_no_database_is_warned_of():
    assert Payment.check(databases=["default"]) == []
