"""Reading: all that a company can read of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.test.utils import override_settings

from invoicing.contrib.api.routes import Route, routes_of
from invoicing.contrib.api.testing.sides import Side, answering, text_of
from invoicing.contrib.api.testing.walk import IsolationWalk


def readings(
    side: Side, urlconf: Any = None, *, values: Mapping[str, list[str]] | None = None, skip: Callable[[Route], bool] = lambda _route: False
) -> dict[str, tuple[int, bytes]]:
    """What a company reads at every address: status and body, by the address.

    Nothing in it may depend on whether another company is there: read before its rows are made, and once more afterwards.
    """
    found = {}
    with override_settings(ROOT_URLCONF=urlconf) if urlconf else override_settings():
        reader = IsolationWalk(mine=side, theirs=side, values=values or {})
        reader.look_for_own()
        with override_settings(INVOICING_API_THROTTLE_RATES={}), answering(side.client):
            for route in routes_of():
                if "GET" in route.actions and not skip(route):
                    for url in reader.urls_of(route, reader.own_choices(route)):
                        response = side.ask("GET", url)
                        found[url] = (response.status_code, text_of(response).partition("\n\n")[2].encode())
    return found
