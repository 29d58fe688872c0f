"""How often a user may read, write and send."""

from __future__ import annotations

import hashlib
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from invoicing.conf import conf
from invoicing.contrib.api.rates import parsed_rate


class ActThrottle(SimpleRateThrottle):
    """Counts the requests of a user, or of an address where nobody is logged in, each kind by itself.

    The view says of which kind a request is: by `throttle_kind`, or by `get_throttle_kind()` where it depends on the action. Kinds without
    a rate in INVOICING_API_THROTTLE_RATES are not counted. Raises ValueError for a rate that cannot be read, which a check says earlier.
    """

    def __init__(self) -> None:
        # The rate is that of the request, so there is none yet.
        self.rate = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether the request may go on."""
        self.scope = _kind_of(view)
        self.rate = conf.api_throttle_rates.get(self.scope) if self.scope else None
        if self.rate is None:
            return True
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return bool(super().allow_request(request, view))

    def parse_rate(self, rate: Any) -> tuple[int, int]:
        """Requests, and the seconds in which so many may come."""
        return parsed_rate(rate)

    def get_cache_key(self, request: Request, view: APIView) -> str:  # the signature of throttles
        """The key of whoever asks: short, and of letters that every cache takes."""
        is_known = getattr(request.user, "is_authenticated", False)
        who = f"user {request.user.pk}" if is_known else f"address {self.get_ident(request)}"
        return f"invoicing_api_throttle_{self.scope}_{hashlib.sha256(who.encode()).hexdigest()}"


def _kind_of(view: APIView) -> str | None:
    ask = getattr(view, "get_throttle_kind", None)
    kind: str | None = ask() if ask else getattr(view, "throttle_kind", None)
    return kind
