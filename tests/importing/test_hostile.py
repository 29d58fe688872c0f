"""Whatever a file holds, it is imported or refused with a sentence; nothing else happens."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.exceptions import ImportRefusedError
from invoicing.importing import import_file
from invoicing.importing.shapes import LISTS, shapes
from invoicing.models import get_invoice_model
from tests.importing.conftest import COMPANY, CUSTOMER, ITEM

pytestmark = pytest.mark.django_db

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**40, max_value=10**60),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "1e5", "NaN", "-0", "\ud800", "\x00", "2026-13-01", "9999-12-31", "0001-01-01", "x" * 5000, "٣", "99999999999"]
    ),
    st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3)), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
GOOD = {"external_id": "tea-1", "date_issue": "2026-03-02", "date_due": "2026-03-16", **CUSTOMER, "tax": "policy", "status": "sent"}
KEYS = {name: sorted(shape.keys) for name, shape in shapes().items()}
MANY = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


def take(path, content):
    path.write_bytes(content)
    refusal = None
    try:
        import_file(path, is_dry_run=True)
    except ImportRefusedError as error:
        refusal = error
    assert refusal is None or all(place and sentence for place, field, sentence in refusal.rows)
    assert not get_invoice_model().objects.exists()


def take_json(path, data):
    take(path, json.dumps(data).encode())


@MANY
@given(key=st.sampled_from(KEYS["invoices"]), value=ODD)
def test_an_odd_value_in_an_invoice(tmp_path, key, value):
    take_json(tmp_path / "a.json", {"companies": [COMPANY], "invoices": [{**GOOD, "items": [ITEM], key: value}]})


@MANY
@given(key=st.sampled_from(KEYS["items"]), value=ODD)
def test_an_odd_value_in_an_item(tmp_path, key, value):
    take_json(tmp_path / "a.json", {"companies": [COMPANY], "invoices": [{**GOOD, "items": [ITEM, {**ITEM, key: value}]}]})


@MANY
@given(name=st.sampled_from(["companies", "parties", "products", "payment_terms"]), data=st.data())
def test_an_odd_value_in_the_address_book(tmp_path, name, data):
    key, value = data.draw(st.sampled_from(KEYS[name])), data.draw(ODD)
    record = {"name": "Lindner", "unit_price": 1} if name == "products" else {"name": "Lindner"}
    take_json(tmp_path / "a.json", {name: [record, {**record, key: value}], "invoices": [{**GOOD, "company": None, "items": []}]})


@MANY
@given(key=st.sampled_from(["line", "title", "quantity", "amount"]), value=ODD)
def test_an_odd_value_in_a_credit_note(tmp_path, key, value):
    note = {"external_id": "back", "corrects": "tea-1", "items": [{"line": 1, key: value}]}
    take_json(tmp_path / "a.json", {"companies": [COMPANY], "invoices": [{**GOOD, "items": [ITEM]}, note]})


@MANY
@given(data=st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(LISTS), inner, max_size=3)))
def test_odd_files(tmp_path, data):
    take_json(tmp_path / "a.json", data)


@MANY
@given(text=st.text(alphabet='ab,;"\n\r\t12x ', max_size=60))
def test_odd_tables(tmp_path, text):
    take(tmp_path / "a.csv", f"external_id,title,quantity\n{text}".encode())
