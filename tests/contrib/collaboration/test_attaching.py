"""Files: measured and looked at on their way in, stored under a path of ours, gone when their row is."""

import hashlib
import io
import zipfile
from tempfile import SpooledTemporaryFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from invoicing.actor import acting
from invoicing.contrib.collaboration import incoming
from invoicing.contrib.collaboration.exceptions import AttachmentRefusedError, AttachmentTooLargeError
from invoicing.contrib.collaboration.models import Attachment
from invoicing.contrib.collaboration.services import attach, detach, keep_internal, show_to_customer
from invoicing.contrib.collaboration.signals import attachment_added, attachment_removed
from invoicing.exceptions import InvalidDataError
from tests.contrib.collaboration.conftest import PDF, stored, upload
from tests.factories import build_invoice, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


def refused(file, **options):
    """Why a file is not taken."""
    invoice = make_invoice()
    with pytest.raises(AttachmentRefusedError) as caught:
        attach(invoice, file, **options)
    assert list(caught.value.errors) == ["file"]
    assert not Attachment.objects.exists()
    return caught.value


class Endless:
    """An upload that says it is small, and never ends."""

    name, size = "note.txt", 3
    given = 0

    def chunks(self):
        while True:
            self.given += 1
            yield b"x" * 65_536


def test_a_file_is_stored_as_it_is(petra, media):
    kept = attach(make_issued_invoice(), upload("../../Delivery note.PDF", media_type="text/html"), uploader=petra)

    row = Attachment.objects.get()
    assert (row.name, row.media_type, row.size) == ("Delivery note.PDF", "application/pdf", 25)
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (row.uploader, row.uploader_name, row.is_public, row.pk) == (petra, "petra", False, kept.pk)
    assert [path.read_bytes() for path in stored(media)] == [PDF]


def test_the_stored_path_has_nothing_of_the_name(media):
    attach(make_invoice(), upload("secret.pdf"))

    (path,) = stored(media)
    assert path.relative_to(media).parts[:2] == ("invoicing", "attachments")
    assert path.suffix == ""
    assert "secret" not in str(path.relative_to(media))


def test_two_files_of_one_name(media):
    invoice = make_invoice()
    attach(invoice, upload())
    attach(invoice, upload())

    assert [row.name for row in invoice.attached_files.all()] == ["note.pdf", "note.pdf"]
    assert len(stored(media)) == 2


def test_a_name_of_its_own_and_for_the_customer():
    kept = attach(make_invoice(), ContentFile(PDF), name="Terms.pdf", is_public=True)

    assert (kept.name, kept.is_public) == ("Terms.pdf", True)


def test_plain_files_of_python():
    assert attach(make_invoice(), io.BytesIO(b"a;b"), name="a.csv").media_type == "text/csv"


@pytest.mark.parametrize(
    "name",
    [
        *("../../x.html", "x.htm", "x.svg", "x.js", "x.exe", "x.pdf.exe", "x.pdf.html", "x.exe. .", "x.php", "x.pdf::$DATA", "x.ps1"),
        *("pdf", ".pdf", "x", "", "..", "x.", "x.p\u200cdf", "x.pdf\u202eexe"),
    ],
)
def test_endings_that_are_not_taken(name, media):
    refused(upload(name))

    assert stored(media) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.pdf", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("x.txt", b"<script>alert(1)</script>"),
        ("x.xml", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("x.png", b'<svg onload="alert(1)">'),
        ("x.csv", b"#!/bin/sh"),
        ("x.zip", b"MZ\x90\x00"),
        ("x.png", PDF),
        ("x.pdf", b"\x89PNG\r\n\x1a\n"),
        ("x.jpg", b"GIF89a"),
        ("x.docx", PDF),
        ("x.xls", b"<html><table>"),
        ("x.pdf", b"%PD"),
    ],
)
def test_content_that_is_not_what_the_name_says(name, content, media):
    refused(upload(name, content))

    assert stored(media) == []


def test_an_empty_file():
    assert "empty" in str(refused(upload(content=b"")))


def test_a_file_that_was_opened_as_text():
    assert "binary" in str(refused(ContentFile("a;b", name="a.csv")))


def test_the_limit_is_what_is_read_and_not_what_is_declared(settings, media):
    settings.INVOICING_ATTACHMENT_MAX_BYTES = 200_000
    endless = Endless()

    error = refused(endless)

    assert (error.code, endless.given) == ("attachment_too_large", 4)
    assert stored(media) == []


def test_exactly_the_limit_is_taken(settings):
    settings.INVOICING_ATTACHMENT_MAX_BYTES = 25

    assert attach(make_invoice(), upload()).size == 25
    settings.INVOICING_ATTACHMENT_MAX_BYTES = 24
    with pytest.raises(AttachmentTooLargeError, match="larger than 24"):
        attach(make_invoice(), upload())


