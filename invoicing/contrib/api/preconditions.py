"""ETags: whoever changes a row says which version he saw, and whoever reads it again gets it only when it changed (RFC 9110)."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request

_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LISTED: Final = re.compile(rf"(?:[ \t,]*({_TAG}))")
_REST: Final = re.compile(r"[ \t,]*")

ANY: Final = "*"


class PreconditionFailedError(APIException):
    """A row changed since the caller saw it, or the header that says which version he saw cannot be read."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = _("It was changed since you read it: read it again, and send its ETag as If-Match.")


def etag_of(data: Any) -> str:
    """The strong ETag of what is answered: quoted, made of the values alone, whatever the order of their keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def check_if_match(request: Request, etag: str) -> None:
    """Let a request pass that names no version by If-Match, or the one that the row is at. Weak tags match nothing.

    Raises PreconditionFailedError.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == ANY:
        return
    if etag not in _tags_in(header):
        raise PreconditionFailedError


def is_not_modified(request: Request, etag: str) -> bool:
    """Whether whoever reads has this version already (If-None-Match); weak tags match, too."""
    header = request.headers.get("If-None-Match")
    if header is None or request.method not in {"GET", "HEAD"}:
        return False
    return header.strip() == ANY or etag in {tag.removeprefix("W/") for tag in _tags_in(header)}


def _tags_in(header: str) -> list[str]:
    """The tags of a list; none where any part of it is something else."""
    place, tags = 0, []
    while found := _LISTED.match(header, place):
        tags.append(found[1])
        place = found.end()
        if place < len(header) and header[place] not in " \t,":
            return []
    return tags if _REST.fullmatch(header, place) else []
