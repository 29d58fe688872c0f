"""Who changes says what he saw; who reads again gets it when it changed."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from invoicing.contrib.api.preconditions import PreconditionFailedError, check_if_match, etag_of, is_not_modified

NOW = '"0123456789abcdef0123456789abcdef"'


def request(method="PATCH", **headers):
    named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return Request(APIRequestFactory().generic(method, "/", **named))


# Tags


def test_a_tag_is_quoted_and_strong():
    # SHA-256 of {} begins so.
    assert etag_of({}) == '"44136fa355b3678a1146ad16f7e8649e"'


def test_the_order_of_keys_is_the_same_version_and_a_value_is_another():
    assert etag_of({"a": 1, "b": [1, 2]}) == etag_of({"b": [1, 2], "a": 1})
    assert len({etag_of({"a": value}) for value in (1, "1", None, [1], True, "2")}) == 6


def test_values_of_rows_can_be_tagged():
    row = {"id": UUID(int=1), "on": date(2026, 3, 2), "total": Decimal("1.50")}

    assert etag_of(row) == etag_of({"id": str(UUID(int=1)), "on": "2026-03-02", "total": "1.50"})


# Changing


def test_who_names_no_version_may_change():
    assert check_if_match(request(), NOW) is None


@pytest.mark.parametrize("header", [NOW, f'"other", {NOW}', f'{NOW},"other"', f", ,{NOW},", "*", " * ", f'W/"a", {NOW}', f'"a,b" ,\t{NOW}'])
def test_who_names_the_version_that_it_is_at_may_change(header):
    assert check_if_match(request(if_match=header), NOW) is None


@pytest.mark.parametrize(
    "header",
    [
        '"other"',
        f"W/{NOW}",
        NOW.strip('"'),
        NOW[:-1],
        f"{NOW} other",
        f"other, {NOW}",
        f"{NOW}{NOW}",
        f"*, {NOW}",
        f'{NOW}, "',
        "",
        ",",
        '"' * 1001,
        "," * 100_000,
    ],
)
def test_who_names_another_one_or_writes_no_tags_may_not(header):
    with pytest.raises(PreconditionFailedError) as refused:
        check_if_match(request(if_match=header), NOW)

    assert (refused.value.status_code, refused.value.detail.code) == (412, "precondition_failed")


@given(st.text(alphabet=st.sampled_from(' ,\t"W/*ab!\x7f')))
def test_no_header_but_one_with_the_tag_or_a_star_lets_pass(header):
    try:
        check_if_match(request(if_match=header), '"ab"')
    except PreconditionFailedError:
        return
    assert '"ab"' in header or header.strip() == "*"


# Reading


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("header", [NOW, f"W/{NOW}", f'"other", W/{NOW}', "*"])
def test_who_has_this_version_need_not_read_it(method, header):
    assert is_not_modified(request(method, if_none_match=header), NOW) is True


@pytest.mark.parametrize("header", ['"other"', f"{NOW} x", "", f"w/{NOW}"])
def test_who_has_another_one_reads(header):
    assert is_not_modified(request("GET", if_none_match=header), NOW) is False


def test_who_has_none_reads_and_who_writes_is_answered():
    assert is_not_modified(request("GET"), NOW) is False
    assert is_not_modified(request("PATCH", if_none_match=NOW), NOW) is False
