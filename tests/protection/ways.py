"""The ways to change what is issued: through Django's own doors, round its hooks, and in SQL."""

# ruff: noqa: S608  # the ways are SQL

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.core import serializers
from django.core.management import call_command
from django.db import connection, models
from django.db.models import F
from django.db.models.deletion import Collector

from invoicing.models import InvoiceEvent, Item, LockExemption, Repair, VoidedNumber, get_invoice_model, unprotected
from tests.factories import line, make_company, make_invoice, make_issued_invoice

Invoice = get_invoice_model()
Through = Invoice.related_invoices.through
TABLES = (Invoice, Item, InvoiceEvent, VoidedNumber, LockExemption, Repair, Through)

BOTH = ("sqlite", "mysql")


@dataclass
class Scene:
    """An issued invoice with one item, another that is related to it, an open one, a number that was given up, a repair, an exemption."""

    tmp_path: Any
    client: Any

    def __post_init__(self):
        self.company = make_company()
        self.invoice = make_issued_invoice(company=self.company)
        self.twin = self.invoice.create_copy()
        self.twin.issue()
        self.home = make_invoice([line("Hosting")], company=self.company)
        self.voided = make_invoice(company=self.company)
        self.voided.cancel("entered twice")
        with unprotected(self.voided, reason="nothing in truth"):
            pass
        until = datetime(2026, 12, 1, tzinfo=UTC)
        plain(LockExemption).bulk_create([LockExemption(company=self.company, user_name="petra", until=until, reason="closing")])
        self.item = self.invoice.item_set.get()
        self.home_item = self.home.item_set.get()

    def stale(self):
        """The invoice as somebody read it."""
        return Invoice.objects.get(pk=self.invoice.pk)


@dataclass(frozen=True)
class Way:
    """A way to change something, and the databases that know it. What goes round Django's guards is called “way → what it reaches”."""

    name: str
    walk: Callable[[Scene], Any]
    vendors: tuple[str, ...] = ("sqlite", "mysql", "postgresql")

    @property
    def goes_round(self):
        return " → " in self.name

    @property
    def reaches(self):
        """The way and what it reaches, without the details."""
        way, _, target = self.name.partition(" → ")
        return way, target.partition(",")[0]


WAYS: list[Way] = []


def way(name, *, vendors=("sqlite", "mysql", "postgresql")):
    """Add a way."""

    def add(walk):
        WAYS.append(Way(name, walk, vendors))
        return walk

    return add


def dump():
    """Every row of what is kept, column by column, as the database has it. The time of the last save may move."""
    found = {}
    for model in TABLES:
        columns = [field.column for field in model._meta.concrete_fields if (model, field.name) != (Invoice, "modified")]
        names = ", ".join(map(connection.ops.quote_name, columns))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {names} FROM {quoted(model)} ORDER BY 1")
            found[model.__name__] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def plain(model):
    """The rows of a model, without the rules of its own queryset."""
    return models.QuerySet(model)


def quoted(model):
    return connection.ops.quote_name(model._meta.db_table)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@contextmanager
def unchecked_keys():
    """Foreign keys as somebody has them who wants to get round: MariaDB checks them at once unless it is told not to."""
    if connection.vendor != "mysql":
        yield
        return
    sql("SET foreign_key_checks = 0")
    try:
        yield
    finally:
        sql("SET foreign_key_checks = 1")


def stored(row):
    """The columns of a stored row, as the database has them."""
    model = type(row)
    columns = [field.column for field in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(map(connection.ops.quote_name, columns))} FROM {quoted(model)} WHERE id = %s", [row.pk])
        return dict(zip(columns, cursor.fetchone(), strict=True))


def replace(model, row):
    names, places = ", ".join(map(connection.ops.quote_name, row)), ", ".join(["%s"] * len(row))
    with unchecked_keys():
        sql(f"REPLACE INTO {quoted(model)} ({names}) VALUES ({places})", *row.values())


def without_hooks(*rows):
    """Delete as Django's collector does in the end: without the models' own delete()."""
    collector = Collector(using="default")
    collector.collect(rows)
    collector.delete()


# The document, through Django


@way("`invoice.save()`")
def _(scene):
    scene.invoice.customer_name = "Buchhandlung Winter KG"
    scene.invoice.save()


@way("`invoice.save(update_fields=[…])`")
def _(scene):
    scene.invoice.note = "changed"
    scene.invoice.save(update_fields=["note"])


@way("`save()` of a fresh instance with the same key")
def _(scene):
    fields = {"date_issue": scene.invoice.date_issue, "customer_name": "Buchhandlung Winter KG", "currency": "EUR"}
    Invoice(pk=scene.invoice.pk, uuid=scene.invoice.uuid, **fields).save()


