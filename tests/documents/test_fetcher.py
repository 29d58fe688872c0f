"""Nothing is loaded while a PDF is made: hostile pages against a server and a file that would notice."""

import base64
import http.server
import io
import sys
import threading

import pytest
from PIL import Image

from invoicing.documents.fetcher import SCHEME, ClosedFetcher
from invoicing.documents.pdf import WeasyPrintRenderer

CSS_VECTORS = (
    "@import url({url});",
    "@import '{url}';",
    "@import url({url}) print;",
    "@font-face {{ font-family: Evil; src: url({url}) }} body {{ font-family: Evil }}",
    "@font-face {{ font-family: Evil; src: local('DejaVu Sans'), url({url}) }} body {{ font-family: Evil }}",
    "body {{ background: url({url}) }}",
    "body {{ background-image: image-set(url({url}) 1x) }}",
    "li {{ list-style-image: url({url}) }}",
    "p::before {{ content: url({url}) }}",
    "p {{ border-image: url({url}) 30 round }}",
    "p {{ mask-image: url({url}) }}",
    "p {{ cursor: url({url}), auto }}",
    "p {{ filter: url({url}#f) }}",
    "@page {{ background: url({url}); @top-left {{ content: url({url}) }} }}",
    "@color-profile device-cmyk {{ src: url({url}) }}",
    "@namespace svg url({url});",
)
MARKUP_VECTORS = (
    '<img src="{url}">',
    '<img srcset="{url} 1x">',
    '<picture><source srcset="{url}"><img src="{url}"></picture>',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{url}">file</a>',
    '<link rel="icon" href="{url}">',
    '<base href="{url}"><img src="a.png"><link rel="stylesheet" href="a.css">',
    '<iframe src="{url}"></iframe>',
    '<embed src="{url}" type="image/png">',
    '<object data="{url}" type="image/svg+xml"></object>',
    '<video src="{url}" poster="{url}"></video>',
    '<input type="image" src="{url}">',
    '<body background="{url}">',
    '<table background="{url}"><tr><td background="{url}">x</td></tr></table>',
    '<meta http-equiv="refresh" content="0; url={url}">',
    '<p style="background: url({url})">x</p>',
    '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    '<svg width="9" height="9" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{url}" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><use href="{url}#a"/></svg>',
    '<svg width="9" height="9"><style>@import url({url}); rect {{ fill: url({url}#a) }}</style><rect width="9" height="9"/></svg>',
    '<svg width="9" height="9"><rect width="9" height="9" style="fill: url({url}#a); filter: url({url}#b)"/></svg>',
    '<svg width="9" height="9"><feImage href="{url}"/></svg>',
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}" width="9" height="9"/></svg>'


def data_url(kind, body):
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


def pages(url):
    """Every page that tries to load `url`: by markup, by the styles that are kept apart, by styles that are not, by hidden SVG."""
    for vector in MARKUP_VECTORS:
        yield f"<!DOCTYPE html><p>x</p>{vector.format(url=url)}"
    for vector in CSS_VECTORS:
        css = vector.format(url=url)
        yield f"<!DOCTYPE html><style>{css}</style><ul><li><p>x</p></ul>"
        yield f'<!DOCTYPE html><style media="print">{css}</style><ul><li><p>x</p></ul>'
    for kind in ("image/svg+xml", "image/png", "text/plain"):
        yield f'<!DOCTYPE html><img src="{data_url(kind, SVG.format(url=url).encode())}">'
        yield f'<!DOCTYPE html><link rel="stylesheet" href="{data_url("text/css", f"@import url({url});".encode())}">'


@pytest.fixture
def canary_server():
    """The address of a server on this machine, and the paths that it was asked for."""
    asked = []

    class Canary(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # every other method is answered by 501, and noted below
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"caught")

        def send_error(self, *_answer, **_more):
            asked.append(self.requestline)

        def log_message(self, *_line):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/canary", asked
    server.shutdown()
    thread.join()
    server.server_close()


def drawn(page):
    """The PDF, or nothing where the page is too odd to be drawn: what counts here is what was asked for."""
    try:
        return WeasyPrintRenderer().render(page)
    except Exception:  # noqa: BLE001 -- render_pdf() turns any of them into a DocumentError
        return b""


def test_the_canary_sings(canary_server):
    from urllib.request import urlopen

    url, asked = canary_server
    urlopen(url).close()  # noqa: S310 -- our own server

    assert asked == ["/canary"]


def test_no_page_reaches_a_server(canary_server):
    url, asked = canary_server
    count = sum(1 for page in pages(url) if drawn(page) is not None)

    assert asked == []
    assert count == len(MARKUP_VECTORS) + 2 * len(CSS_VECTORS) + 6


@pytest.fixture
def touched():
    """What Python opens or connects to from now on, as far as a canary is in its name."""
    names = []

    def watch(event, arguments):
        if event in {"open", "socket.connect", "socket.getaddrinfo", "urllib.Request"} and "canary" in str(arguments):
            names.append(str(arguments))

    sys.addaudithook(watch)
    return names


def test_no_page_opens_a_file(tmp_path, touched):
    path = tmp_path / "canary.png"
    Image.new("RGB", (3, 3)).save(path)
    assert len(touched) > 0
    touched.clear()
    for url in (path.as_uri(), str(path), f"file://localhost{path}"):
        for page in pages(url):
            assert b"/EmbeddedFile" not in drawn(page), page

    assert touched == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://example.com/",
        "ftp://example.com/",
        "file:///etc/hostname",
        "FILE:///etc/hostname",
        "//example.com/x",
        "invoicing-font:../../conf.py",
        "invoicing-font:Inter-Regular.ttf",
        "invoicing-font:",
        "jar:file:///etc/hostname",
        "data:text/html,hello",
        "data:image/svg+xml,<svg/>",
        "data:image/png;base64,%%%",
        "data:font/ttf;base64,AAEAAAA=",
        "data:",
        "",
    ],
)
def test_every_other_url_is_refused(url):
    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher()(url)
    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher().open(url)


def test_nothing_is_left_that_could_open_a_connection():
    fetcher = ClosedFetcher()

    assert (fetcher.handlers, fetcher.handle_open, fetcher.process_request) == ([], {}, {})


def test_our_own_fonts_are_given():
    assert ClosedFetcher()(f"{SCHEME}semibold").read()[:4] == b"\x00\x01\x00\x00"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_an_image_inside_the_page_is_drawn(kind):
    body = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(body, kind)
    url = data_url(f"image/{kind.lower()}", body.getvalue())

    assert ClosedFetcher()(url).read() == body.getvalue()
    assert b"/Image" in WeasyPrintRenderer().render(f'<!DOCTYPE html><img src="{url}">')


def test_an_image_has_a_largest_size():
    url = data_url("image/png", b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024 * 1024))

    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher()(url)


def test_fonts_of_a_parent_process_outlive_its_child():
    from invoicing.documents.fetcher import OwnFonts

    WeasyPrintRenderer().render("<!DOCTYPE html><p>x")
    fonts = OwnFonts()
    fonts.add_font_face({"font_family": "Own", "src": [("external", f"{SCHEME}regular")]}, ClosedFetcher())
    folder = fonts._folder
    fonts.process_id += 1
    fonts.__del__()
    assert folder.exists()

    fonts.process_id -= 1
    fonts.__del__()
    assert not folder.exists()
