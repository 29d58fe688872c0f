"""AddTrigramIndexes: the migration operation of a host whose people search a million invoices for a part of a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.backends.utils import truncate_name
from django.db.migrations.operations.base import Operation, OperationCategory

from invoicing.conf import conf


class AddTrigramIndexes(Operation):
    """Index columns of the invoice for `icontains`, `istartswith` and `iexact`. PostgreSQL only; elsewhere nothing happens.

    A search over several columns at once is fast only where each of them is named here. Let the migration depend on the last
    one of invoicing, and of the app of your own invoice where there is one. It makes the extension pg_trgm if that is missing,
    and leaves it behind when it is rolled back: others may use it.
    """

    reversible = True
    reduces_to_sql = True
    category = OperationCategory.ADDITION

    def __init__(self, fields: Sequence[str] = ("number", "customer_name")) -> None:
        self.fields = tuple(fields)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        indexes = list(self._indexes(schema_editor, to_state))
        if indexes:
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for name, table, column in indexes:
            # As Django writes what it asks for, whatever the case.
            schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (UPPER({column}::text) gin_trgm_ops)")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        for name, _table, _column in self._indexes(schema_editor, from_state):
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    def describe(self) -> str:
        return f"Index {', '.join(self.fields)} of invoices for parts of words"

    @property
    def migration_name_fragment(self) -> str:
        return "trigram_indexes"

    def _indexes(self, schema_editor: Any, state: Any) -> Iterator[tuple[str, str, str]]:
        """The quoted names of each index, its table and its column; none where the database has no trigrams, or no invoices."""
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        model = self._model(state)
        if not self.allow_migrate_model(connection.alias, model):
            return
        quote, table = schema_editor.quote_name, model._meta.db_table
        for field in self.fields:
            column = model._meta.get_field(field).column
            yield quote(truncate_name(f"{table}_{column}_trgm", connection.ops.max_name_length())), quote(table), quote(column)

    def _model(self, state: Any) -> Any:
        """The invoice as the migrations before have made it."""
        try:
            return state.apps.get_model(conf.invoice_model)
        except LookupError as error:
            text = f"AddTrigramIndexes needs the table of {conf.invoice_model}: add the migration that makes it to `dependencies`."
            raise LookupError(text) from error