@way("`status` back to `DRAFT`, and `save()`")
def _(scene):
    scene.invoice.status = "DRAFT"
    scene.invoice.save()


@way("`issued_at` emptied, and `save()`")
def _(scene):
    scene.invoice.issued_at = None
    scene.invoice.save()


@way("`Invoice.objects.update()`")
def _(scene):
    Invoice.objects.filter(pk=scene.invoice.pk).update(note="changed")


@way("`Invoice.objects.update()` with `F()`")
def _(scene):
    Invoice.objects.filter(pk=scene.invoice.pk).update(total=F("total") + 1)


@way("`Invoice.objects.update(status=…)`")
def _(scene):
    Invoice.objects.filter(pk=scene.invoice.pk).update(status="DRAFT")


@way("`Invoice.objects.bulk_update()`")
def _(scene):
    scene.invoice.note = "changed"
    Invoice.objects.bulk_update([scene.invoice], ["note"])


@way("`Invoice.objects.bulk_create(update_conflicts=True)`")
def _(scene):
    scene.invoice.note = "changed"
    unique = {"unique_fields": ["id"]} if connection.features.supports_update_conflicts_with_target else {}
    Invoice.objects.bulk_create([scene.invoice], update_conflicts=True, update_fields=["note"], **unique)


@way("`Invoice.objects.update_or_create()`")
def _(scene):
    Invoice.objects.update_or_create(pk=scene.invoice.pk, defaults={"note": "changed"})


@way("`company.invoice_set.add()`")
def _(scene):
    make_company(name="Vogt Druck GmbH", code="VD").invoice_set.add(scene.invoice)


@way("`company.invoice_set.clear()`")
def _(scene):
    scene.company.invoice_set.clear()


@way("`invoice.related_invoices.remove()`")
def _(scene):
    scene.invoice.related_invoices.remove(scene.twin)


@way("`invoice.related_invoices.clear()`")
def _(scene):
    scene.invoice.related_invoices.clear()


@way("`invoice.related_invoices.set()`")
def _(scene):
    scene.invoice.related_invoices.set([])


@way("`invoice.delete()`")
def _(scene):
    scene.invoice.delete()


@way("`Invoice.objects.delete()`")
def _(scene):
    Invoice.objects.filter(pk=scene.invoice.pk).delete()


@way("the page of an invoice in the admin")
def _(scene):
    opts = Invoice._meta
    address = f"/admin/{opts.app_label}/{opts.model_name}/{scene.invoice.pk}/change/"
    data = {"customer_name": "Buchhandlung Winter KG", "note": "changed", "item_set-TOTAL_FORMS": 1, "item_set-INITIAL_FORMS": 1}
    data |= {"item_set-0-id": scene.item.pk, "item_set-0-title": "changed", "item_set-0-DELETE": "on"}
    scene.client.post(address, data)


# Its items, through Django


@way("`item.save()`")
def _(scene):
    scene.item.title = "changed"
    scene.item.save()


@way("`item.save(update_fields=[…])`")
def _(scene):
    scene.item.tag = "changed"
    scene.item.save(update_fields=["tag"])


@way("`item.delete()`")
def _(scene):
    scene.item.delete()


@way("`save()` of a new item")
def _(scene):
    Item(invoice=scene.invoice, **line()).save()


@way("`save()` of an item with the key of another one")
def _(scene):
    Item(pk=scene.item.pk, invoice=scene.home, **line("overwritten")).save()


@way("an item moved in by `save()`")
def _(scene):
    scene.home_item.invoice = scene.invoice
    scene.home_item.save()


@way("an item moved out by `save()`")
def _(scene):
    scene.item.invoice = scene.home
    scene.item.save()


@way("`invoice.add_items()`")
def _(scene):
    scene.invoice.add_items([line()])


@way("`invoice.item_set.create()`")
def _(scene):
    scene.invoice.item_set.create(**line())


@way("`invoice.item_set.add()`")
def _(scene):
    scene.invoice.item_set.add(scene.home_item)


@way("`Item.objects.update()`")
def _(scene):
    Item.objects.filter(pk=scene.item.pk).update(title="changed")


@way("`Item.objects.update(invoice=…)`")
def _(scene):
    Item.objects.filter(pk=scene.item.pk).update(invoice=scene.home)


@way("`Item.objects.bulk_update()`")
def _(scene):
    scene.item.title = "changed"
    Item.objects.bulk_update([scene.item], ["title"])


@way("`Item.objects.bulk_create()`")
def _(scene):
    Item.objects.bulk_create([Item(invoice=scene.invoice, **line())])


