"""What files begin with, whatever they are called."""

import codecs

import pytest

from invoicing.contrib.collaboration.media_types import MEDIA_TYPES, NEVER, media_types
from invoicing.contrib.collaboration.sniffing import fits, is_active

ACTIVE = {
    "page": b"<!DOCTYPE html><html><script>alert(1)</script>",
    "page without a doctype": b"\n\t <HTML>",
    "old doctype": b'<!doctype HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "x">',
    "page after a comment": b"<!-- a note --><script>alert(1)</script>",
    "page after a comment that does not end": b"<!-- " + b"x" * 70_000,
    "page in UTF-8 with a mark": codecs.BOM_UTF8 + b"<html>",
    "page in UTF-16": codecs.BOM_UTF16_LE + "<html>".encode("utf-16-le"),
    "page in UTF-16, the other way round": codecs.BOM_UTF16_BE + "<html>".encode("utf-16-be"),
    "page in UTF-16 without a mark": "<html>".encode("utf-16-le"),
    "page after zeros": b"\0\0<script>alert(1)</script>",
    "XHTML": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">',
    "XHTML by its doctype": b'<?xml version="1.0"?><!DOCTYPE html><root/>',
    "XHTML with a prefix": b'<h:html xmlns:h="http://www.w3.org/1999/xhtml">',
    "XML of a script": b'<?xml version="1.0"?><script xmlns="http://www.w3.org/1999/xhtml">',
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">',
    "SVG with all that may stand before it": b'<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE svg PUBLIC "x" "y">\n<svg>',
    "SVG after a document type with entities": b'<!DOCTYPE x [<!ENTITY a "b">]><svg>',
    "picture": b"<img src=x onerror=alert(1)>",
    "link": b'<a href="javascript:alert(1)">x</a>',
    "frame": b"<iframe/src=x>",
    "shell script": b"#!/bin/sh\nrm -rf /",
    "PHP": b"<?php system($_GET['x']);",
    "template of a server": b"<%@ page %>",
    "Windows program": b"MZ\x90\x00\x03",
    "Linux program": b"\x7fELF\x02\x01\x01\x00",
}

HARMLESS = {
    "text": b"Dear customer,\n",
    "text in UTF-16": codecs.BOM_UTF16_LE + "Lieferschein".encode("utf-16-le"),
    "initials": b"MZ wants it in red",
    "less": b"< 5 pieces",
    "words in angle brackets": b"<abc@example.com> wrote",
    "table": b"number;amount\r\n2026/1;952,00",
    "JSON": b'{"a": "<html>"}',
    "XML invoice": b'<?xml version="1.0"?>\n<!-- made by us -->\n<ubl:Invoice xmlns:ubl="urn:x">',
    "XML of tables": b'<?xml version="1.0"?><table/>',
    "XML with a document type": b'<!DOCTYPE invoice SYSTEM "x.dtd"><invoice/>',
    "mail": b"From: a@example.com\r\nContent-Type: text/html\r\n\r\n<html>",
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "ZIP": b"PK\x03\x04\x14\0",
}


@pytest.mark.parametrize("head", ACTIVE.values(), ids=ACTIVE)
def test_what_is_run_is_recognised(head):
    assert is_active(head)


@pytest.mark.parametrize("head", HARMLESS.values(), ids=HARMLESS)
def test_what_is_only_read_is_not(head):
    assert not is_active(head)


def test_a_file_begins_as_its_type_does():
    assert fits(b"%PDF-1.4", MEDIA_TYPES["pdf"].signatures)
    assert not fits(b"\x89PNG\r\n\x1a\n", MEDIA_TYPES["pdf"].signatures)
    assert fits(b"anything", MEDIA_TYPES["txt"].signatures)


def test_the_table_has_nothing_that_is_run():
    assert not NEVER & MEDIA_TYPES.keys()
    assert not {"text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"} & {
        kind.media_type for kind in MEDIA_TYPES.values()
    }


def test_a_host_adds_and_takes_away():
    types = media_types({"dwg": "image/vnd.dwg", ".ZIP": None, "pdf": "application/x-pdf", "html": "text/html"})

    assert types["dwg"].media_type == "image/vnd.dwg"
    assert types["pdf"].signatures == (b"%PDF-",)
    assert "zip" not in types
    assert "html" not in types
