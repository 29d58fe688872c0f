"""JSON is read with the line of every value."""

from decimal import Decimal

import pytest

from invoicing.exceptions import ImportRefusedError
from invoicing.importing.json_reader import read_json


def test_every_value_remembers_its_line():
    text = '{\n "invoices": [\n  {"number": "1",\n   "items": [{"quantity": 2},\n    {"quantity": 3}]}\n ]\n}'

    source = read_json(text).source

    assert source.place_of(("invoices", 0, "number")).line == 3
    assert source.place_of(("invoices", 0, "items", 1, "quantity")).line == 5
    assert source.field_of(("invoices", 0, "items", 1, "quantity")) == "invoices[0].items[1].quantity"


def test_what_is_missing_is_looked_for_in_what_it_would_have_stood_in():
    source = read_json('{"invoices": [\n\n{"items": []}]}').source

    assert source.place_of(("invoices", 0, "date_issue")).line == 3


def test_fractions_are_decimals():
    data = read_json('[{"a": 0.1, "b": 12, "c": 1e2, "d": "x\\n"}]').source.data

    assert data == {"invoices": [{"a": Decimal("0.1"), "b": 12, "c": Decimal(100), "d": "x\n"}]}
    assert isinstance(data["invoices"][0]["a"], Decimal)


def test_a_key_that_stands_twice_is_a_problem():
    assert read_json('[{"number": "1",\n"number": "2"}]').sorted_rows() == [
        ("line 2", "invoices[0].number", "This key stands twice in the same object: keep one.")
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"invoices": [', "line 1, column 15"),
        ('{"invoices": []\n "parties": []}', "line 2, column 2"),
        ('{"invoices": [],}', "line 1, column 17"),
        ('{"a": 1} x', "line 1, column 10"),
        ("{'a': 1}", "line 1, column 2"),
        ('[{"a" 1}]', "line 1, column 7"),
        ('["a\nb"]', "line 1, column 4"),
        ("[" * 100 + "]" * 100, "line 1, column 42"),
    ],
)
def test_broken_json_is_refused_with_its_place(text, place):
    with pytest.raises(ImportRefusedError) as caught:
        read_json(text)

    assert [row[0] for row in caught.value.rows] == [place]


@pytest.mark.parametrize("text", ["3", '"invoices"', "null"])
def test_neither_object_nor_list_is_refused(text):
    with pytest.raises(ImportRefusedError, match="Give an object"):
        read_json(text)
