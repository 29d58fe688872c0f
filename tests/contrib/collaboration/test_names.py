"""Names of files that people, browsers and attackers send."""

import pytest

from invoicing.contrib.collaboration.names import LONGEST_NAME, ending_of, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Delivery note 17.pdf", "Delivery note 17.pdf"),
        ("Lieferschein für Müller.pdf", "Lieferschein für Müller.pdf"),
        ("../../x.html", "x.html"),
        ("..\\..\\x.html", "x.html"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\petra\\note.pdf", "note.pdf"),
        ("C:note.pdf", "C_note.pdf"),
        ("folder/..", "folder"),
        ("note.pdf/", "note.pdf"),
        ("note.pdf/..", "note.pdf"),
        ("..%2f..%2fnote.pdf", "%2f..%2fnote.pdf"),
        (".htaccess", "htaccess"),
        ("...note.pdf", "note.pdf"),
        ("note.exe. . .", "note.exe"),
        ("note.txt::$DATA", "note.txt__$DATA"),
        ('a<b>c"d|e?f*.pdf', "a_b_c_d_e_f_.pdf"),
        ("note\x00.pdf", "note.pdf"),
        ("note\r\nSet-Cookie: a=b.pdf", "note Set-Cookie_ a=b.pdf"),
        ("note\x1b[31m.pdf", "note[31m.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066note\u2069.pdf", "note.pdf"),
        ("no\u200bte\ufeff.pdf", "note.pdf"),
        ("\u0645\u06cc\u200c\u0631\u0648\u0645.pdf", "\u0645\u06cc\u200c\u0631\u0648\u0645.pdf"),
        ("note\u2028.pdf", "note.pdf"),
        ("note\ud800.pdf", "note.pdf"),
        ("Mu\u0308ller.pdf", "M\u00fcller.pdf"),
        ("CON", "_CON"),
        ("con.pdf", "_con.pdf"),
        ("LPT1.tar.gz", "_LPT1.tar.gz"),
        ("com¹.txt", "_com¹.txt"),
        ("aux .txt", "_aux .txt"),
        ("console.txt", "console.txt"),
        ("COM10.txt", "COM10.txt"),
        ("", ""),
        ("..", ""),
        ("/", ""),
        ("\u202e", ""),
    ],
)
def test_a_name_shows_what_it_is_and_leads_nowhere(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize("stem", ["a" * 300, "ü" * 300, "😀" * 100])
def test_a_long_name_is_shortened_and_keeps_its_ending(stem):
    name = safe_name(f"{stem}.pdf")

    assert len(name.encode()) <= LONGEST_NAME
    assert len(name.encode()) > LONGEST_NAME - 4
    assert name == f"{stem[: len(name) - 4]}.pdf"


def test_an_ending_that_is_too_long_is_none():
    assert len(safe_name(f"note.{'x' * 300}").encode()) == LONGEST_NAME


@pytest.mark.parametrize(("name", "ending"), [("a.PDF", "pdf"), ("a.pdf.exe", "exe"), ("pdf", ""), (".pdf", ""), ("a.", ""), ("", "")])
def test_the_ending_is_what_stands_after_the_last_dot(name, ending):
    assert ending_of(name) == ending
