"""The page of reminders is the code: whoever changes one has to change the other."""

import csv
from dataclasses import fields
from pathlib import Path

import pytest

from invoicing.contrib.delivery import interest
from invoicing.contrib.delivery.cases import Reason
from invoicing.contrib.delivery.charging import Note
from invoicing.contrib.delivery.models import DunningLevel, InterestKind, Reminder, ReminderPause
from invoicing.contrib.delivery.placeholders import NAMES
from invoicing.contrib.delivery.reminding import Reminded, Result
from tests.docs.pages import DOCS, quoted, table

PAGE = DOCS / "reference/reminders.md"


def first_cells(*, after):
    return [name for row in table(PAGE, after=after) for name in quoted(row[0])]


@pytest.mark.parametrize("model", [DunningLevel, Reminder, ReminderPause], ids=lambda model: model.__name__)
def test_every_column_is_in_the_table(model):
    assert set(first_cells(after=f"## {model.__name__}")) == {field.name for field in model._meta.concrete_fields if not field.primary_key}


def test_every_field_of_what_is_given_is_in_the_table():
    rows = table(PAGE, after="## What send_reminders gives")
    words = {word for row in rows for word in quoted(row[1])}

    assert {name for row in rows for name in quoted(row[0])} == {field.name for field in fields(Reminded)}
    assert words == {*Result, *Reason, *Note}


def test_every_kind_of_interest_is_named():
    (row,) = [row for row in table(PAGE, after="## DunningLevel") if quoted(row[0]) == ["interest"]]

    assert quoted(row[1]) == InterestKind.values


def test_every_place_is_named_where_texts_are_written():
    text = (DOCS / "how-to/send-reminders.md").read_text(encoding="utf-8")

    assert [name for name in NAMES if f"`{{{name}}}`" not in text] == []


def test_every_country_whose_law_is_known_is_in_the_table():
    described = {}
    for countries, business, consumer, _law in table(PAGE, after="## Legal rates"):
        for country in countries.split(", "):
            described[country] = {kind for kind, rate in (("BUSINESS", business), ("CONSUMER", consumer)) if rate != "–"}
    known = {}
    with (Path(interest.__file__).parent / "rates" / "laws.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            known.setdefault(row["country"], set()).add(row["debtor"])

    assert described == known