@way("`Item.objects.bulk_create(update_conflicts=True)`")
def _(scene):
    scene.item.title = "changed"
    unique = {"unique_fields": ["id"]} if connection.features.supports_update_conflicts_with_target else {}
    Item.objects.bulk_create([scene.item], update_conflicts=True, update_fields=["title"], **unique)


@way("`Item.objects.delete()`")
def _(scene):
    Item.objects.filter(invoice=scene.invoice).delete()


# Its history, through Django


@way("`event.save()`")
def _(scene):
    event = InvoiceEvent.objects.first()
    event.reason = "changed"
    event.save()


@way("`InvoiceEvent.objects.update()`")
def _(scene):
    InvoiceEvent.objects.update(reason="changed")


@way("`InvoiceEvent.objects.delete()`")
def _(scene):
    InvoiceEvent.objects.all().delete()


@way("`voided_number.delete()`")
def _(scene):
    VoidedNumber.objects.first().delete()


@way("`VoidedNumber.objects.update()`")
def _(scene):
    VoidedNumber.objects.update(reason="changed")


@way("`LockExemption.objects.update()`")
def _(scene):
    LockExemption.objects.update(reason="changed")


# Round the hooks of Django


@way("`Repair.objects` → the log of repairs, `update()`")
def _(scene):
    Repair.objects.update(reason="changed")


@way("`Repair.objects` → the log of repairs, `update(closed_at=None)`")
def _(scene):
    Repair.objects.update(closed_at=None)


@way("`Repair.objects` → the log of repairs, `delete()`")
def _(scene):
    Repair.objects.all().delete()


@way("`save_base(raw=True)` → invoices")
def _(scene):
    scene.invoice.note = "changed"
    scene.invoice.save_base(raw=True)


@way("`save_base(raw=True)` → items")
def _(scene):
    scene.item.title = "changed"
    scene.item.save_base(raw=True)


@way("`loaddata` → invoices")
def _(scene):
    scene.invoice.note = "changed"
    load(scene, scene.invoice)


@way("`loaddata` → items")
def _(scene):
    load(scene, Item(invoice=scene.invoice, created=scene.item.created, modified=scene.item.modified, **line("slipped in")))


def load(scene, row):
    data = json.loads(serializers.serialize("json", [row]))
    for entry in data:
        entry["fields"].pop("related_invoices", None)
    fixture = scene.tmp_path / "rows.json"
    fixture.write_text(json.dumps(data), encoding="utf-8")
    call_command("loaddata", fixture, verbosity=0)


@way("a `QuerySet` that is not the model's own → invoices, `update()`")
def _(scene):
    plain(Invoice).filter(pk=scene.invoice.pk).update(note="changed")


@way("a `QuerySet` that is not the model's own → invoices, `update(status=…)`")
def _(scene):
    plain(Invoice).filter(pk=scene.invoice.pk).update(status="DRAFT")


@way("a `QuerySet` that is not the model's own → invoices, `update(issued_at=None)`")
def _(scene):
    plain(Invoice).filter(pk=scene.invoice.pk).update(issued_at=None)


@way("a `QuerySet` that is not the model's own → invoices, `bulk_update()`")
def _(scene):
    scene.invoice.note = "changed"
    plain(Invoice).bulk_update([scene.invoice], ["note"])


@way("a `QuerySet` that is not the model's own → invoices, `bulk_create(update_conflicts=True)`")
def _(scene):
    scene.invoice.note = "changed"
    unique = {"unique_fields": ["id"]} if connection.features.supports_update_conflicts_with_target else {}
    plain(Invoice).bulk_create([scene.invoice], update_conflicts=True, update_fields=["note"], **unique)


@way("a `QuerySet` that is not the model's own → invoices, `_raw_delete()`")
def _(scene):
    with unchecked_keys():
        plain(Invoice).filter(pk=scene.invoice.pk)._raw_delete("default")


@way("Django's deletion `Collector`")
def _(scene):
    without_hooks(scene.invoice)


@way("a `QuerySet` that is not the model's own → items, `bulk_create()`")
def _(scene):
    plain(Item).bulk_create([Item(invoice=scene.invoice, **line("slipped in"))])


@way("a `QuerySet` that is not the model's own → items, `update()`")
def _(scene):
    plain(Item).filter(pk=scene.item.pk).update(title="changed")


@way("a `QuerySet` that is not the model's own → items, `update()` that moves one in")
def _(scene):
    plain(Item).filter(pk=scene.home_item.pk).update(invoice=scene.invoice)


