"""The walk can fail: views that leak are found, each by what it does."""

import pytest
from django.db.models import QuerySet

from invoicing.contrib.api.testing import IsolationWalk, Side, walk
from invoicing.contrib.payments.models import Payment
from tests.factories import make_party

LEAKY = "tests.contrib.api.testing.leaky_urls"


def test_every_leak_is_found_and_says_where_it_is(sides):
    found = IsolationWalk(*sides, urlconf=LEAKY).run()

    silent = {"POST /products/{id}/rename/"}
    every = {leak.route for leak in found} - {"the whole walk"}
    assert every == {route.key(method) for route in walk(LEAKY) for method in route.actions} - silent


def test_a_plain_view_is_found_by_what_it_tells(sides):
    found = [leak for leak in IsolationWalk(*sides, urlconf=LEAKY).run() if leak.route == "GET /plain/"]

    assert any("ZETASECRET" in leak.seen for leak in found)


def test_an_action_that_looks_for_itself_is_found_by_its_status(sides):
    found = [leak.seen for leak in IsolationWalk(*sides, urlconf=LEAKY).run() if leak.route == "GET /products/{id}/name/"]

    assert "200 for a row of the other company" in found


def test_a_change_that_is_answered_with_404_is_found_in_the_rows(sides):
    found = [leak.seen for leak in IsolationWalk(*sides, urlconf=LEAKY).run() if leak.route == "the whole walk"]

    assert found
    assert all(text.startswith("invoicing.Product ") and text.endswith("of the other company has changed") for text in found)


def test_a_row_that_points_to_another_company_is_found(sides):
    mine, theirs = sides
    party = make_party(company=theirs.company, code="X")
    QuerySet(Payment).filter(company=mine.company).update(party=party)

    found = [leak.seen for leak in IsolationWalk(*sides, urlconf=LEAKY).run()]

    assert any("points by party to invoicing.Party" in text for text in found)


def test_what_is_left_out_is_not_walked(sides):
    assert IsolationWalk(*sides, urlconf=LEAKY, skip=lambda _route: True).run() == []


def test_a_marker_that_stands_nowhere_proves_nothing(sides):
    mine, theirs = sides

    with pytest.raises(ValueError, match="No row of the other company has NOWHERE1"):
        IsolationWalk(mine, Side(theirs.company, theirs.client, "NOWHERE1"), urlconf=LEAKY).run()


def test_a_marker_that_stands_in_ones_own_rows_proves_nothing(sides):
    mine, theirs = sides
    make_party(company=mine.company, name="ZETASECRET Party", code="Z")

    with pytest.raises(ValueError, match="stands in a row of the company that walks"):
        IsolationWalk(mine, theirs, urlconf=LEAKY).run()


@pytest.mark.parametrize("marker", ["", "ZETA", "ZETA SECRET", "ZÄTASECRET", "ZETA-SECRET"])
def test_a_marker_is_a_word_that_is_written_alike_everywhere(sides, marker):
    mine, _theirs = sides

    with pytest.raises(ValueError, match="is no marker"):
        Side(mine.company, mine.client, marker)
