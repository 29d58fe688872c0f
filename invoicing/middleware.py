"""Tells the history which user a request acts for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from invoicing.actor import acting


class ActorMiddleware:
    """Place it after AuthenticationMiddleware: events of a request then name its user."""

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer_later(request)
        # The user stays lazy: a request that makes no event costs no look-up.
        with acting(getattr(request, "user", None)):
            return self.get_response(request)

    async def _answer_later(self, request: HttpRequest) -> HttpResponseBase:
        with acting(getattr(request, "user", None)):
            response = self.get_response(request)
            return response if isinstance(response, HttpResponseBase) else await response