@way("a `QuerySet` that is not the model's own → items, `update()` that moves one out")
def _(scene):
    plain(Item).filter(pk=scene.item.pk).update(invoice=scene.home)


@way("a `QuerySet` that is not the model's own → items, `bulk_create(update_conflicts=True)`")
def _(scene):
    scene.item.title, scene.item.invoice = "changed", scene.home
    unique = {"unique_fields": ["id"]} if connection.features.supports_update_conflicts_with_target else {}
    plain(Item).bulk_create([scene.item], update_conflicts=True, update_fields=["title", "invoice"], **unique)


@way("a `QuerySet` that is not the model's own → items, `delete()`")
def _(scene):
    plain(Item).filter(pk=scene.item.pk).delete()


@way("a `QuerySet` that is not the model's own → events, `update()`")
def _(scene):
    plain(InvoiceEvent).filter(invoice=scene.invoice).update(reason="changed")


@way("a `QuerySet` that is not the model's own → events, `delete()`")
def _(scene):
    plain(InvoiceEvent).filter(invoice=scene.invoice)._raw_delete("default")


@way("a `QuerySet` that is not the model's own → events, `update(invoice=None)`")
def _(scene):
    plain(InvoiceEvent).filter(invoice=scene.invoice).update(invoice=None)


@way("a `QuerySet` that is not the model's own → voided numbers, `update()`")
def _(scene):
    plain(VoidedNumber).update(reason="changed")


@way("a `QuerySet` that is not the model's own → voided numbers, `delete()`")
def _(scene):
    plain(VoidedNumber)._raw_delete("default")


@way("a `QuerySet` that is not the model's own → exemptions from a lock, `update()`")
def _(scene):
    plain(LockExemption).update(until=datetime(2099, 12, 1, tzinfo=UTC))


@way("a `QuerySet` that is not the model's own → relations, `delete()`")
def _(scene):
    plain(Through).all()._raw_delete("default")


@way("a `QuerySet` that is not the model's own → relations, `update()`")
def _(scene):
    field = Invoice._meta.get_field("related_invoices").m2m_field_name()
    plain(Through).filter(**{field: scene.invoice.pk}).update(**{field: scene.home.pk})


# In SQL


@way("`UPDATE` in SQL → invoices")
def _(scene):
    sql(f"UPDATE {quoted(Invoice)} SET customer_name = 'Buchhandlung Winter KG' WHERE id = %s", scene.invoice.pk)


@way("`UPDATE` in SQL → invoices, in case only")
def _(scene):
    sql(f"UPDATE {quoted(Invoice)} SET customer_name = UPPER(customer_name) WHERE id = %s", scene.invoice.pk)


@way("`UPDATE` in SQL → invoices, by a space at the end")
def _(scene):
    sql(f"UPDATE {quoted(Invoice)} SET customer_city = 'Dresden ' WHERE id = %s", scene.invoice.pk)


@way("`UPDATE` in SQL → invoices, to no step of the status")
def _(scene):
    sql(f"UPDATE {quoted(Invoice)} SET status = 'sent' WHERE id = %s", scene.invoice.pk)


@way("`UPDATE` in SQL → invoices, of the key")
def _(scene):
    with unchecked_keys():
        sql(f"UPDATE {quoted(Invoice)} SET id = 4711 WHERE id = %s", scene.invoice.pk)


@way("`UPDATE` in SQL → invoices, with IGNORE", vendors=("mysql",))
def _(scene):
    sql(f"UPDATE IGNORE {quoted(Invoice)} SET note = 'changed' WHERE id = %s", scene.invoice.pk)


@way("`DELETE` in SQL → invoices")
def _(scene):
    with unchecked_keys():
        sql(f"DELETE FROM {quoted(Invoice)} WHERE id = %s", scene.invoice.pk)


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → invoices", vendors=BOTH)
def _(scene):
    replace(Invoice, stored(scene.invoice) | {"note": "changed"})


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → invoices, by the uuid", vendors=BOTH)
def _(scene):
    replace(Invoice, stored(scene.invoice) | {"id": 4711, "number_key": None, "sequence": 4711, "issued_at": None})


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → invoices, by the number", vendors=BOTH)
def _(scene):
    uuid = Invoice._meta.get_field("uuid").get_db_prep_value(uuid4(), connection)
    replace(Invoice, stored(scene.invoice) | {"id": 4711, "uuid": uuid, "sequence": 4711, "issued_at": None})


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → invoices, by the sequence", vendors=BOTH)
def _(scene):
    uuid = Invoice._meta.get_field("uuid").get_db_prep_value(uuid4(), connection)
    replace(Invoice, stored(scene.invoice) | {"id": 4711, "uuid": uuid, "number_key": None, "issued_at": None})


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → invoices, by an UPDATE of another one", vendors=("sqlite",))
def _(scene):
    uuid = stored(scene.invoice)["uuid"]
    sql(f"UPDATE OR REPLACE {quoted(Invoice)} SET uuid = %s WHERE id = %s", uuid, scene.home.pk)


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → invoices, by an UPDATE of the key of another one", vendors=("sqlite",))
def _(scene):
    sql(f"UPDATE OR REPLACE {quoted(Invoice)} SET id = %s WHERE id = %s", scene.invoice.pk, scene.home.pk)


