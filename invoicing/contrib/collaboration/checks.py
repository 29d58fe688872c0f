"""System checks of collaboration. Ids live for ever."""

from __future__ import annotations

import re
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, default_storage

from invoicing.conf import conf
from invoicing.contrib.collaboration.media_types import NEVER

TAG = "invoicing"

ENDING = re.compile(r"[a-z0-9_+-]{1,16}")
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


@checks.register(TAG)
def check_types(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: an ending or a media type in INVOICING_ATTACHMENT_TYPES is none; E002: one that is never taken."""
    found: list[checks.CheckMessage] = []
    for ending, media_type in _types().items():
        if not isinstance(ending, str) or not ENDING.fullmatch(ending) or not _is_media_type(media_type):
            hint = 'Write an ending in small letters without a dot, and its media type or None: {"dwg": "image/vnd.dwg", "zip": None}.'
            text = f"INVOICING_ATTACHMENT_TYPES has {ending!r}: {media_type!r}."
            found.append(checks.Error(text, hint=hint, id="invoicing_collaboration.E001"))
        elif media_type is not None and ending in NEVER:
            hint = "Browsers or systems run such files: they are not taken whatever the setting says. Attach them in a zip file."
            text = f"INVOICING_ATTACHMENT_TYPES allows {ending}."
            found.append(checks.Error(text, hint=hint, id="invoicing_collaboration.E002"))
    return found


@checks.register(TAG)
def check_size(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E003: INVOICING_ATTACHMENT_MAX_BYTES lets nothing in."""
    try:
        limit = conf.attachment_max_bytes
    except ImproperlyConfigured:
        return []  # invoicing.E001 says it.
    if limit >= 1:
        return []
    text = f"INVOICING_ATTACHMENT_MAX_BYTES is {limit}."
    return [checks.Error(text, hint="Use a number of at least 1.", id="invoicing_collaboration.E003")]


@checks.register(TAG)
def check_storage(**_kwargs: Any) -> list[checks.CheckMessage]:
    """W001: without MEDIA_ROOT, files land wherever the process happens to be started."""
    if not isinstance(default_storage, FileSystemStorage) or default_storage.base_location:
        return []
    hint = "Set MEDIA_ROOT to a folder that the web server does not serve, or STORAGES to a storage of your own."
    return [checks.Warning("MEDIA_ROOT is not set: attachments have no place.", hint=hint, id="invoicing_collaboration.W001")]


def _types() -> dict[Any, Any]:
    try:
        return {**conf.attachment_types}
    except ImproperlyConfigured:
        return {}  # invoicing.E001 says it.


def _is_media_type(value: object) -> bool:
    return value is None or (isinstance(value, str) and MEDIA_TYPE.fullmatch(value) is not None)
