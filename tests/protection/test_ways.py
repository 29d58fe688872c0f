"""Every way to change what is issued, against the guards of Django, the triggers, and both. The page of the docs says the same."""

import pytest
from django.db import IntegrityError, connection, transaction

from invoicing.models.repair import EVERY_DOCUMENT, close_on_connection, open_on_connection
from tests.docs.pages import DOCS, table
from tests.protection.ways import WAYS, Scene, dump

PAGE = DOCS / "how-to/protect-issued-invoices.md"

here = pytest.mark.parametrize("way", [way for way in WAYS if connection.vendor in way.vendors], ids=lambda way: way.name)


@pytest.fixture
def scene(database, tmp_path, admin_client):
    return Scene(tmp_path, admin_client)


@pytest.fixture
def guards_open():
    """The guards of Django as they are inside of `unprotected()`, while no row says so to the database."""
    open_on_connection([EVERY_DOCUMENT], using="default")
    yield
    close_on_connection([EVERY_DOCUMENT], using="default")


def walked(way, scene):
    """What a way leaves of the rows before it, and what it raised; afterwards it is undone."""
    before = dump()
    raised = None
    with transaction.atomic():
        try:
            with transaction.atomic():
                way.walk(scene)
        except Exception as error:  # noqa: BLE001  # which one, the tests look at
            raised = error
        after = dump()
        transaction.set_rollback(True)
    return before == after, raised


@here
def test_with_both_no_way_is_left(way, scene, triggers):
    is_kept, raised = walked(way, scene)

    assert is_kept
    assert raised is not None or "admin" in way.name


@here
def test_the_triggers_alone_hold_as_well(way, scene, triggers, guards_open):
    is_kept, raised = walked(way, scene)

    assert is_kept, raised
    if way.goes_round:
        assert isinstance(raised, IntegrityError)
        assert "invoicing: " in str(raised)


@here
def test_what_the_guards_alone_leave_open_is_known(way, scene):
    is_kept, raised = walked(way, scene)

    assert is_kept == (not way.goes_round), raised


def test_the_page_lists_what_the_guards_leave_open():
    listed = {(row[0], target) for row in table(PAGE, after="## What the guards alone leave open") for target in row[1].split(", ")}

    assert listed == {way.reaches for way in WAYS if way.goes_round}
