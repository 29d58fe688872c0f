"""The throw-away project of a worker: its database is made when it starts and dropped when it ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import connection


@contextmanager
def throw_away_project() -> Iterator[None]:
    """Set Django up on an empty, migrated database, made and dropped as Django does it for tests."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    django.setup()
    given = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(given, verbosity=0)
