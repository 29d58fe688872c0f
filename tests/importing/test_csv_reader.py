"""Tables are read into the same nested values as JSON."""

import pytest

from invoicing.exceptions import ImportRefusedError
from invoicing.importing.csv_reader import read_csv

HEADING = "external_id,customer_name,title,quantity,unit_price,tax_rate"


def test_lines_of_one_id_are_one_invoice():
    text = f"{HEADING}\nA,Sommer,Assam,2,50.00,19\nA,Sommer,Oolong,1,8.50,7\nB,Winter,Assam,1,50.00,none\n"

    problems = read_csv(text)

    assert problems.rows == []
    assert problems.source.data == {
        "invoices": [
            {
                "external_id": "A",
                "customer_name": "Sommer",
                "items": [
                    {"title": "Assam", "quantity": "2", "unit_price": "50.00", "tax_rate": "19"},
                    {"title": "Oolong", "quantity": "1", "unit_price": "8.50", "tax_rate": "7"},
                ],
            },
            {
                "external_id": "B",
                "customer_name": "Winter",
                "items": [{"title": "Assam", "quantity": "1", "unit_price": "50.00", "tax_rate": None}],
            },
        ]
    }


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_delimiters_and_line_ends_are_told_apart(delimiter, line_end):
    text = f"{HEADING}\nA,Sommer,Assam,2,50.00,19\n,,Oolong,1,8.50,7\n".replace(",", delimiter).replace("\n", line_end)

    (invoice,) = read_csv(text).source.data["invoices"]

    assert [item["title"] for item in invoice["items"]] == ["Assam", "Oolong"]


def test_a_cell_may_hold_line_breaks_and_the_lines_after_it_are_still_counted():
    source = read_csv(f'{HEADING}\nA,"Sommer\n& Sohn",Assam,2,50.00,19\n,,Oolong,x,8.50,7\n').source

    place = source.place_of(("invoices", 0, "items", 1, "quantity"))

    assert source.data["invoices"][0]["customer_name"] == "Sommer\n& Sohn"
    assert (place.line, place.column, place.label) == (4, 4, "quantity")


def test_title_is_the_items_and_invoice_title_the_invoices():
    text = "number,invoice_title,title,quantity,related,acts\n7,March,Assam,1,A | B,issue|mark_sent\n"

    (invoice,) = read_csv(text).source.data["invoices"]

    assert invoice["title"] == "March"
    assert invoice["items"] == [{"title": "Assam", "quantity": "1"}]
    assert (invoice["related"], invoice["acts"]) == (["A", "B"], ["issue", "mark_sent"])


def test_repeated_cells_must_agree():
    problems = read_csv(f"{HEADING}\nA,Sommer,Assam,2,50.00,19\nA,Winter,Oolong,1,8.50,7\n")

    assert problems.sorted_rows() == [("line 3, column 2", "customer_name", "It differs from line 2 of the same invoice.")]


def test_lines_of_another_length_are_named():
    problems = read_csv(f"{HEADING}\nA,Sommer,Assam\nB,Winter,Oolong,1,8.50,7,x\n")

    assert [row[0] for row in problems.sorted_rows()] == ["line 2", "line 3"]
    assert "3 cells" in problems.sorted_rows()[0][2]


@pytest.mark.parametrize(
    ("heading", "place", "sentence"),
    [
        ("external_id,quantty", "line 1, column 2", "Did you mean quantity?"),
        ("external_id,due_date", "line 1, column 2", "Did you mean date_due?"),
        ("external_id,title,title", "line 1, column 3", "twice"),
        ("title,quantity", "line 1", "external_id"),
        ("external_id,metadata", "line 1, column 2", "no such column"),
    ],
)
def test_headings_that_cannot_be_are_refused(heading, place, sentence):
    with pytest.raises(ImportRefusedError) as caught:
        read_csv(f"{heading}\n")

    assert caught.value.rows[0][0] == place
    assert sentence in caught.value.rows[0][2]


def test_a_first_line_without_id_is_refused():
    assert read_csv(f"{HEADING}\n,Sommer,Assam,2,50.00,19\n").sorted_rows() == [
        ("line 2", "", "The first line needs an external_id or a number.")
    ]


def test_an_open_quote_is_refused():
    with pytest.raises(ImportRefusedError, match="This is no CSV"):
        read_csv(f'{HEADING}\nA,"Sommer,Assam,2,50.00,19\n')
