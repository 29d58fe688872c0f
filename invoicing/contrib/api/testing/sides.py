"""The two sides of a walk: a company, somebody who works for it, and what nobody else may read."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, quote_plus

from invoicing.models import Company

HEADER: Final = "HTTP_ORGANIZATION_ID"


@dataclass(frozen=True, slots=True)
class Side:
    """One company, and a client that speaks for it.

    `client` is a test client of Django or of REST framework, logged in as somebody who may everything in the company and works for no
    other one.

    `marker` is a word of ASCII letters and digits that stands in the texts of its rows (names, numbers, notes) and nowhere else. UUIDs of
    its rows are secrets, too, and so are `secrets`: other texts that nobody else may read, such as an unusual amount.
    """

    company: Company
    client: Any
    marker: str
    secrets: Collection[str] = field(default=())

    def __post_init__(self) -> None:
        if not (self.marker.isascii() and self.marker.isalnum() and len(self.marker) >= 6):
            raise ValueError(f"{self.marker!r} is no marker: use at least six ASCII letters and digits, and nothing else.")

    def ask(self, method: str, url: str, *, body: Any = None, content_type: str = "application/json", **headers: str) -> Any:
        """The answer to a request."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(method, url, data, content_type, **headers)


class answering:  # noqa: N801  # used as a block
    """Lets a test client answer with 500, as a server does."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __enter__(self) -> None:
        self.was = self.client.raise_request_exception
        self.client.raise_request_exception = False

    def __exit__(self, *_error: object) -> None:
        self.client.raise_request_exception = self.was


def text_of(response: Any) -> str:
    """The body of an answer as a text, with its headers."""
    content = b"".join(response.streaming_content) if getattr(response, "streaming", False) else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n\n{content.decode('utf-8', 'replace')}"


def seen_in(text: str, secrets: Iterable[str], *, sent: Iterable[str]) -> str:
    """The first of the secrets that a text tells, beyond what was sent to it; empty where it tells none."""
    for said in sorted({form for value in sent for form in _forms(value)}, key=len, reverse=True):
        text = text.replace(said, "")
    folded = text.casefold()
    return next((secret for secret in secrets if secret.casefold() in folded), "")


def _forms(value: str) -> set[str]:
    """The ways in which an answer may say again what was sent: quoted, as JSON, as a word in capital letters."""
    spelt = {value, value.upper(), value.upper().replace("-", "_"), value.lower()}
    quoted = {quote(value, safe=""), quote(value), quote_plus(value)}
    return (spelt | quoted | {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}) - {""}
