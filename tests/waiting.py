"""Waiting for another connection to wait: so that a race is run in one order, whatever the machine does meanwhile."""

import time

from django.db import connection

WAITING = {
    # The view shows what it showed at first in a transaction, until it is cleared.
    "postgresql": "SELECT COUNT(*), pg_stat_clear_snapshot()::text FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'",
    "mysql": "SELECT COUNT(*), 0 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'",
}


def wait_until_somebody_waits():
    """Until another connection waits for a lock. On SQLite nobody can be seen waiting: its writers wait to begin."""
    if connection.vendor == "sqlite":
        return
    # MariaDB looks anew only when nobody has asked for a tenth of a second.
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(WAITING[connection.vendor])
            if cursor.fetchone()[0]:
                return
        time.sleep(0.15)
    raise TimeoutError("nobody waits")
