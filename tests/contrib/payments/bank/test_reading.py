"""Whatever a file is, it is read whole or refused with a place; never anything else."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invoicing.contrib.payments.bank.entries import StatementFile, StatementFormat, fingerprints
from invoicing.contrib.payments.bank.exceptions import StatementRefusedError
from invoicing.contrib.payments.bank.reading import LARGEST_FILE, decoded, format_of, read_statements
from invoicing.exceptions import InvoicingError
from tests.contrib.payments.bank.samples import NAMES, content, mt940, read

FORMATS = {".xml": StatementFormat.CAMT053, ".sta": StatementFormat.MT940, ".csv": StatementFormat.CSV}
COLUMNS = {"default_currency": "EUR"}


def outcome(file, **options):
    """The statements, or a refusal that names place and reason; anything else that is raised ends the test."""
    try:
        return read_statements(file, csv_columns=COLUMNS, **options)
    except StatementRefusedError as error:
        return error if error.place and error.reason else None


@pytest.mark.parametrize("name", NAMES)
def test_the_format_is_told_by_the_content(name):
    assert format_of(content(name)) == FORMATS[name[-4:]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_changes_nothing(name, mark):
    text = decoded(content(name)) if not name.startswith("musterbank.x") else content(name).decode("latin-1")
    text = text.replace('encoding="ISO-8859-1"', "").replace('encoding="UTF-8"', "")

    assert read_statements(text.encode(mark), csv_columns=COLUMNS) == read(name)


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_change_nothing_but_lines(name):
    windows = content(name).replace(b"\n", b"\r\n")

    assert read_statements(windows, csv_columns=COLUMNS) == read(name)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(".csv")])
def test_a_file_that_is_cut_off_anywhere_is_refused_or_whole(name):
    whole = content(name)
    entries = [entry for statement in read(name).statements for entry in statement.entries]
    refused = 0
    for end in range(len(whole)):
        found = outcome(whole[:end])
        if isinstance(found, StatementFile):
            assert [entry for statement in found.statements for entry in statement.entries] == entries, f"cut at byte {end}"
        else:
            refused += 1

    assert refused > len(whole) * 0.9


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".csv")])
def test_a_table_that_is_cut_off_anywhere_raises_nothing_else(name):
    whole = content(name)

    assert all(outcome(whole[:end]) for end in range(len(whole)))


@pytest.mark.parametrize(
    ("file", "says"),
    [(b"", "empty"), (b" \n ", "empty"), (b"PK\x03\x04rest", "ZIP"), (b"%PDF-1.7", "PDF"), (b"x" * (LARGEST_FILE + 1), "MB")],
)
def test_other_files_are_refused(file, says):
    with pytest.raises(StatementRefusedError, match=says):
        read_statements(file)


@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"<\x00")
@example(b":20:\n:25:\n:60F:\n:62F:")
def test_garbage_is_refused(file):
    assert outcome(file)


@given(st.sampled_from(list(StatementFormat)), st.text(max_size=300))
def test_garbage_that_claims_a_format_is_refused(file_format, text):
    assert outcome(text.encode("utf-8", "surrogatepass"), file_format=file_format)


@given(st.sampled_from(NAMES), st.data())
def test_a_file_with_a_few_bytes_changed_raises_nothing_else(name, data):
    broken = bytearray(content(name))
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))

    assert outcome(bytes(broken))


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=12))
def test_fields_of_mt940_with_any_text_raise_nothing_else(texts):
    tags = [":20:", ":25:", ":28C:", ":60F:", ":61:", ":86:", ":62F:", ":NS:", ":13D:", ":34F:", ":90D:", ":61:"]

    assert outcome("\n".join(tag + text for tag, text in zip(tags, texts, strict=False)).encode())


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=6))
def test_cells_with_any_text_raise_nothing_else(rows):
    lines = ["Datum;Betrag", *(f"{day};{amount}" for day, amount in rows)]

    assert outcome("\n".join(lines).encode("utf-8", "surrogatepass"))


def test_ten_thousand_entries_are_read_in_seconds():
    file = mt940(*[("10,00", f"Rechnung 2026/{number}") for number in range(10_000)])
    start = time.perf_counter()

    assert len(read_statements(file).statements[0].entries) == 10_000
    assert time.perf_counter() - start < 30


def test_entries_that_are_alike_are_counted():
    (statement,) = read_statements(mt940(("10,00", "Eintritt"), ("10,00", "Eintritt"), ("10,00", "Austritt"))).statements
    keys = list(fingerprints(statement, owner="-"))

    assert len(set(keys)) == 3
    assert keys == list(fingerprints(statement, owner="-"))
    assert not set(keys) & set(fingerprints(statement, owner="1"))


def test_a_refusal_is_one_of_the_family():
    with pytest.raises(InvoicingError) as refusal:
        read_statements(b"<x/>")

    assert refusal.value.code == "statement_refused"
