"""The isolation levels of each database, as options of its connection."""

from __future__ import annotations

from typing import Any

ISOLATION: dict[str, dict[str, dict[str, Any]]] = {
    "sqlite": {"serializable": {}},
    "postgres": {"read committed": {"isolation_level": 2}, "repeatable read": {"isolation_level": 3}},
    "mariadb": {
        "read committed": {"isolation_level": "read committed"},
        "repeatable read": {"isolation_level": "repeatable read", "init_command": "SET innodb_snapshot_isolation = ON"},
    },
}
"""SQLite knows one. Without snapshot isolation, MariaDB at REPEATABLE READ reads old rows under new locks, and is not supported."""
