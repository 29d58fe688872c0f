"""The rules as each database is told them. No database here: the tables are written by hand."""

import pytest
from django.apps import apps
from django.db import models

from invoicing.domain.lifecycle import STEPS
from invoicing.models import Repair, get_invoice_model
from invoicing.protection.documents import rules_of_documents
from invoicing.protection.mysql import MySQL
from invoicing.protection.postgresql import PostgreSQL
from invoicing.protection.registry import all_rules, register_rules
from invoicing.protection.rules import AppendOnly, Event, Frozen, FrozenWith
from invoicing.protection.sqlite import SQLite
from invoicing.protection.triggers import LONGEST_NAME, Key, Table, is_ours, same_text, trigger_name

DIALECTS = [PostgreSQL, MySQL, SQLite]


def table_of(model, *more, keys=()):
    """A table as a database has it, with columns of its own beside those of the model."""
    columns = dict.fromkeys([*(field.column for field in model._meta.local_concrete_fields), *more], "text")
    pk = Key(columns=(model._meta.pk.column,))
    return Table(name=model._meta.db_table, columns=columns, keys=(pk, *keys), schema="public")


def dialect_with(dialect, rules, **tables):
    made = {rule.model._meta.db_table: table_of(rule.model) for rule in rules}
    return dialect({**made, Repair._meta.db_table: table_of(Repair), **tables})


def body_of(dialect, rules, event, table=None):
    found = [
        trigger
        for trigger in dialect.triggers(rules)
        if trigger.event == event and trigger.table == (table or rules[0].model._meta.db_table)
    ]
    return found[0].body


def voucher_rules():
    """An app of somebody else: vouchers that freeze when they are posted, their lines, and a log."""

    class Voucher(models.Model):  # noqa: DJ008
        posted_at = models.DateTimeField(null=True)
        note = models.TextField()
        amount = models.IntegerField()

        class Meta:
            app_label = "books"

    class Line(models.Model):  # noqa: DJ008
        voucher = models.ForeignKey(Voucher, models.CASCADE)
        amount = models.IntegerField()

        class Meta:
            app_label = "books"

    frozen = Frozen(model=Voucher, text="posted", since="posted_at", changeable=frozenset({"note"}))
    return [frozen, FrozenWith(model=Line, text="posted", parent="voucher", of=frozen), AppendOnly(model=Line, text="log")]


@pytest.fixture(scope="module")
def vouchers():
    rules = voucher_rules()
    yield rules
    # Django knows every model for good, so these are taken out of its sight again.
    for name in ("voucher", "line"):
        apps.all_models["books"].pop(name)
    apps.clear_cache()


def test_the_rules_of_documents_name_every_table():
    core = [rule for rule in rules_of_documents() if not rule.model.__module__.startswith("invoicing.contrib.")]
    kinds = {(type(rule).__name__, rule.model.__name__) for rule in core}

    assert kinds == {
        ("Frozen", "Invoice"),
        ("FrozenWith", "Item"),
        ("AppendOnly", "InvoiceEvent"),
        ("AppendOnly", "VoidedNumber"),
        ("AppendOnly", "LockExemption"),
        ("AppendOnly", "StoredDocument"),
        ("AppendOnly", "Repair"),
        ("KeptBetween", "Invoice_related_invoices"),
    }


def test_the_list_of_what_may_change_is_the_one_of_the_model():
    invoice = get_invoice_model()
    rule = next(iter(rules_of_documents()))

    assert rule.changeable_columns() == invoice.CHANGEABLE_AFTER_ISSUE
    assert rule.steps == {(before.value, after.value) for before, after in STEPS}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_are_short_unique_and_the_same_every_time(dialect):
    rules = list(rules_of_documents())
    names = [trigger.name for trigger in dialect_with(dialect, rules).triggers(rules)]

    assert names == [trigger.name for trigger in dialect_with(dialect, rules).triggers(rules)]
    assert len(set(names)) == len(names)
    assert all(is_ours(name) and len(name) <= LONGEST_NAME for name in names)


def test_a_long_name_of_a_table_is_cut_and_stays_its_own():
    left, right = (trigger_name(f"{'accounting_' * 5}{end}", Event.TRUNCATE, ("x",)) for end in ("debits", "credits"))

    assert len(left) == len(right) == LONGEST_NAME
    assert left != right
    assert is_ours(left)


def test_triggers_of_others_are_not_ours():
    assert not any(map(is_ours, ["invoicing_audit", "invoicing_item_update", "audit_item_update_0123abcd", "invoicing_item_update_xyz"]))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_texts_fit_into_what_mysql_says_and_no_name_is_left_open(dialect):
    rules = list(rules_of_documents())

    assert all(len(text) <= 128 for rule in rules for text in (rule.text, getattr(rule, "step_text", "")))
    assert all("%" not in trigger.body and "{" not in trigger.body for trigger in dialect_with(dialect, rules).triggers(rules))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_another_list_makes_another_trigger(dialect, vouchers):
    frozen = vouchers[0]
    other = Frozen(model=frozen.model, text="posted", since="posted_at", changeable=frozenset({"note", "amount"}))
    names = [{trigger.event: trigger.name for trigger in dialect_with(dialect, [rule]).triggers([rule])} for rule in (frozen, other)]

    assert names[0][Event.UPDATE] != names[1][Event.UPDATE]
    assert names[0][Event.DELETE] == names[1][Event.DELETE]


