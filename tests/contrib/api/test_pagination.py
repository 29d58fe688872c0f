"""Pages: every row on one of them, whatever the order, and nothing odd in the address ends in an error of ours."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.signing import dumps
from django.db.models import F, Value
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from invoicing.contrib.api.keyset import SALT, BadCursorError, Keyset
from invoicing.contrib.api.pagination import Pages
from invoicing.models import Party, Product
from tests.factories import make_company

pytestmark = pytest.mark.django_db

ADDRESS = "http://testserver/products/"


def asked(address):
    return Request(APIRequestFactory().get(address))


def page(queryset, address=ADDRESS):
    """The rows of a page by name, and its body."""
    pages = Pages()
    rows = pages.paginate_queryset(queryset, asked(address))
    return pages.get_paginated_response([row.name for row in rows]).data


def walked(queryset, address, *, link="next"):
    """The names of all pages that follow, in the order in which they are given."""
    names = []
    while address:
        body = page(queryset, address)
        names.append(body["results"])
        address = body[link]
    return names


@pytest.fixture
def teas():
    Product.objects.bulk_create(Product(name=f"Tea {place:02}") for place in range(1, 26))
    return Product.objects.order_by("name")


# Limit and offset


def test_a_page_has_its_rows_the_count_and_both_neighbours(teas):
    body = page(teas, f"{ADDRESS}?limit=10&offset=10&tag=a&tag=b")

    assert list(body) == ["count", "next", "previous", "results"]
    assert body["count"] == 25
    assert body["results"] == [f"Tea {place}" for place in range(11, 21)]
    assert body["next"] == f"{ADDRESS}?limit=10&offset=20&tag=a&tag=b"
    assert body["previous"] == f"{ADDRESS}?limit=10&tag=a&tag=b"


def test_without_numbers_it_is_the_first_page_of_the_usual_size(teas, settings):
    settings.INVOICING_API_PAGE_SIZE = 7
    body = page(teas)

    assert (len(body["results"]), body["next"], body["previous"]) == (7, f"{ADDRESS}?limit=7&offset=7", None)


def test_a_limit_above_the_largest_is_the_largest(teas, settings):
    settings.INVOICING_API_MAX_PAGE_SIZE = 20
    body = page(teas, f"{ADDRESS}?limit=100000")

    assert (len(body["results"]), body["next"]) == (20, f"{ADDRESS}?limit=20&offset=20")


def test_behind_the_last_row_there_is_nothing(teas):
    body = page(teas, f"{ADDRESS}?offset=1000")

    assert (body["count"], body["results"], body["next"]) == (25, [], None)


@pytest.mark.parametrize("text", ["", "-1", "ten", "1.0", "1e3", "+1", "²", "1" * 19, "%00", " 1", "0x1", "2147483648"])
def test_a_number_that_is_none_is_refused_by_name(teas, text):
    for name in ("limit", "offset"):
        if (name, text) == ("limit", "2147483648"):
            continue
        with pytest.raises(ValidationError) as refused:
            page(teas, f"{ADDRESS}?{name}={text}")
        assert (refused.value.status_code, list(refused.value.detail)) == (400, [name])
        assert refused.value.detail[name][0].code == "invalid"


def test_a_page_without_rows_is_asked_for_by_nobody(teas):
    with pytest.raises(ValidationError) as refused:
        page(teas, f"{ADDRESS}?limit=0")

    assert list(refused.value.detail) == ["limit"]


def test_rows_that_stand_alike_are_on_one_page_each(teas):
    Product.objects.update(description="the same")
    names = walked(Product.objects.order_by("description"), f"{ADDRESS}?limit=4")

    assert sorted(name for names_of_page in names for name in names_of_page) == [f"Tea {place:02}" for place in range(1, 26)]


def test_a_page_costs_two_queries_and_one_by_cursor(teas, django_assert_num_queries):
    with django_assert_num_queries(2):
        page(teas)
    with django_assert_num_queries(1):
        page(teas, f"{ADDRESS}?cursor=")


# Cursors


def test_by_cursor_there_is_no_count_and_every_row_comes_once(teas):
    first = page(teas, f"{ADDRESS}?limit=10&cursor=&tag=a")

    assert list(first) == ["next", "previous", "results"]
    assert first["previous"] is None
    assert parse_qs(urlsplit(first["next"]).query)["tag"] == ["a"]
    assert walked(teas, f"{ADDRESS}?limit=10&cursor=") == [
        [f"Tea {place:02}" for place in range(1, 11)],
        [f"Tea {place:02}" for place in range(11, 21)],
        [f"Tea {place:02}" for place in range(21, 26)],
    ]


def test_back_from_the_last_page_every_row_comes_once_too(teas):
    address = f"{ADDRESS}?limit=10&cursor="
    while (following := page(teas, address)["next"]) is not None:
        address = following

    assert walked(teas, address, link="previous") == [
        [f"Tea {place:02}" for place in range(21, 26)],
        [f"Tea {place:02}" for place in range(11, 21)],
        [f"Tea {place:02}" for place in range(1, 11)],
    ]


def test_forth_and_back_is_the_same_page(teas):
    first = page(teas, f"{ADDRESS}?limit=10&cursor=")
    back = page(teas, page(teas, first["next"])["previous"])

    assert (back["results"], back["previous"]) == (first["results"], None)
    assert page(teas, back["next"])["results"] == [f"Tea {place}" for place in range(11, 21)]


def test_as_many_rows_as_the_limit_are_one_page(teas):
    body = page(teas, f"{ADDRESS}?limit=25&cursor=")

    assert (len(body["results"]), body["next"], body["previous"]) == (25, None, None)


def test_rows_that_come_and_go_move_nothing(teas):
    following = page(teas, f"{ADDRESS}?limit=10&cursor=")["next"]
    Product.objects.filter(name__in=["Tea 03", "Tea 10"]).delete()
    Product.objects.create(name="Tea 00")

    assert page(teas, following)["results"] == [f"Tea {place}" for place in range(11, 21)]


def test_a_page_whose_rows_are_gone_is_empty(teas):
    following = page(teas, f"{ADDRESS}?limit=10&cursor=")["next"]
    Product.objects.filter(name__gt="Tea 10").delete()

    assert page(teas, following) == {"next": None, "previous": None, "results": []}


MOMENT = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def assorted():
    """Rows with equal values, nothing at all, decimals, moments and neighbours."""
    companies = [None, make_company(code="A", name="Alpha"), make_company(code="B", name="Beta")]
    for place in range(23):
        Party.objects.create(
            name=f"P{place:02}",
            company=companies[place % 3],
            city="ab"[place % 2],
        )
        Party.objects.filter(name=f"P{place:02}").update(created=MOMENT + timedelta(microseconds=place // 4))
    return Party.objects.all()


@pytest.mark.parametrize(
    "order",
    [
        ["city"],
        ["-city"],
        ["company__name", "-city"],
        ["-company__name", "city"],
        ["company"],
        ["-company_id", "-created"],
        ["created"],
        ["-created", "name"],
        ["-pk"],
        ["city", "-id"],
        ["letter", "-number"],
        ["uuid"],
        [],
    ],
    ids=",".join,
)
@pytest.mark.parametrize("limit", [1, 4, 22, 23])
def test_in_every_order_every_row_comes_once_forth_and_back(assorted, order, limit):
    rows = assorted.annotate(letter=F("company__code"), number=Value(Decimal("1.50"))).order_by(*order)
    forth = walked(rows, f"{ADDRESS}?limit={limit}&cursor=")
    by_offset = walked(rows, f"{ADDRESS}?limit={limit}")
    names = [name for part in forth for name in part]

    assert sorted(names) == [f"P{place:02}" for place in range(23)]
    assert forth == by_offset

    address = f"{ADDRESS}?limit={limit}&cursor="
    while (following := page(rows, address)["next"]) is not None:
        address = following
    back = walked(rows, address, link="previous")
    assert [name for part in reversed(back) for name in part] == names


@pytest.mark.parametrize("sign", ["", "-"])
def test_decimals_are_compared_as_numbers(teas, sign):
    prices = [Decimal(text) for text in ("9.5", "10", "0.1", "100.000001", "-3", "0.3", "0")]
    for place, row in enumerate(teas):
        Product.objects.filter(pk=row.pk).update(unit_price=prices[place % len(prices)])
    names = walked(Product.objects.order_by(f"{sign}unit_price"), f"{ADDRESS}?limit=2&cursor=")
    priced = dict(Product.objects.values_list("name", "unit_price"))

    found = [priced[name] for part in names for name in part]
    assert len(found) == 25
    assert found == sorted(found, reverse=bool(sign))


def test_where_nothing_stands_the_row_is_the_smallest_in_every_database(assorted):
    names = [row.company and row.company.name for row in Keyset(assorted.order_by("company__name")).ordered()]
    back = [row.company and row.company.name for row in Keyset(assorted.order_by("-company__name")).ordered()]

    assert names == [None] * 8 + ["Alpha"] * 8 + ["Beta"] * 7
    assert back == ["Beta"] * 7 + ["Alpha"] * 8 + [None] * 8


def test_the_primary_key_comes_last_and_once():
    orders = [["name"], ["-pk", "name"], ["name", "id"], ["company", "-company_id"], []]

    assert [Keyset(Product.objects.order_by(*order)).names for order in orders] == [
        ["name", "pk"],
        ["-pk"],
        ["name", "id"],
        ["company", "-company_id", "pk"],
        ["pk"],
    ]
    assert Keyset(Product.objects.all()).names == ["name", "pk"]


def test_an_order_that_is_no_column_is_a_mistake_of_ours(teas):
    with pytest.raises(TypeError, match="names of columns only"):
        Keyset(teas.order_by(F("name").desc()))


# What is no cursor


@pytest.mark.parametrize("text", ["x", "cD00ODY=", "a:b:c", "é", "%00", "x" * 5000, "::", " "])
def test_garbage_is_refused(teas, text):
    with pytest.raises(ValidationError) as refused:
        page(teas, f"{ADDRESS}?cursor={text}")

    assert (refused.value.status_code, list(refused.value.detail)) == (400, ["cursor"])


@given(text=st.text())
def test_any_text_is_no_cursor(text):
    with pytest.raises(BadCursorError):
        Keyset(Product.objects.order_by("name")).position(text)


def test_a_cursor_of_another_order_or_another_salt_is_refused(teas):
    following = page(teas, f"{ADDRESS}?limit=10&cursor=")["next"]
    with pytest.raises(ValidationError):
        page(teas.order_by("-name"), following)

    told = {"order": ["name", "pk"], "values": ["Tea 03", 3], "back": False}
    assert Keyset(teas).position(dumps(told, salt=SALT)).values == ["Tea 03", 3]
    with pytest.raises(BadCursorError):
        Keyset(teas).position(dumps(told, salt="another"))


@pytest.mark.parametrize("values", [["Tea 03"], ["Tea 03", "three"]])
def test_a_cursor_from_before_a_column_changed_is_refused(teas, values):
    with pytest.raises(BadCursorError):
        Keyset(teas).position(dumps({"order": ["name", "pk"], "values": values, "back": False}, salt=SALT))


def test_a_cursor_and_an_offset_are_too_much(teas):
    with pytest.raises(ValidationError) as refused:
        page(teas, f"{ADDRESS}?cursor=&offset=10")

    assert list(refused.value.detail) == ["offset"]


# The schema


def test_the_schema_names_what_there_is():
    pages = Pages()

    assert [one["name"] for one in pages.get_schema_operation_parameters(None)] == ["limit", "offset", "cursor"]
    schema = pages.get_paginated_response_schema({"type": "array"})
    assert list(schema["properties"]) == ["count", "next", "previous", "results"]
    assert schema["required"] == ["next", "previous", "results"]
