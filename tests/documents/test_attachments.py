"""Files that travel inside a PDF."""

from datetime import UTC, datetime

import pytest

from invoicing.documents.attachments import Attachment
from invoicing.exceptions import InvalidDataError


@pytest.mark.parametrize("media_type", ["text/csv; charset=utf-8", "csv", "", "text/csv\n", "text/c(v)"])
def test_a_media_type_that_a_pdf_cannot_hold_is_refused(media_type):
    with pytest.raises(InvalidDataError, match="is no media type: write it as text/csv, without parameters"):
        Attachment(name="a.csv", content=b"a", media_type=media_type, modified=datetime(2026, 11, 20, tzinfo=UTC))
