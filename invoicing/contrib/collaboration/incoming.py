"""A file on its way in: read once, piece by piece, measured and looked at before any storage sees it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.contrib.collaboration.exceptions import AttachmentRefusedError, AttachmentTooLargeError
from invoicing.contrib.collaboration.media_types import MediaType, media_types
from invoicing.contrib.collaboration.names import ending_of, safe_name
from invoicing.contrib.collaboration.sniffing import HEAD, fits, is_active

IN_MEMORY = 2_621_440
"""Bytes; what is larger waits on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A file that may be stored."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: IO[bytes]


@contextmanager
def received(file: Any, *, name: str = "") -> Iterator[Incoming]:
    """Read a file that somebody sends, and check its name, size and content. Raises AttachmentRefusedError.

    The size is what is read, whatever was declared; reading ends where the limit is passed.
    """
    shown = safe_name(name or getattr(file, "name", "") or "")
    media_type = type_of(shown)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
        size, sha256 = _copied(file, copy)
        _check(copy, media_type, ending=ending_of(shown))
        yield Incoming(name=shown, media_type=media_type.media_type, size=size, sha256=sha256, content=copy)


def type_of(name: str) -> MediaType:
    """What a file of this name is served as. Raises AttachmentRefusedError for one that is not taken."""
    allowed = media_types(conf.attachment_types)
    ending = ending_of(name)
    if ending not in allowed:
        known = ", ".join(sorted(allowed))
        text = _("Files ending in “{ending}” are not taken: use {known}.") if ending else _("Give the file a name with an ending: {known}.")
        raise AttachmentRefusedError({"file": [text.format(ending=ending[:20], known=known)]})
    return allowed[ending]


def _copied(file: Any, copy: IO[bytes]) -> tuple[int, str]:
    """Copy a file up to the limit; gives its size and its SHA-256."""
    size, digest, limit = 0, hashlib.sha256(), conf.attachment_max_bytes
    chunks = file.chunks() if hasattr(file, "chunks") else File(file).chunks()
    for chunk in chunks:
        if not isinstance(chunk, bytes):
            raise AttachmentRefusedError({"file": [_("Open the file in binary mode.")]})
        size += len(chunk)
        if size > limit:
            text = _("The file is larger than {size}.")
            raise AttachmentTooLargeError({"file": [text.format(size=filesizeformat(limit))]})
        digest.update(chunk)
        copy.write(chunk)
    if not size:
        raise AttachmentRefusedError({"file": [_("The file is empty.")]})
    return size, digest.hexdigest()


def _check(copy: IO[bytes], media_type: MediaType, *, ending: str) -> None:
    """Refuse content that is run, and content that is not what the name says."""
    copy.seek(0)
    head = copy.read(HEAD)
    copy.seek(0)
    if is_active(head):
        raise AttachmentRefusedError({"file": [_("The file begins like a page, a script or a program: such files are not taken.")]})
    if not fits(head, media_type.signatures):
        text = _("The content is not that of a file ending in “{ending}”.")
        raise AttachmentRefusedError({"file": [text.format(ending=ending)]})
