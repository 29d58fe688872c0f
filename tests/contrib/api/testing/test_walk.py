"""Nobody sees or changes anything of another company, at any address, in any way."""

import pytest

from invoicing.contrib.api.testing import IsolationWalk, Side, readings, walk
from invoicing.contrib.api.testing.rows import scoped_models
from invoicing.contrib.api.views import CompanyViewSet
from tests.contrib.api.testing.population import populated
from tests.contrib.api.testing.requests import BODIES, VALUES

pytestmark = pytest.mark.django_db

# The document that is asked about is issued, so that no line of it is looked at.
KNOWN = {"POST /api/invoices/{id}/items/"}


def test_the_other_company_has_a_row_in_every_table(sides):
    mine, theirs = sides

    assert IsolationWalk(mine, theirs).without_rows == []
    assert IsolationWalk(theirs, mine).without_rows == []
    assert len(scoped_models()) > 30


def test_the_walk_goes_everywhere():
    assert {route.name for route in walk() if issubclass(route.view, CompanyViewSet)} >= {"invoicing_api:invoice-list"}
    assert all(route.actions for route in walk())


def test_no_address_leaks(sides, record_property):
    mine, theirs = sides
    walker = IsolationWalk(mine, theirs, bodies=BODIES, values=VALUES)

    leaks = walker.run()

    record_property("requests", walker.requests)
    assert [str(leak) for leak in leaks] == []
    assert {str(one) for one in walker.unproven if one.route not in KNOWN} == set()


def test_nothing_that_is_read_depends_on_whether_another_company_is_there(time_machine):
    time_machine.move_to("2026-11-22 12:00:00Z", tick=False)
    mine = populated("OURSIDE")
    before = readings(mine, values=VALUES)

    populated("ZETASECRET", price="7731.37", code="ZETA")

    assert len(before) > 100
    after = readings(mine, values=VALUES)
    assert {url: (before.get(url), after.get(url)) for url in before.keys() | after.keys() if before.get(url) != after.get(url)} == {}


def test_a_side_is_shown_by_its_marker(sides):
    mine, _theirs = sides

    assert Side(mine.company, mine.client, "OURSIDE").marker == "OURSIDE"