def test_a_large_file_is_never_whole_in_memory(monkeypatch):
    copies = []

    class Watched(SpooledTemporaryFile):
        def __init__(self, **options):
            super().__init__(**options)
            copies.append(options["max_size"])

    monkeypatch.setattr(incoming, "SpooledTemporaryFile", Watched)
    kept = attach(make_invoice(), upload("x.txt", b"x" * 3_000_000))

    assert (kept.size, copies) == (3_000_000, [2_621_440])
    with kept.file.open("rb") as content:
        assert hashlib.sha256(content.read()).hexdigest() == kept.sha256


def test_a_bomb_is_stored_and_not_unpacked(media):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../x.html", b"0" * 20_000_000)
    attach(make_invoice(), upload("x.zip", packed.getvalue()))

    assert [path.stat().st_size for path in stored(media)] == [len(packed.getvalue())]


def test_a_host_takes_other_files(settings):
    settings.INVOICING_ATTACHMENT_TYPES = {"dwg": "image/vnd.dwg", "pdf": None, "html": "text/html"}

    assert attach(make_invoice(), upload("plan.DWG", b"AC1032")).media_type == "image/vnd.dwg"
    with pytest.raises(AttachmentRefusedError):
        attach(make_invoice(), upload("x.pdf"))
    with pytest.raises(AttachmentRefusedError):
        attach(make_invoice(), upload("x.html", b"text"))


def test_a_document_that_is_not_saved(media):
    with pytest.raises(InvalidDataError, match="Save the document first"):
        attach(build_invoice(), upload())
    assert stored(media) == []


def test_no_row_goes_round_the_service(media):
    with pytest.raises(InvalidDataError, match="attach"):
        Attachment(invoice=make_invoice(), name="x.html", file=SimpleUploadedFile("x.html", b"x"), size=1).save()
    assert stored(media) == []


# Transactions


def attach_and_fail(invoice):
    with transaction.atomic():
        kept = attach(invoice, upload())
        assert kept.file.storage.exists(kept.file.name)
        raise RuntimeError


def test_a_transaction_that_is_rolled_back_leaves_no_file(media):
    invoice = make_invoice()
    with pytest.raises(RuntimeError):
        attach_and_fail(invoice)

    assert stored(media) == []


def test_a_savepoint_that_is_rolled_back_leaves_no_file(media):
    invoice = make_invoice()
    with transaction.atomic():
        kept = attach(invoice, upload())
        with pytest.raises(RuntimeError):
            attach_and_fail(invoice)

    assert [row.pk for row in Attachment.objects.all()] == [kept.pk]
    assert len(stored(media)) == 1


def test_a_transaction_that_is_told_to_roll_back_leaves_no_file(media):
    invoice = make_invoice()
    with transaction.atomic():
        attach(invoice, upload())
        transaction.set_rollback(True)

    assert stored(media) == []


def test_a_receiver_that_fails_leaves_no_file(media):
    def fail(sender, **news):
        raise RuntimeError

    attachment_added.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            attach(make_invoice(), upload())
    finally:
        attachment_added.disconnect(fail)

    assert (stored(media), Attachment.objects.count()) == ([], 0)


def test_a_file_goes_with_its_row_once_that_is_certain(media):
    kept = attach(make_issued_invoice(), upload())
    with transaction.atomic():
        detach(kept)
        transaction.set_rollback(True)
    assert len(stored(media)) == 1

    detach(Attachment.objects.get())
    assert (stored(media), Attachment.objects.count()) == ([], 0)


def test_files_go_with_their_draft(media):
    draft = make_invoice(status="DRAFT")
    attach(draft, upload())
    attach(draft, upload())
    draft.delete()

    assert (stored(media), Attachment.objects.count()) == ([], 0)


def test_a_storage_that_fails_to_remove_is_logged(media, monkeypatch, caplog):
    kept = attach(make_invoice(), upload())

    def fail(_storage, path):
        raise OSError("read-only")

    monkeypatch.setattr(FileSystemStorage, "delete", fail)
    detach(kept)

    assert not Attachment.objects.exists()
    assert "could not be removed" in caplog.text


# Who may get it, and who is told


def test_a_file_is_shown_to_the_customer_and_taken_back():
    kept = attach(make_issued_invoice(), upload())
    show_to_customer(kept)
    shown = Attachment.objects.get().is_public
    keep_internal(kept)

    assert (shown, Attachment.objects.get().is_public) == (True, False)


def test_the_signals_tell_of_it(petra):
    heard = []

    def listen(sender, **news):
        heard.append((sender, news["invoice"].pk, news["attachment"].name))

    for signal in (attachment_added, attachment_removed):
        signal.connect(listen)
    try:
        invoice = make_invoice()
        with acting(petra):
            detach(attach(invoice, upload()))
    finally:
        for signal in (attachment_added, attachment_removed):
            signal.disconnect(listen)

    assert heard == [(Attachment, invoice.pk, "note.pdf")] * 2
