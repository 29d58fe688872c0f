"""The migration operation that makes a search for parts of words fast, on PostgreSQL."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter
from django.db.models import Q

from invoicing.models import get_invoice_model
from invoicing.searching import AddTrigramIndexes
from tests.factories import make_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()
TABLE = Invoice._meta.db_table
SEARCHED = ("number", "customer_name")


def state():
    return MigrationExecutor(connection).loader.project_state()


def migrate(operation, *, way="forwards", **options):
    with connection.schema_editor(atomic=False, **options) as editor:
        getattr(operation, f"database_{way}")("shop", editor, state(), state())
    return editor


def names():
    with connection.cursor() as cursor:
        return {name for name in connection.introspection.get_constraints(cursor, TABLE) if name.endswith("_trgm")}


@pytest.fixture
def trigrams():
    if connection.vendor != "postgresql":
        pytest.skip("trigrams are PostgreSQL's: TEST_DATABASE=postgres")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if cursor.fetchone() is None:
            pytest.skip("this server lacks the extension pg_trgm (Debian: postgresql-contrib)")
        yield
        cursor.execute("SET enable_seqscan = on")


def test_a_search_for_a_part_of_a_word_asks_the_index_and_finds(trigrams):
    migrate(AddTrigramIndexes())
    anker = make_invoice(customer_name="Café Anker")
    make_invoice(customer_name="Buchhandlung Sommer KG")
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")

    found = Invoice.objects.filter(Q(number__icontains="anke") | Q(customer_name__icontains="anke")).order_by()

    assert names() == {f"{TABLE}_number_trgm", f"{TABLE}_customer_name_trgm"}
    assert all(name in found.explain() for name in names())
    assert list(found) == [anker]


def test_a_second_run_changes_nothing_and_the_way_back_takes_the_indexes_away(trigrams):
    migrate(AddTrigramIndexes())
    migrate(AddTrigramIndexes((*SEARCHED, "supplier_name")))
    assert len(names()) == 3

    migrate(AddTrigramIndexes((*SEARCHED, "supplier_name")), way="backwards")
    assert names() == set()


def test_as_sql_it_can_be_read(trigrams):
    statements = migrate(AddTrigramIndexes(("number",)), collect_sql=True).collected_sql

    assert statements == [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
        f'CREATE INDEX IF NOT EXISTS "{TABLE}_number_trgm" ON "{TABLE}" USING gin (UPPER("number"::text) gin_trgm_ops);',
    ]


@pytest.mark.parametrize("way", ["forwards", "backwards"])
def test_other_databases_are_left_alone(way):
    statements = []
    editor = SimpleNamespace(connection=SimpleNamespace(vendor="mysql", alias="default"), execute=statements.append)

    getattr(AddTrigramIndexes(), f"database_{way}")("shop", editor, state(), state())

    assert statements == []


def test_without_the_table_it_says_what_to_depend_on(trigrams):
    with (
        connection.schema_editor(collect_sql=True, atomic=False) as editor,
        pytest.raises(LookupError, match="add the migration that makes it to `dependencies`"),
    ):
        AddTrigramIndexes().database_forwards("shop", editor, ProjectState(), ProjectState())


def test_a_migration_can_be_written_of_it():
    source, imports = OperationWriter(AddTrigramIndexes(("number",)), indentation=0).serialize()

    assert "AddTrigramIndexes(" in source
    assert "import invoicing.searching" in imports
    assert AddTrigramIndexes(("number",)).describe() == "Index number of invoices for parts of words"
