"""`manage.py invoicing_deliver`: sends what waits, and shows and settles what is in doubt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from invoicing.actor import acting
from invoicing.contrib.delivery.models import Delivery, DeliveryStatus
from invoicing.contrib.delivery.sending import deliver, doubt_silent
from invoicing.contrib.delivery.services import confirm_arrival, send_again
from invoicing.exceptions import InvoicingError

NOT_ALL_WELL = 1
"""Exit codes; 0 says that nothing failed and nothing is in doubt."""

ASKS_FOR_SOMEBODY = frozenset({DeliveryStatus.FAILED, DeliveryStatus.IN_DOUBT})


MEND = "ask the recipient, or look for the Message-ID in the log of the mail server; then call this with --arrived or --again."


class Command(BaseCommand):
    """Translates between the command line and `invoicing.contrib.delivery`."""

    help = "Send mail that waits or is due for another attempt; put in doubt what a worker left behind. Exits with 1 if a person is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--in-doubt", action="store_true", help="send nothing; list what is in doubt, and fail if anything is")
        act.add_argument("--arrived", nargs="+", metavar="UUID", help="settle these: a person found out that they arrived")
        act.add_argument("--again", nargs="+", metavar="UUID", help="send these again, which are in doubt or failed")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database")

    def handle(self, **options: Any) -> None:
        using = options["database"]
        doubt_silent(using=using)
        with acting("invoicing_deliver"):
            told = self._done(options, using=using)
        doubts = list(Delivery.objects.using(using).in_doubt())
        if options["json"]:
            document = {"deliveries": [_as_dict(delivery) for delivery in told], "in_doubt": [_as_dict(delivery) for delivery in doubts]}
            self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder))
        else:
            self._tell(told, doubts)
        if doubts or any(delivery.status in ASKS_FOR_SOMEBODY for delivery in told):
            raise CommandError("There is mail that a person has to look at.", returncode=NOT_ALL_WELL)

    def _done(self, options: dict[str, Any], *, using: str) -> list[Delivery]:
        if options["in_doubt"]:
            return []
        if options["arrived"]:
            return _decided(options["arrived"], confirm_arrival, using=using)
        if options["again"]:
            return _decided(options["again"], send_again, using=using)
        return _sent(using=using)

    def _tell(self, told: list[Delivery], doubts: list[Delivery]) -> None:
        for delivery in told:
            self.stdout.write(f"{delivery.status}  {delivery}{f': {delivery.error}' if delivery.error else ''}")
        if doubts:
            self.stdout.write(f"in doubt: {len(doubts)}")
        for delivery in doubts:
            self.stdout.write(f"    {delivery.uuid}  {delivery.claimed_at:%Y-%m-%d %H:%M}  {delivery}")
            self.stdout.write(f"      {delivery.message_id} {delivery.error}")
        if doubts:
            self.stdout.write(
                "  What to do: ask the recipient, or look for the Message-ID in the log of the mail server. Then --arrived or --again."
            )
        self.stdout.write(f"{len(told)} tried, {len(doubts)} in doubt.")


def _sent(*, using: str) -> list[Delivery]:
    """Each mail that is due, tried once."""
    keys = list(Delivery.objects.using(using).due(at=timezone.now()).values_list("pk", flat=True))
    tried = (deliver(key, using=using) for key in keys)
    return [delivery for delivery in tried if delivery is not None]


def _decided(names: Iterable[str], decision: Callable[[Delivery], Delivery], *, using: str) -> list[Delivery]:
    found = [_named(name, using=using) for name in names]
    try:
        return [decision(delivery) for delivery in found]
    except InvoicingError as error:
        raise CommandError(str(error), returncode=2) from error


def _named(name: str, *, using: str) -> Delivery:
    try:
        return Delivery.objects.using(using).get(uuid=name)
    except (Delivery.DoesNotExist, ValidationError, ValueError) as error:
        raise CommandError(f"There is no delivery {name!r}.", returncode=2) from error


def _as_dict(delivery: Delivery) -> dict[str, Any]:
    return {
        "uuid": str(delivery.uuid),
        "purpose": delivery.purpose,
        "status": delivery.status,
        "subject": delivery.subject,
        "recipients": delivery.recipients,
        "refused": delivery.refused,
        "attempts": delivery.attempts,
        "next_attempt_at": delivery.next_attempt_at,
        "message_id": delivery.message_id,
        "error": delivery.error,
    }
