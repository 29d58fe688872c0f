"""Nothing is loaded while a PDF is made: hostile pages, texts and images against a server and a file that would notice."""

import gc
import html.parser
import http.server
import io
import logging
import os
import re
import struct
import subprocess
import sys
import threading
import zlib
from collections import Counter
from contextlib import contextmanager

import pypdfium2
import pytest
import weasyprint
from django.db import models
from PIL import Image, ImageFile, PngImagePlugin
from weasyprint.urls import URLFetchingError

from invoicing import payment_methods
from invoicing.documents.fetcher import SCHEME, ClosedFetcher, OwnFonts, _remove
from invoicing.documents.html import render_html
from invoicing.documents.pdf import WeasyPrintRenderer, render_pdf
from invoicing.fonts.catalogue import OWN
from tests.documents.vectors import Canary, data_url, odd_vectors, plain_vectors, svg_of, tiny, vectors
from tests.factories import columns, line, make_invoice

SONG = b"sings like a canary"
"""What the server answers and what the file holds."""
ANYWHERE = Canary(host="127.0.0.1:80", file="/tmp/canary.png")  # noqa: S108 -- never opened
LEAVING = (
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto", "urllib.Request",
    "http.client.connect", "ftplib.connect", "subprocess.Popen",
    "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "webbrowser.open",
)  # fmt: skip
"""The audit events of Python that must not happen at all; `open` must not happen to the canary."""


class Watch:
    """What the process opens, connects to or starts while it is told to look. An audit hook cannot be taken away again."""

    def __init__(self):
        self.seen = None
        sys.addaudithook(self._note)

    @contextmanager
    def looking(self):
        self.seen = seen = []
        try:
            yield seen
        finally:
            self.seen = None

    def _note(self, event, arguments):
        if self.seen is not None and (event in LEAVING or (event == "open" and "canary" in str(arguments))):
            self.seen.append(f"{event}: {arguments}")


WATCH = Watch()


class Singer(http.server.BaseHTTPRequestHandler):
    """Notes what it is asked for, and answers all of it; some paths lead elsewhere."""

    REDIRECTS = {"/redirect": "/canary", "/redirect-to-file": "file:///etc/hostname"}

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(302 if self.path in self.REDIRECTS else 200)
        if self.path in self.REDIRECTS:
            self.send_header("Location", self.REDIRECTS[self.path])
        self.end_headers()
        self.wfile.write(SONG)

    def send_error(self, *_answer, **_more):  # any other method, or no HTTP at all
        self.server.asked.append(self.requestline)

    def log_message(self, *_line):
        """Say nothing."""


@pytest.fixture(scope="module")
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Singer)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def canary(server, tmp_path):
    """A server and a file that nobody may reach. The file is an image, and would be drawn or attached."""
    file = tmp_path / "canary.png"
    out = io.BytesIO()
    Image.new("RGB", (77, 33)).save(out, "PNG")
    file.write_bytes(out.getvalue() + SONG)
    server.asked.clear()
    return Canary(host=f"127.0.0.1:{server.server_port}", file=str(file))


@pytest.fixture(autouse=True)
def silence(caplog):
    """WeasyPrint says of each vector that it failed."""
    caplog.set_level(logging.CRITICAL, logger="weasyprint")
    caplog.set_level(logging.CRITICAL, logger="invoicing.documents")


def drawn(page):
    """The PDF, or nothing where the page is too odd to be drawn: what counts here is what was asked for."""
    try:
        return WeasyPrintRenderer().render(page)
    except Exception:  # noqa: BLE001 -- render_pdf() turns any of them into a DocumentError
        return b""


def openly_drawn(page, *, fetcher):
    """The PDF by WeasyPrint with a fetcher of its own, which loads whatever it is told to."""
    try:
        return weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf()
    except Exception:  # noqa: BLE001 -- as above
        return b""


