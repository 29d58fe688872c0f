"""Files that cannot be read at all say why."""

import pytest

from invoicing.exceptions import ImportRefusedError
from invoicing.importing.file_reader import read_file


@pytest.mark.parametrize(
    ("name", "content", "place", "sentence"),
    [
        ("a.json", b"", "a.json", "empty"),
        ("a.csv", b"\xef\xbb\xbf \n", "a.csv", "empty"),
        ("a.xlsx", b"PK", "a.xlsx", ".json"),
        ("a.csv", "number\nMüller".encode("latin-1"), "line 2", "0xFC is no UTF-8"),
        ("a.json", '[{"number": "1"}]'.encode("utf-16"), "line 1", "no UTF-8"),
    ],
)
def test_unreadable_files(file, name, content, place, sentence):
    with pytest.raises(ImportRefusedError) as caught:
        read_file(file(content, name))

    assert caught.value.rows[0][0] == place
    assert sentence in caught.value.rows[0][2]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ImportRefusedError, match="cannot be read: No such file"):
        read_file(tmp_path / "gone.json")


def test_a_byte_order_mark_is_no_content(file):
    assert read_file(file('[{"number": "1"}]', encoding="utf-8-sig")).source.data == {"invoices": [{"number": "1"}]}
    assert read_file(file("number\n1\n", "a.CSV", encoding="utf-8-sig")).source.data == {"invoices": [{"number": "1", "items": []}]}
