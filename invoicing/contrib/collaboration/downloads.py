"""Attachments as downloads: never shown by a browser, whatever is in them."""

from __future__ import annotations

from django.http import FileResponse

from invoicing.contrib.collaboration.exceptions import AttachmentMissingError
from invoicing.contrib.collaboration.models import Attachment

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


def download_response(attachment: Attachment) -> FileResponse:
    """The file, to be saved under its name. Whoever calls this has asked whether that person may have it.

    Raises AttachmentMissingError where the storage has no such file.
    """
    try:
        content = attachment.file.storage.open(str(attachment.file), "rb")
    except FileNotFoundError as error:
        raise AttachmentMissingError(name=attachment.name) from error
    # FileResponse writes Content-Disposition by Django's content_disposition_header().
    return FileResponse(content, as_attachment=True, filename=attachment.name, content_type=attachment.media_type, headers=HEADERS)