def contents(pdf):
    """The bytes of a PDF, with its streams unpacked behind them."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return b"\n".join([pdf, *map(unpacked, streams)])


def unpacked(stream):
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


def leaks(pdf):
    """What in a PDF can have come from the canary only."""
    signs = {"a file": b"/EmbeddedFile", "a file to click": b"/FileAttachment", "its image": b"/Width 77", "its bytes": SONG}
    content = contents(pdf)
    return [name for name, sign in signs.items() if sign in content]


def test_there_are_enough_ways_to_ask():
    found = list(vectors(ANYWHERE))

    assert len({vector.name for vector in found}) == len(found)
    assert len({vector.page for vector in found}) >= 1800
    assert all("{url}" not in vector.page for vector in found)


@pytest.mark.parametrize("make", [plain_vectors, odd_vectors])
def test_no_page_loads_anything(make, canary, server):
    WeasyPrintRenderer().render("<!DOCTYPE html><p>x")  # the fonts are loaded now
    found, nothing_drawn, count = {}, 0, 0
    for vector in make(canary):
        with WATCH.looking() as touched:
            pdf = drawn(vector.page)
        caught = [*touched, *server.asked, *leaks(pdf)]
        server.asked.clear()
        if caught:
            found[vector.name] = caught
        nothing_drawn += not pdf
        count += 1

    assert found == {}
    # An unknown colour profile, an @import inside of an odd rule: they stop WeasyPrint before it draws.
    assert nothing_drawn < count / 50


def test_the_canary_sings(canary, server):
    """The same pages without our fetcher: were it gone, the test above would fail."""
    fetcher = weasyprint.urls.URLFetcher()
    heard = Counter()
    for vector in plain_vectors(canary):
        with WATCH.looking() as touched:
            pdf = openly_drawn(vector.page, fetcher=fetcher)
        heard.update(["server"] if server.asked else [])
        heard.update(["file"] if any(name.startswith("open") for name in touched) else [])
        heard.update(leaks(pdf))
        server.asked.clear()

    # Of 786 pages; last measured: 162, 157, 14, 2, 105, 10.
    assert heard["server"] >= 150
    assert heard["file"] >= 150
    assert heard["a file"] >= 12
    assert heard["a file to click"] >= 2
    assert heard["its image"] >= 90
    assert heard["its bytes"] >= 5


REFUSED = {
    "http": "http://example.com/",
    "https": "https://example.com/",
    "ftp": "ftp://example.com/",
    "a file": "file:///etc/hostname",
    "a file in upper case": "FILE:///etc/hostname",
    "a relative url": "//example.com/x",
    "a path as font": f"{SCHEME}../../conf.py",
    "a file as font": f"{SCHEME}Inter-Regular.ttf",
    "no font": SCHEME,
    "an archive": "jar:file:///etc/hostname",
    "html": "data:text/html,hello",
    "svg": data_url("image/svg+xml", svg_of("")),
    "svg as png": data_url("image/png", svg_of("")),
    "broken base64": "data:image/png;base64,%%%",
    "a font": "data:font/ttf;base64,AAEAAAA=",
    "webp": data_url("image/png", tiny("WEBP")),
    "bmp": data_url("image/png", tiny("BMP")),
    "tiff": data_url("image/png", tiny("TIFF")),
    "eps": data_url("image/png", tiny("EPS")),
    "pdf": data_url("image/png", tiny("PDF")),
    "the first bytes of a png": data_url("image/png", tiny("PNG")[:8]),
    "the first bytes of a jpeg": data_url("image/jpeg", tiny("JPEG")[:8]),
    "the first bytes of a gif": data_url("image/gif", tiny("GIF")[:8]),
    "a png that is svg": data_url("image/png", tiny("PNG")[:8] + svg_of("").encode()),
    "no data": "data:",
    "nothing": "",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_every_other_url_is_refused(url):
    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher()(url)
    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher().open(url)


def test_nothing_is_left_that_could_open_a_connection():
    fetcher = ClosedFetcher()

    assert (fetcher.handlers, fetcher.handle_open, fetcher.process_request) == ([], {}, {})


def test_our_own_fonts_are_given():
    assert ClosedFetcher()(f"{SCHEME}{OWN[0].name}").read() == OWN[0].content()


ALLOWED = {"font": f"{SCHEME}{OWN[0].name}", **{kind: data_url(f"image/{kind.lower()}", tiny(kind)) for kind in ("PNG", "JPEG", "GIF")}}


@pytest.mark.parametrize("url", ALLOWED.values(), ids=ALLOWED)
@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="attachment" href="{url}">',
        '<a rel="attachment" href="{url}" download="malware.exe">x</a>',
    ],
)
def test_what_may_be_drawn_may_not_be_attached(markup, url):
    page = markup.format(url=url)

    assert leaks(WeasyPrintRenderer().render(f"<!DOCTYPE html><p>x</p>{page}")) == []
    assert "a file" in leaks(weasyprint.HTML(string=page, url_fetcher=Open()).write_pdf())


class Open(weasyprint.urls.URLFetcher):
    """What our fetcher would be if it let its images and fonts be attached."""

    def fetch(self, url, _headers=None):
        return weasyprint.urls.URLFetcherResponse(url, body=ClosedFetcher()(url).read())


def test_an_image_is_no_style_sheet():
    url = data_url("image/gif", tiny("GIF") + b"*{} p { display: none }")
    page = f"<!DOCTYPE html><style>@import url({url});</style><p>still here</p>"

    assert "still here" in text_of(WeasyPrintRenderer().render(page))
    assert "still here" not in text_of(weasyprint.HTML(string=page, url_fetcher=Open()).write_pdf())
    with pytest.raises(URLFetchingError, match="may be drawn only"):
        _ = ClosedFetcher()(url).charset


def text_of(pdf):
    """The text of all pages, white space evened out."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    finally:
        document.close()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_an_image_inside_the_page_is_drawn_as_it_is(kind):
    url = data_url(f"image/{kind.lower()}", tiny(kind))

    assert ClosedFetcher()(url).read() == tiny(kind)
    assert b"/Image" in WeasyPrintRenderer().render(f'<!DOCTYPE html><img src="{url}">')


