"""Keys are ASCII, short, and apart."""

import pytest

from invoicing.domain.keys import LONGEST_KEY, encoded, shortened
from invoicing.domain.number_key import number_key


def test_what_is_not_readable_is_percent_encoded():
    assert encoded("A-1_ é|\ud800") == "A-1_%20%C3%A9%7C%ED%A0%80"


def test_a_long_key_ends_in_the_digest_of_the_whole():
    first, second = shortened("A" * 200 + "1"), shortened("A" * 200 + "2")

    assert (len(first), len(second)) == (LONGEST_KEY, LONGEST_KEY)
    assert first != second
    assert first[: LONGEST_KEY - 65] == "A" * (LONGEST_KEY - 65)


@pytest.mark.parametrize(("one", "other"), [("INV-1", "inv-1"), ("STRASSE/1", "straße/1"), ("2026/1", "\uff12026/1")])
def test_numbers_that_people_read_alike_share_a_key(one, other):
    assert number_key(one, company_id=7) == number_key(other, company_id=7)


@pytest.mark.parametrize(("one", "other"), [("E1", "É1"), ("A 1", "A1"), ("1", "01")])
def test_other_numbers_do_not(one, other):
    assert number_key(one, company_id=7) != number_key(other, company_id=7)


def test_companies_number_apart():
    assert number_key("1", company_id=7) == "7|1"
    assert number_key("1", company_id=None) == "0|1"
