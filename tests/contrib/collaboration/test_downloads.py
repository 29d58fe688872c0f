"""Attachments leave as downloads only."""

import pytest

from invoicing.contrib.collaboration.downloads import download_response
from invoicing.contrib.collaboration.exceptions import AttachmentMissingError
from invoicing.contrib.collaboration.services import attach
from tests.contrib.collaboration.conftest import PDF, stored, upload
from tests.factories import make_invoice

pytestmark = pytest.mark.django_db


def body(answer):
    content = b"".join(answer.streaming_content)
    answer.close()
    return content


def test_a_browser_saves_it_and_shows_nothing_of_it():
    answer = download_response(attach(make_invoice(), upload("note.xml", b"<note/>", "text/html")))

    assert answer["Content-Disposition"] == 'attachment; filename="note.xml"'
    assert answer["Content-Type"] == "application/xml"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Length"] == "7"
    assert body(answer) == b"<note/>"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ('a";b.pdf', 'attachment; filename="a_;b.pdf"'),
        ("Rückgabe.pdf", "attachment; filename*=utf-8''R%C3%BCckgabe.pdf"),
        ("a\r\nX-Evil: 1.pdf", 'attachment; filename="a X-Evil_ 1.pdf"'),
    ],
)
def test_no_name_breaks_out_of_the_header(name, header):
    answer = download_response(attach(make_invoice(), upload(name)))

    assert answer["Content-Disposition"] == header
    assert body(answer) == PDF


def test_a_file_that_is_missing_says_so(media):
    kept = attach(make_invoice(), upload())
    for path in stored(media):
        path.unlink()

    with pytest.raises(AttachmentMissingError, match=r"note\.pdf") as caught:
        download_response(kept)
    assert caught.value.code == "attachment_missing"
