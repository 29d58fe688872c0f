"""Databases with the triggers in them: they are gone again before the next test."""

import pytest

from invoicing.protection import install_triggers, remove_triggers
from tests import databases

if databases.KIND == "mariadb":

    @pytest.fixture
    def database(transactional_db):
        """Triggers end a transaction here, so there is none around the test."""
else:

    @pytest.fixture
    def database(db):
        """The test is undone at its end, triggers included."""


@pytest.fixture
def triggers(database):
    """The triggers, in the database of the test."""
    install_triggers("default")
    yield
    remove_triggers("default")


@pytest.fixture
def committed_triggers(transactional_db):
    """The triggers, in a database whose transactions are real ones."""
    install_triggers("default")
    yield
    remove_triggers("default")
