"""Touch one invoice, then make another, in one transaction: what deadlocks under a lock of the whole table."""

from typing import Any

import crowd
from django.db import connection
from ways import Act

SOON = "SET deadlock_timeout = '100ms'"
"""For both libraries alike: PostgreSQL looks for a deadlock a second after somebody began to wait, which takes minutes here."""


def touch_then_copy(originals: list[Any], *, times: int) -> dict[str, Any]:
    """Each process changes the note of a stored invoice of its own and copies it, so often."""

    def make(place: int) -> Act:
        with connection.cursor() as cursor:
            cursor.execute(SOON)
        key, rows = originals[place].pk, type(originals[place]).objects

        def once() -> None:
            invoice = rows.get(pk=key)
            invoice.note = f"{invoice.note[:40]} +"
            invoice.save()
            invoice.create_copy()

        return once

    return crowd.together(make, crowd=len(originals), times=times)
