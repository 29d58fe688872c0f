"""What a file is, by how it begins: a name is soon changed. Pure."""

from __future__ import annotations

import codecs
import re

HEAD = 65_536
"""Bytes that are looked at."""

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

TAGS = (
    *("!doctype html", "html", "head", "body", "script", "svg", "iframe", "frameset", "object", "embed", "style", "link", "meta", "base"),
    *("title", "table", "div", "form", "img", "font", "center", "br", "h1", "p", "a", "b", "input", "video", "audio", "math", "template"),
)
"""How pages begin that a browser shows where it guesses the type of a file."""

# A prefix such as <svg:svg names the same element.
ACTIVE = re.compile(rf"<(?:[\w.-]+:)?(?:{'|'.join(TAGS)})(?=[\s/>])", re.IGNORECASE)
# Browsers guess nothing of a file that says it is XML: an element such as <table> is the business of its authors there.
ACTIVE_XML = re.compile(r"<(?:[\w.-]+:)?(?:html|svg|script)(?=[\s/>])", re.IGNORECASE)
SCRIPTS = re.compile(r"#!|<\?php|<%|javascript:", re.IGNORECASE)
# What may stand before the first element: declarations, comments, and a document type that is not HTML's.
PROLOG = re.compile(r"\s+|<\?(?!php).*?\?>|<!--.*?-->|<!doctype\s+(?!html)[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
SVG_OR_HTML = re.compile(r"<!doctype\s+(?:[\w.-]+:)?(?:html|svg)\b", re.IGNORECASE)
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\0asm")


def is_active(head: bytes) -> bool:
    """Whether a file begins like something that is run: a page, a drawing with scripts, a script or a program."""
    if head.startswith(PROGRAMS) and b"\0" in head:
        return True
    text = _text(head)
    place = 0
    while found := PROLOG.match(text, place):
        if SVG_OR_HTML.match(found[0]):
            return True
        place = found.end()
    rest = text[place:]
    # A comment or a declaration without an end hides what comes after it.
    hides = rest.startswith(("<!--", "<?", "<!"))
    active = ACTIVE_XML if text.lstrip().startswith("<?xml") else ACTIVE
    return hides or bool(active.match(rest)) or bool(SCRIPTS.match(rest))


def fits(head: bytes, signatures: tuple[bytes, ...]) -> bool:
    """Whether a file begins as one of its type does; true where nothing is known of the type."""
    return not signatures or head.startswith(signatures)


def _text(head: bytes) -> str:
    """The beginning as a browser would read it."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, errors="replace")
    if head[:2].count(b"\0") == 1:
        # UTF-16 without a mark.
        return head.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", errors="replace")
    return head.decode("latin-1").lstrip("\0")