def talkative(canary):
    """Images that are drawn, and name the canary wherever an image can hold a text."""
    text = f'{canary.http} file://{canary.file} <svg xmlns="http://www.w3.org/2000/svg"><image href="{canary.http}"/></svg>'
    xmp = f'<?xpacket?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{canary.file}">]><x:xmpmeta xmlns:x="{canary.http}">&e;</x:xmpmeta>'.encode()
    exif = Image.Exif()
    exif[0x010E] = exif[0x8298] = text  # description and copyright
    exif[0x0112] = 6  # to be turned, so it is read
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Comment", text)
    chunks.add_text("Source", text, zip=True)
    chunks.add_itxt("XML:com.adobe.xmp", xmp.decode())
    image = Image.new("RGB", (4, 2), "red")
    saving = {
        "PNG": {"pnginfo": chunks, "exif": exif, "icc_profile": text.encode()},
        "JPEG": {"exif": exif, "xmp": xmp, "comment": text, "icc_profile": text.encode()},
        "GIF": {"comment": text},
    }
    for kind, options in saving.items():
        out = io.BytesIO()
        image.save(out, kind, **options)
        yield kind, out.getvalue()
        yield f"{kind} and more behind it", out.getvalue() + text.encode() + b"PK\x03\x04" + b"%PDF-1.7"


def test_what_an_image_says_of_itself_is_not_followed(canary, server):
    for name, body in talkative(canary):
        assert b"canary" in body
        for page in ('<img src="{url}">', '<p style="background: url({url})">x</p>', '<object data="{url}" type="image/svg+xml"></object>'):
            with WATCH.looking() as touched:
                pdf = WeasyPrintRenderer().render(f"<!DOCTYPE html>{page.format(url=data_url('image/png', body))}")
            assert (touched, server.asked, leaks(pdf)) == ([], [], []), name
            assert b"/Image" in pdf, name


def test_an_image_has_most_bytes():
    url = data_url("image/png", tiny("PNG") + bytes(5 * 1024 * 1024))

    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher()(url)


def png_of(width, height):
    """A PNG that says it has this size; it holds one pixel."""
    body = tiny("PNG")
    header = b"IHDR" + struct.pack(">II", width, height) + body[24:29]
    return body[:12] + header + struct.pack(">I", zlib.crc32(header)) + body[33:]


