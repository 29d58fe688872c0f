"""`flush` of a test database: the triggers go before and are made again after, as is the wish for them."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as Flush

from invoicing.protection import drop_triggers, install_triggers, is_wanted


class Command(Flush):
    """Never install this where real invoices are: it empties what the triggers are there to keep."""

    def handle(self, **options: Any) -> None:
        using = options["database"]
        is_protected = is_wanted(using)
        drop_triggers(using)
        super().handle(**options)
        if is_protected:
            install_triggers(using)
