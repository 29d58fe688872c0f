"""Images are told by their first bytes."""

import pytest

from invoicing.domain.images import image_type


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"GIF87a....", "image/gif"),
        (b"GIF89a....", "image/gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ""),
        (b"\x89PNG", ""),
        (b"", ""),
    ],
)
def test_the_type(content, kind):
    assert image_type(content) == kind
