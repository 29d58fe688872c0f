"""Which database a run of the tests uses, and how to reach it: all of it comes from the environment.

TEST_DATABASE is `sqlite` (the default), `postgres` or `mariadb`. A server is looked for at TEST_DATABASE_HOST, TEST_DATABASE_PORT with
TEST_DATABASE_USER and TEST_DATABASE_PASSWORD; the tests make a database of their own there, `test_` and TEST_DATABASE_NAME.
"""

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

KIND = os.environ.get("TEST_DATABASE", "sqlite")
SERVERS = {"postgres": ("django.db.backends.postgresql", 5432, "postgres"), "mariadb": ("django.db.backends.mysql", 3306, "root")}

if KIND not in ("sqlite", *SERVERS):
    raise ImproperlyConfigured(f"TEST_DATABASE is {KIND!r}: use sqlite, postgres or mariadb.")


def address(kind: str) -> tuple[str, int]:
    """Return host and port of a server; the environment speaks only of the one that this run uses."""
    own = os.environ if kind == KIND else {}
    return own.get("TEST_DATABASE_HOST", "127.0.0.1"), int(own.get("TEST_DATABASE_PORT", SERVERS[kind][1]))


def is_reachable(kind: str) -> bool:
    """Say whether something listens where the server should be."""
    try:
        socket.create_connection(address(kind), timeout=2).close()
    except OSError:
        return False
    return True


def database() -> dict[str, Any]:
    """Return Django's DATABASES["default"] for this run."""
    return sqlite() if KIND == "sqlite" else server(KIND)


def sqlite() -> dict[str, Any]:
    """Return a file with the options of a real site, so that tests with several writers mean something."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # Unlike on a real site nothing has to outlive a power cut here.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
        # One file a process: two runs at once do not meet.
        "TEST": {"NAME": Path(tempfile.gettempdir()) / f"test_invoicing_{os.getpid()}.sqlite3"},
    }


def server(kind: str) -> dict[str, Any]:
    """Return the connection to PostgreSQL or MariaDB."""
    engine, _, user = SERVERS[kind]
    host, port = address(kind)
    if kind == "mariadb":
        # The pure-Python driver: no compiler is needed to run the tests.
        import pymysql

        pymysql.install_as_MySQLdb()
    name = os.environ.get("TEST_DATABASE_NAME", "invoicing")
    return {
        "ENGINE": engine,
        "HOST": host,
        "PORT": port,
        "USER": os.environ.get("TEST_DATABASE_USER", user),
        "PASSWORD": os.environ.get("TEST_DATABASE_PASSWORD", ""),
        "NAME": name,
        "OPTIONS": {"charset": "utf8mb4"} if kind == "mariadb" else {},
        "TEST": {"NAME": f"test_{name}"} | ({"CHARSET": "utf8mb4"} if kind == "mariadb" else {}),
    }
