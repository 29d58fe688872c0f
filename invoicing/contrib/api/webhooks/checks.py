"""System checks of webhooks. Ids live for ever."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils.ipv6 import is_valid_ipv6_address

from invoicing.conf import conf
from invoicing.contrib.api.webhooks.addresses import HOST_NAME

TAG = "invoicing"

NUMBERS = ("webhook_attempts", "webhook_pause", "webhook_timeout")


@checks.register(TAG)
def check_numbers(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E101: a number of webhooks that is too small."""
    found: list[checks.CheckMessage] = []
    for name in NUMBERS:
        try:
            value = getattr(conf, name)
        except ImproperlyConfigured:
            continue  # invoicing.E001 says it.
        if value < 1:
            text = f"INVOICING_{name.upper()} is {value!r}."
            found.append(checks.Error(text, hint="Use a number of at least 1.", id="invoicing_api.E101"))
    return found


@checks.register(TAG)
def check_private_hosts(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E102: INVOICING_WEBHOOK_PRIVATE_HOSTS names something that is no host."""
    try:
        hosts: list[Any] = list(conf.webhook_private_hosts)
    except ImproperlyConfigured:
        return []
    wrong = [host for host in hosts if not isinstance(host, str) or not _is_host(host)]
    if not wrong:
        return []
    hint = "Write hosts alone, such as hooks.internal or 10.0.0.7: without scheme, port and path."
    return [checks.Error(f"INVOICING_WEBHOOK_PRIVATE_HOSTS has {wrong[0]!r}.", hint=hint, id="invoicing_api.E102")]


def _is_host(text: str) -> bool:
    bare = text.lower().strip("[]")
    return HOST_NAME.fullmatch(bare) is not None or is_valid_ipv6_address(bare)