def gif_of(width, height):
    body = tiny("GIF")
    return body[:6] + struct.pack("<HH", width, height) + body[10:]


def jpeg_of(width, height):
    before, frame, after = tiny("JPEG").partition(b"\xff\xc0\x00\x11\x08")
    return before + frame + struct.pack(">HH", height, width) + after[4:]


@pytest.mark.parametrize("size", [(5001, 5000), (390, 64200), (12000, 12000), (60000, 60000)])
@pytest.mark.parametrize("image_of", [png_of, gif_of, jpeg_of])
def test_an_image_of_too_many_pixels_is_never_unpacked(image_of, size, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *_: pytest.fail("unpacked"))
    body = image_of(*size)
    assert len(body) < 1000
    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher()(data_url("image/png", body))
    assert b"/Image" not in WeasyPrintRenderer().render(f'<!DOCTYPE html><img src="{data_url("image/png", body)}">')


@pytest.mark.parametrize("image_of", [png_of, gif_of, jpeg_of])
def test_an_image_of_just_as_many_pixels_as_allowed_is_let_in(image_of):
    assert ClosedFetcher()(data_url("image/png", image_of(5000, 5000))).read() == image_of(5000, 5000)


def cmyk(**options):
    """A red JPEG in the colours of printers, 8 × 4."""
    out = io.BytesIO()
    Image.new("CMYK", (8, 4), (0, 255, 255, 0)).save(out, "JPEG", **options)
    return out.getvalue()


def as_ycck(body):
    """The same bytes, said to be YCCK."""
    before, adobe, after = body.partition(b"Adobe")
    return before + adobe + after[:6] + b"\x02" + after[7:]


def test_a_jpeg_in_the_colours_of_printers_becomes_one_in_those_of_screens():
    url = data_url("image/jpeg", cmyk())
    body = ClosedFetcher()(url).read()
    with Image.open(io.BytesIO(body)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (8, 4))
        assert all(abs(level - wanted) <= 2 for level, wanted in zip(image.getpixel((4, 2)), (255, 0, 0), strict=True))
        assert "icc_profile" not in image.info
    assert ClosedFetcher()(url).read() == body
    pdf = contents(WeasyPrintRenderer().render(f'<!DOCTYPE html><img src="{url}">'))
    assert b"/DeviceRGB" in pdf
    assert b"/DeviceCMYK" not in pdf


def test_its_profile_goes_and_its_orientation_stays():
    exif = Image.Exif()
    exif[0x0112] = 6
    body = ClosedFetcher()(data_url("image/jpeg", cmyk(exif=exif, icc_profile=b"for printers"))).read()

    with Image.open(io.BytesIO(body)) as image:
        assert image.size == (4, 8)
        assert "icc_profile" not in image.info


def test_ycck_is_recognised_as_well():
    body = as_ycck(cmyk())

    with Image.open(io.BytesIO(body)) as image:
        assert image.info["adobe_transform"] == 2
    with Image.open(ClosedFetcher()(data_url("image/jpeg", body))) as image:
        assert image.mode == "RGB"


def test_grey_of_16_bits_is_drawn_as_grey():
    out = io.BytesIO()
    Image.new("I;16", (8, 8), 0x8000).save(out, "PNG")
    style = "<style>@page { size: 40px; margin: 0 } img { display: block; width: 40px }</style>"
    pdf = WeasyPrintRenderer().render(f'<!DOCTYPE html>{style}<img src="{data_url("image/png", out.getvalue())}">')

    document = pypdfium2.PdfDocument(pdf)
    assert document[0].render().to_pil().getpixel((15, 15)) == (128, 128, 128)
    document.close()


def test_a_refusal_says_why_and_not_at_length(caplog):
    caplog.set_level(logging.WARNING, logger="invoicing.documents")
    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher()(data_url("image/png", png_of(9000, 9000) + bytes(1000)))
    with pytest.raises(ValueError, match="refused"):
        ClosedFetcher()("http://example.com/\nforged line")

    many, forged = [record.getMessage() for record in caplog.records]
    assert "9000 × 9000 pixels are too many" in many
    assert len(many) < 250
    assert forged == r"A document asked for 'http://example.com/\nforged line': refused, documents load nothing."


