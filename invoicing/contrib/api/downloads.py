"""Downloads: addresses that answer with a file, whatever the request accepts; refusals are JSON also there."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response

from invoicing.contrib.api.views import CompanyViewSet


class FileRenderer(BaseRenderer):
    """Says that an address answers with files of any type; the view makes them."""

    media_type = "*/*"
    format = "file"
    charset = None
    render_style = "binary"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> Any:
        """What is no file is a refusal."""
        return JSONRenderer().render(data)


class DownloadViewSet(CompanyViewSet, abstract=True):
    """A view of which some actions answer with a file."""

    downloads: frozenset[str] = frozenset()
    """These actions."""

    def get_renderers(self) -> list[Any]:
        """JSON, and files where there are some."""
        found: list[Any] = super().get_renderers()
        return [*found, FileRenderer()] if getattr(self, "action", None) in self.downloads else found

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal is JSON, whatever was asked for."""
        response = super().handle_exception(exc)
        response.content_type = "application/json"
        return response
