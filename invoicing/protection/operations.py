"""ProtectIssued: the migration operation of a host that wants the freeze held by its database."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation, OperationCategory
from django.utils import timezone

from invoicing.protection.installing import installed_triggers


class ProtectIssued(Operation):
    """Ask for the triggers in a database; `migrate` makes them when its last migration is done.

    They are read from the models as they are then: in between, columns may still be missing. Let the migration depend on
    the last one of invoicing, and of the app of your own invoice where there is one.
    """

    reversible = True
    reduces_to_sql = True
    category = OperationCategory.SQL

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        model = self._model(schema_editor, to_state)
        if model is None:
            return
        if schema_editor.collect_sql:
            schema_editor.collected_sql.append("-- The triggers follow at the end of `migrate`, or by `manage.py invoicing_protect`.")
        elif model.objects.using(schema_editor.connection.alias).exists():
            return
        quote = schema_editor.quote_name
        columns = ", ".join(quote(model._meta.get_field(name).column) for name in ("protected_at", "actor_name"))
        now = schema_editor.connection.ops.adapt_datetimefield_value(timezone.now())
        statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES (%s, %s)"  # noqa: S608  # names only
        schema_editor.execute(statement, [str(now) if schema_editor.collect_sql else now, "migrate"])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        model = self._model(schema_editor, from_state)
        if model is None:
            return
        for trigger in installed_triggers(schema_editor.connection.alias):
            for statement in trigger.drop:
                schema_editor.execute(statement)
        schema_editor.execute(f"DELETE FROM {schema_editor.quote_name(model._meta.db_table)}")  # noqa: S608

    def describe(self) -> str:
        return "Protect issued invoices by triggers of the database"

    @property
    def migration_name_fragment(self) -> str:
        return "protect_issued"

    def _model(self, schema_editor: Any, state: Any) -> Any:
        """The table of the wish as the migrations before have made it; None where it belongs into another database."""
        try:
            model = state.apps.get_model("invoicing", "Protection")
        except LookupError as error:
            text = 'ProtectIssued needs a table of invoicing: add its last migration to `dependencies`, ("invoicing", "…").'
            raise LookupError(text) from error
        return model if self.allow_migrate_model(schema_editor.connection.alias, model) else None
