"""PostgreSQL's JIT is off while a report is planned, and for nobody else."""

import pytest
from django.db import connection, transaction

from invoicing.contrib.reports.reading import Reader
from invoicing.contrib.reports.scope import Scope

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="Only PostgreSQL has a JIT.")

JIT = "SELECT current_setting('jit')"


@pytest.fixture
def reader():
    return Reader(Scope(), using=None)


@pytest.fixture
def jit():
    """What the host's session says; then what it says now."""
    with connection.cursor() as cursor:
        cursor.execute("SET jit = on")
    yield _setting
    with connection.cursor() as cursor:
        cursor.execute("RESET jit")


def _setting():
    with connection.cursor() as cursor:
        cursor.execute(JIT)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_transaction_has_its_setting_back(reader, jit):
    assert reader.rows(JIT) == [("off",)]
    assert jit() == "on"
    assert list(reader.stream("SELECT generate_series(1, 5000)")) == [(number,) for number in range(1, 5001)]
    assert jit() == "on"


@pytest.mark.django_db
def test_a_setting_of_the_host_stays(reader, jit):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")

    assert reader.rows(JIT) == [("off",)]
    assert jit() == "off"


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_left_open(reader, jit):
    assert reader.rows(JIT) == [("off",)]
    assert not connection.in_atomic_block
    assert jit() == "on"


@pytest.mark.django_db(transaction=True)
def test_rows_are_streamed_beyond_the_transaction_that_plans_them(reader, jit):
    rows = reader.stream("SELECT generate_series(1, 5000)")

    assert next(rows) == (1,)
    # Whoever reads may write between two rows, and its transaction is its own.
    assert not connection.in_atomic_block
    with transaction.atomic():
        assert next(rows) == (2,)
    assert len(list(rows)) == 4998
    assert jit() == "on"


@pytest.mark.django_db(transaction=True)
def test_a_refused_statement_leaves_the_connection_as_it_was(reader, jit):
    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        reader.rows("SELECT 1 / 0")

    assert jit() == "on"
