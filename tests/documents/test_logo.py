"""A logo inside a page: as it is, or smaller, or left out with a word in the log."""

import base64
import io

import pytest
from PIL import Image

from invoicing.documents.logo import logo_url


def image(kind="PNG", *, size=(40, 20), mode="RGB", colour="red"):
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind)
    return out.getvalue()


def opened(url):
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_small_logo_stays_byte_by_byte(kind):
    content = image(kind)

    assert logo_url(content) == f"data:image/{kind.lower()};base64,{base64.b64encode(content).decode()}"


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1800, 400), (900, 200)), ((400, 1600), (100, 400)), ((6000, 4000), (600, 400))],
)
def test_a_large_logo_becomes_as_large_as_it_is_printed(size, expected):
    assert opened(logo_url(image(size=size))).size == expected


def test_what_is_transparent_stays_so():
    small = opened(logo_url(image(size=(1200, 600), mode="RGBA", colour=(255, 0, 0, 0))))

    assert small.mode == "RGBA"
    assert small.getpixel((10, 10))[3] == 0


def test_the_colours_of_print_become_those_of_the_page():
    red = opened(logo_url(image("JPEG", mode="CMYK", colour=(0, 255, 255, 0))))

    assert red.mode == "RGB"
    assert red.getpixel((10, 10)) == (254, 0, 0)


@pytest.mark.parametrize("size", [(40, 20), (1800, 800)])
def test_grey_of_16_bits_stays_grey(size):
    grey = Image.new("I;16", size, 30000)
    grey.paste(65535, (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    grey.save(out, "PNG")
    drawn = opened(logo_url(out.getvalue())).convert("L")

    assert (drawn.getpixel((2, 2)), drawn.getpixel((drawn.width - 3, 2))) == (255, 117)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no PNG, JPEG or GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or GIF"),
        (image()[:20], "cannot be read"),
        (b"\x89PNG\r\n\x1a\nrubbish", "cannot be read"),
        (image() + bytes(5 * 1024**2), "up to 5 MB"),
        (image(size=(5001, 5000)), "5001 × 5000 pixels are too many"),
    ],
    ids=["nothing", "svg", "cut off", "rubbish", "too many bytes", "too many pixels"],
)
def test_what_cannot_be_shown_is_left_out_with_a_word(content, reason, caplog):
    assert logo_url(content) == ""
    assert reason in caplog.text