@way("`TRUNCATE` in SQL (PostgreSQL) → invoices", vendors=("postgresql",))
def _(scene):
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # what is deferred stands in the way of TRUNCATE
    sql(f"TRUNCATE {quoted(Invoice)} CASCADE")


@way("`TRUNCATE` in SQL (PostgreSQL) → items", vendors=("postgresql",))
def _(scene):
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # what is deferred stands in the way of TRUNCATE
    sql(f"TRUNCATE {quoted(Item)} CASCADE")


@way("`INSERT` in SQL → items")
def _(scene):
    row = stored(scene.item)
    row.pop("id")
    names, places = ", ".join(map(connection.ops.quote_name, row)), ", ".join(["%s"] * len(row))
    sql(f"INSERT INTO {quoted(Item)} ({names}) VALUES ({places})", *row.values())


@way("`UPDATE` in SQL → items")
def _(scene):
    sql(f"UPDATE {quoted(Item)} SET net = net + 1 WHERE id = %s", scene.item.pk)


@way("`UPDATE` in SQL → items, that moves one in")
def _(scene):
    sql(f"UPDATE {quoted(Item)} SET invoice_id = %s WHERE id = %s", scene.invoice.pk, scene.home_item.pk)


@way("`UPDATE` in SQL → items, that moves one out")
def _(scene):
    sql(f"UPDATE {quoted(Item)} SET invoice_id = %s WHERE id = %s", scene.home.pk, scene.item.pk)


@way("`DELETE` in SQL → items")
def _(scene):
    sql(f"DELETE FROM {quoted(Item)} WHERE id = %s", scene.item.pk)


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → items", vendors=BOTH)
def _(scene):
    replace(Item, stored(scene.item) | {"invoice_id": scene.home.pk})


@way("`UPDATE` in SQL → events")
def _(scene):
    sql(f"UPDATE {quoted(InvoiceEvent)} SET actor_name = 'nobody' WHERE invoice_id = %s", scene.invoice.pk)


@way("`DELETE` in SQL → events")
def _(scene):
    sql(f"DELETE FROM {quoted(InvoiceEvent)} WHERE invoice_id = %s", scene.invoice.pk)


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → events", vendors=BOTH)
def _(scene):
    replace(InvoiceEvent, stored(InvoiceEvent.objects.filter(invoice=scene.invoice).first()) | {"actor_name": "nobody"})


@way("`DELETE` in SQL → voided numbers")
def _(scene):
    sql(f"DELETE FROM {quoted(VoidedNumber)}")


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → voided numbers", vendors=BOTH)
def _(scene):
    replace(VoidedNumber, stored(VoidedNumber.objects.first()) | {"reason": "changed"})


@way("`DELETE` in SQL → relations")
def _(scene):
    sql(f"DELETE FROM {quoted(Through)}")


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → relations", vendors=BOTH)
def _(scene):
    field = Invoice._meta.get_field("related_invoices")
    column = Through._meta.get_field(field.m2m_field_name()).column
    replace(Through, stored(Through.objects.filter(**{field.m2m_field_name(): scene.invoice.pk}).get()) | {column: scene.home.pk})


@way("`UPDATE` in SQL → the log of repairs")
def _(scene):
    sql(f"UPDATE {quoted(Repair)} SET actor_name = 'nobody'")


@way("`DELETE` in SQL → the log of repairs")
def _(scene):
    sql(f"DELETE FROM {quoted(Repair)}")


@way("`REPLACE` in SQL (SQLite, MariaDB, MySQL) → the log of repairs", vendors=BOTH)
def _(scene):
    replace(Repair, stored(Repair.objects.get()) | {"closed_at": None})


@way("`UPDATE` in SQL → exemptions from a lock")
def _(scene):
    sql(f"UPDATE {quoted(LockExemption)} SET reason = 'changed'")


@way("`DELETE` in SQL → exemptions from a lock")
def _(scene):
    sql(f"DELETE FROM {quoted(LockExemption)}")