@pytest.mark.parametrize("dialect", [MySQL, SQLite])
def test_a_column_that_only_the_database_knows_is_frozen(dialect, vouchers):
    rule = vouchers[0]
    table = rule.model._meta.db_table
    body = body_of(dialect_with(dialect, [rule], **{table: table_of(rule.model, "stamp")}), [rule], Event.UPDATE)

    assert "stamp" in body
    assert "note" not in body


def test_postgresql_names_only_what_may_change(vouchers):
    body = body_of(dialect_with(PostgreSQL, vouchers[:1]), vouchers[:1], Event.UPDATE)

    assert same_text(
        body,
        """
        DECLARE kept record;
        BEGIN
          IF OLD."posted_at" IS NOT NULL THEN
            kept := NEW;
            kept."note" := OLD."note";
            IF kept *<> OLD THEN
              IF NOT EXISTS (SELECT 1 FROM "public"."invoicing_repair" AS repair
                             WHERE repair."closed_at" IS NULL AND repair."invoice_id" IS NULL) THEN
                RAISE EXCEPTION USING ERRCODE = '23514', TABLE = 'books_voucher', MESSAGE = 'posted';
              END IF;
            END IF;
          END IF;
          RETURN NULL;
        END""",
    )


def test_mariadb_compares_bytes(vouchers):
    body = body_of(dialect_with(MySQL, vouchers[:1]), vouchers[:1], Event.UPDATE)

    assert same_text(
        body,
        """
        BEGIN
          IF OLD.`posted_at` IS NOT NULL THEN
            IF (NOT (CAST(OLD.`id` AS BINARY) <=> CAST(NEW.`id` AS BINARY))
                OR NOT (CAST(OLD.`posted_at` AS BINARY) <=> CAST(NEW.`posted_at` AS BINARY))
                OR NOT (CAST(OLD.`amount` AS BINARY) <=> CAST(NEW.`amount` AS BINARY))) THEN
              IF NOT EXISTS (SELECT 1 FROM `invoicing_repair` AS repair
                             WHERE repair.`closed_at` IS NULL AND repair.`invoice_id` IS NULL) THEN
                SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 4025, MESSAGE_TEXT = 'posted';
              END IF;
            END IF;
          END IF;
        END""",
    )


def test_json_of_mysql_is_compared_as_it_is_written(vouchers):
    rule = vouchers[0]
    table = Table(name="books_voucher", columns={"id": "bigint", "posted_at": "datetime", "note": "longtext", "data": "json"})

    body = body_of(dialect_with(MySQL, [rule], books_voucher=table), [rule], Event.UPDATE)

    assert "NOT (CAST(CAST(OLD.`data` AS CHAR) AS BINARY) <=> CAST(CAST(NEW.`data` AS CHAR) AS BINARY))" in body


def test_sqlite_looks_at_what_an_insert_would_push_out(vouchers):
    rule = vouchers[0]
    keys = (Key(columns=("amount",)), Key(columns=("note",), condition="amount > 7"))
    table = table_of(rule.model, keys=keys)
    body = body_of(dialect_with(SQLite, [rule], books_voucher=table), [rule], Event.INSERT)

    assert same_text(
        body,
        """
        BEGIN
          SELECT RAISE(ABORT, 'posted') WHERE EXISTS (SELECT 1 FROM "books_voucher" AS stored
            WHERE ((stored."id" = NEW."id")
                OR (stored."amount" = NEW."amount")
                OR (stored."note" = NEW."note" AND (amount > 7) AND EXISTS (SELECT 1 FROM
                      (SELECT NEW."id" AS "id", NEW."posted_at" AS "posted_at", NEW."note" AS "note", NEW."amount" AS "amount")
                      WHERE amount > 7)))
              AND stored."posted_at" IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM "invoicing_repair" AS repair
                              WHERE repair."closed_at" IS NULL AND repair."invoice_id" IS NULL));
        END""",
    )


@pytest.mark.parametrize(("dialect", "lock"), [(PostgreSQL, "FOR SHARE"), (MySQL, "LOCK IN SHARE MODE"), (SQLite, "")])
@pytest.mark.parametrize("event", [Event.INSERT, Event.UPDATE, Event.DELETE])
def test_the_row_that_lines_belong_to_is_locked(dialect, lock, event, vouchers):
    frozen, lines, _ = vouchers
    made = dialect_with(dialect, [frozen, lines])

    assert lock in body_of(made, [frozen, lines], event, table="books_line")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_rule_whose_columns_are_not_there_yet_is_left_out(dialect, vouchers):
    rule = vouchers[0]
    bare = Table(name="books_voucher", columns={"id": "bigint"}, schema="public")

    assert dialect_with(dialect, [rule], books_voucher=bare).triggers([rule]) == []
    assert dialect({}).triggers([rule]) == []


def test_an_app_adds_rules_of_its_own(vouchers, monkeypatch):
    monkeypatch.setattr("invoicing.protection.registry._makers", [])

    @register_rules
    def rules_of_books():
        return vouchers

    register_rules(rules_of_books)

    assert all_rules() == vouchers
