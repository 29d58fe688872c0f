"""What collaboration refuses; part of the family of `invoicing.exceptions`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvalidDataError, InvoicingError


class AttachmentRefusedError(InvalidDataError):
    """A file was about to be attached that is not taken. `errors` says why, under `file`."""

    code = "attachment_refused"


class AttachmentTooLargeError(AttachmentRefusedError):
    """A file was about to be attached that is larger than INVOICING_ATTACHMENT_MAX_BYTES."""

    code = "attachment_too_large"


class AttachmentMissingError(InvoicingError):
    """The row of an attachment is there, and its file is not."""

    code = "attachment_missing"
    message = _("The file “{name}” is missing from the storage: restore it from a backup.")
