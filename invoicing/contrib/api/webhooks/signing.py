"""Signing webhooks and verifying them, by the scheme of Standard Webhooks. For a receiver, too: it needs no Django that is set up."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final

from invoicing.contrib.api.webhooks.exceptions import WebhookSignatureError

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"

PREFIX: Final = "whsec_"
VERSION: Final = "v1"
SECRET_BYTES: Final = 32

LONGEST_TIMESTAMP: Final = 12
"""Digits: whoever sends more sends no time."""


def make_secret() -> str:
    """A new secret: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, *, id: str, timestamp: int, body: bytes) -> str:  # noqa: A002  # as the header is called
    """The signature of one message: `v1,` and HMAC-SHA256 of "id.timestamp.body" in base64.

    `timestamp`: seconds since 1970. Raises ValueError for a secret that is none.
    """
    digest = hmac.digest(_key(secret), b".".join([id.encode(), str(timestamp).encode(), body]), hashlib.sha256)
    return f"{VERSION},{base64.b64encode(digest).decode()}"


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now: float, tolerance: int = 300) -> None:
    """See that a message was signed with the secret not longer than `tolerance` seconds ago; else raise WebhookSignatureError.

    `headers`: with names in any case. `body`: the bytes as they came, before anything reads them as JSON. `now`: time.time().
    One signature that is right is enough: while a secret is changed, a message has two. Raises ValueError for a secret that is none.
    """
    found = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not found.get(name)]
    if missing:
        raise WebhookSignatureError(reason=f"it has no {', '.join(missing)}.")
    written = found[TIMESTAMP]
    if not (written.isascii() and written.isdigit() and len(written) <= LONGEST_TIMESTAMP):
        raise WebhookSignatureError(reason="its time is no number of seconds.")
    wanted = sign(secret, id=found[ID], timestamp=int(written), body=body)
    # The text that was signed is the one that came: 0017 is not 17.
    is_exact = str(int(written)) == written
    given = [text.encode() for text in found[SIGNATURE].split(" ")]
    if not is_exact or not any(hmac.compare_digest(text, wanted.encode()) for text in given):
        raise WebhookSignatureError(reason="none of its signatures is right.")
    if abs(now - int(written)) > tolerance:
        raise WebhookSignatureError(reason=f"it was not sent within {tolerance} seconds of now.")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError("That is no secret of webhooks: it is whsec_ and base64.")
    return key