def hostile(length, canary):
    """A text of at most so many characters that loads something wherever it becomes markup."""
    longest = (
        f'</style></title></textarea>--></p>"\'><img src="{canary.http}"><link rel="attachment" href="file://{canary.file}">'
        f'<style>@import url({canary.http});</style><svg><image href="{canary.http}"/></svg>{{{{ document.number }}}}'
    )
    texts = (
        longest,
        f'"><link rel=stylesheet href={canary.http}>',
        f"'><img src=//{canary.host}/c>",
        "<img src=//a>",
        "<b>&lt;i>",
    )
    return next((text for text in texts if length is None or len(text) <= length), "")


def text_columns(model):
    """Every column of a model that a person writes a text into."""
    chosen = {"language", "currency", "number_format", "number_prefix", "number", "rounding_policy", "unit"}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField) and field.editable and not field.choices and field.name not in chosen:
            yield field


def filled(model, make):
    """A value for each of its text columns, as long as it may be. Even an address of e-mail may hold markup, between quotes."""
    return {
        field.name: f'"{make(14).replace(" ", "/")}"@example.com' if isinstance(field, models.EmailField) else make(field.max_length)
        for field in text_columns(model)
    }


def invoice_of(make):
    """An invoice with a text of `make` in every column, of its own and of its item."""
    from invoicing.models import Item, get_invoice_model

    model = get_invoice_model()
    texts = {
        **filled(model, make),
        **{name: {make(60): make(None), "b": [make(None)]} for name in ("supplier_additional_info", "customer_additional_info")},
        "metadata": {make(60): make(None)},
        "attachments": [make(None)],
        "shipping_country": "FR",
        "payment_method": "OWN",
    }
    return make_invoice([line(**filled(Item, make))], **{**columns("customer", {}), **texts})


class Tags(html.parser.HTMLParser):
    """The tags of a page and their attributes' names, in their order."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, *(name for name, _value in attrs)))

    def handle_comment(self, data):  # noqa: ARG002 -- its parent names it so
        self.found.append(("comment",))


@pytest.mark.django_db
@pytest.mark.parametrize("autoescape", [True, False])
def test_no_text_of_an_invoice_loads_anything(autoescape, canary, server, settings, monkeypatch):
    names = {"OWN": hostile(100, canary)}
    monkeypatch.setattr(payment_methods, "_sources", [lambda _using: names])
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"autoescape": autoescape}}
    ]
    invoice = invoice_of(lambda length: hostile(length, canary))
    with WATCH.looking() as touched:
        pdf = render_pdf(invoice)

    assert (touched, server.asked, leaks(pdf)) == ([], [], [])
    assert text_of(pdf).replace(" ", "").count("<imgsrc=") >= 10
    names["OWN"] = "x" * 9
    harmless = invoice_of(lambda length: "x" * min(length or 9, 9))
    assert Tags(render_html(invoice)).found == Tags(render_html(harmless)).found


def test_fonts_of_a_parent_process_outlive_its_child():
    parent, child = OwnFonts(), OwnFonts()
    for fonts in (parent, child):
        fonts.add_font_face({"font_family": "Own", "src": [("external", ALLOWED["font"])]}, ClosedFetcher())
    folders = parent._folder, child._folder
    assert all(any(folder.iterdir()) for folder in folders)

    _remove(folders[0], process_id=os.getpid() + 1)
    assert folders[0].exists()
    del parent, child, fonts
    gc.collect()
    assert not any(folder.exists() for folder in folders)


def test_a_process_that_ends_leaves_no_fonts_behind(tmp_path):
    program = (
        "import os, sys, tempfile, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup();"
        "tempfile.tempdir = sys.argv[1];"
        "from invoicing.documents.pdf import WeasyPrintRenderer;"
        "WeasyPrintRenderer().render('<p>x'); print(len(os.listdir(tempfile.tempdir)))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 -- our own program

    assert (done.stdout.strip(), done.stderr) == ("1", "")
    assert list(tmp_path.iterdir()) == []
