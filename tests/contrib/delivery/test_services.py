"""Asking for mail: who gets it, what is refused, which key counts once, and what becomes of the document."""

from threading import Thread

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from invoicing.actor import acting
from invoicing.contrib.delivery import services
from invoicing.contrib.delivery.exceptions import NotDeliverableError, RequestKeyReusedError
from invoicing.contrib.delivery.models import Delivery, Purpose
from invoicing.contrib.delivery.services import request_delivery, send_invoice
from invoicing.exceptions import ContentMissingError, DocumentError, InvalidDataError, MissingDependencyError, TryAgainError
from invoicing.models import StoredDocument, get_invoice_model
from tests.factories import line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)

Invoice = get_invoice_model()


def test_an_invoice_goes_to_its_customer_with_its_pdf():
    with acting("petra"):
        delivery = send_invoice(make_issued_invoice())

    (message,) = mail.outbox
    (name, content, media_type) = message.attachments[0]
    assert (message.to, message.subject) == (["buchhaltung@buch-sommer.example.com"], "Invoice 2026/1 from Lindner & Vogt Medien GmbH")
    assert (name, content[:5], media_type) == ("invoice-2026-1.pdf", b"%PDF-", "application/pdf")
    assert (delivery.status, delivery.purpose, delivery.actor_name) == ("SENT", "INVOICE", "petra")
    assert delivery.log.get().actor_name == "petra"
    assert delivery.message_id == message.extra_headers["Message-ID"]


@pytest.mark.parametrize("status", ["DRAFT", "NEW"])
def test_what_is_not_issued_is_issued_first(status):
    invoice = make_invoice([line()], status=status)
    delivery = send_invoice(invoice)

    assert mail.outbox[0].subject.startswith("Invoice 2026/1 from")
    assert delivery.context["number"] == "2026/1"
    assert (invoice.status, invoice.is_issued) == ("SENT", True)
    assert list(invoice.events.values_list("kind", "status_to"))[-2:] == [("ISSUED", "NEW"), ("STATUS_CHANGED", "SENT")]


def test_an_issue_that_is_refused_queues_nothing_and_takes_no_number():
    draft = make_invoice([], status="DRAFT")
    with pytest.raises(ContentMissingError):
        send_invoice(draft)

    assert (Delivery.objects.count(), mail.outbox, Invoice.objects.get().number) == (0, [], "")


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (None, "SENT"),
        ("mark_sent", "SENT"),
        ("mark_paid", "PAID"),
        ("send_to_collection", "IN_COLLECTION"),
        ("write_off", "UNCOLLECTIBLE"),
        ("create_credit_note", "CREDITED"),
    ],
)
def test_what_a_document_is_after_it_was_sent_again(act, status):
    invoice = make_issued_invoice()
    if act:
        getattr(invoice, act)()
    events = invoice.events.count()

    assert send_invoice(invoice).status == "SENT"
    assert (invoice.status, Invoice.objects.get(pk=invoice.pk).status) == (status, status)
    assert invoice.events.count() - events == (act is None)


def test_a_document_that_came_back_is_sent_once_more():
    invoice = make_issued_invoice()
    invoice.mark_sent()
    invoice.mark_returned()
    send_invoice(invoice)

    assert invoice.status == "SENT"


def test_received_and_canceled_documents_are_not_sent():
    canceled = make_issued_invoice()
    canceled.cancel("entered twice")
    received = make_issued_invoice(origin="RECEIVED", number="R-17")

    for invoice, reason in ((canceled, "canceled"), (received, "received")):
        with pytest.raises(NotDeliverableError, match=reason):
            send_invoice(invoice)
    assert Delivery.objects.count() == 0


def test_what_is_missing_for_a_pdf_is_said_before_anything_is_queued(monkeypatch):
    def fail(_invoice):
        raise MissingDependencyError(feature="A PDF", package="WeasyPrint", mend="pip install it")

    monkeypatch.setattr(services, "pdf_of", fail)
    draft = make_invoice([line()], status="DRAFT")
    with pytest.raises(MissingDependencyError, match="pip install it"):
        send_invoice(draft)

    assert (Delivery.objects.count(), Invoice.objects.get().status) == (0, "DRAFT")


def test_the_e_invoice_that_is_stored_travels_along_byte_by_byte():
    invoice = make_issued_invoice()
    xml = b"<?xml version='1.0'?>\r\n<Invoice>\n</Invoice>\r\n"
    StoredDocument.objects.keep(invoice, xml, role="UBL", name="invoice-2026-1.xml", media_type="text/xml")
    send_invoice(invoice)

    sent = mail.outbox[0].message()
    (part,) = [part for part in sent.walk() if part.get_filename() == "invoice-2026-1.xml"]
    assert part.get_content_type() == "application/xml"
    assert part.get_payload(decode=True) == xml


def test_the_pdf_that_is_stored_is_the_one_that_is_sent():
    invoice = make_issued_invoice()
    stored = StoredDocument.objects.keep(invoice, b"%PDF-1.7 as it was", role="PDF", name="x.pdf", media_type="application/pdf")
    send_invoice(invoice)

    assert [content for _, content, _ in mail.outbox[0].attachments] == [stored.read()]


# Recipients and subjects


@pytest.mark.parametrize(
    "recipients",
    [
        ["ada@example.com\nBcc: eve@example.com"],
        ["ada@example.com\r\nSubject: x"],
        ["Ada <ada@example.com>"],
        ["ada@example.com, eve@example.com"],
        ["ada"],
        [""],
        [None],
        ["ada@example.com\n"],
        ["ada@exam ple.com"],
        ["ada@example.com\x00"],
        ["ok@example.com", "broken@"],
    ],
)
def test_what_is_no_plain_address_is_refused(recipients):
    with pytest.raises(InvalidDataError) as refused:
        send_invoice(make_issued_invoice(), recipients=recipients)

    assert list(refused.value.errors) == ["recipients"]
    assert (Delivery.objects.count(), mail.outbox) == (0, [])


def test_nobody_to_send_it_to():
    with pytest.raises(InvalidDataError, match="Nobody to send it to"):
        send_invoice(make_issued_invoice(customer_email=""))


def test_an_address_counts_once_and_may_be_given_alone():
    invoice = make_issued_invoice()

    assert send_invoice(invoice, recipients=["ada@example.com", "ada@example.com"]).recipients == ["ada@example.com"]
    assert send_invoice(invoice, recipients="ada@example.com").recipients == ["ada@example.com"]


@pytest.mark.parametrize("subject", ["Hello\nBcc: eve@example.com", "Hello\r\n\r\nbody", "a\x00b", "a\u2028b", "x" * 256])
def test_a_subject_of_more_than_a_line_is_refused(subject):
    with pytest.raises(InvalidDataError) as refused:
        send_invoice(make_issued_invoice(), subject=subject)

    assert list(refused.value.errors) == ["subject"]


def test_a_line_break_in_a_name_is_cleaned_and_adds_no_header():
    invoice = make_issued_invoice(supplier_name="Lindner\r\nBcc: eve@example.com", customer_name="Som\nmer", title="one\ntwo")
    delivery = send_invoice(invoice)

    sent = mail.outbox[0].message()
    assert delivery.status == "SENT"
    assert delivery.subject == "Invoice 2026/1 from Lindner Bcc: eve@example.com"
    assert (sent["Bcc"], sent["To"]) == (None, "buchhaltung@buch-sommer.example.com")
    assert mail.outbox[0].recipients() == ["buchhaltung@buch-sommer.example.com"]


@pytest.mark.parametrize("text", ["{number} {invoice.__class__}", "{{ invoice.delete }} {% now 'Y' %}", "%(number)s", "<b>bold</b> & co"])
def test_what_people_write_is_data(text):
    send_invoice(make_issued_invoice(), subject=text, message=text)

    (message,) = mail.outbox
    (html, _kind) = message.alternatives[0]
    assert message.subject == text
    assert text in message.body
    assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;") in html


def test_a_message_stands_for_the_words_of_the_template():
    send_invoice(make_issued_invoice(), message="Dear Mr Sommer,\n\nthank you for the order.\n\nPetra Vogt")

    body, html = mail.outbox[0].body, mail.outbox[0].alternatives[0][0]
    assert body.startswith("Dear Mr Sommer,\n\nthank you for the order.\n\nPetra Vogt\n\nNumber: 2026/1\n")
    assert "Hello," not in body + html
    assert "<p>Dear Mr Sommer,</p>" in html


# The sender


@pytest.mark.parametrize(
    ("setting", "default", "sender"),
    [
        ("", "shop@example.com", "Lindner & Vogt Medien GmbH <shop@example.com>"),
        ("billing@example.com", "shop@example.com", "Lindner & Vogt Medien GmbH <billing@example.com>"),
        ("Buchhaltung <billing@example.com>", "shop@example.com", "Buchhaltung <billing@example.com>"),
    ],
)
def test_whom_it_comes_from(settings, setting, default, sender):
    settings.INVOICING_EMAIL_FROM, settings.DEFAULT_FROM_EMAIL = setting, default
    send_invoice(make_issued_invoice())

    assert mail.outbox[0].from_email == sender
    assert mail.outbox[0].reply_to == ["rechnung@lindner-vogt.example.com"]


def test_answers_go_to_whoever_issued_it():
    send_invoice(make_issued_invoice(issuer_email="petra.vogt@lindner-vogt.example.com"))

    assert mail.outbox[0].reply_to == ["petra.vogt@lindner-vogt.example.com"]


@pytest.mark.parametrize("name", ['Sänger "&" Söhne, Inh. <x>', "Žluťoučký kůň s.r.o.", "a" * 255])
def test_a_supplier_of_any_name_can_send(name):
    assert send_invoice(make_issued_invoice(supplier_name=name)).status == "SENT"
    assert mail.outbox[0].message()["From"]


# Request keys


def test_a_key_that_comes_again_sends_nothing():
    invoice = make_issued_invoice()
    first = send_invoice(invoice, request_key="send-17", message="Thank you")
    invoice.mark_paid()
    second = send_invoice(invoice, request_key="send-17", message="Thank you")

    assert (second.pk, len(mail.outbox), Delivery.objects.count()) == (first.pk, 1, 1)


@pytest.mark.parametrize("other", [{"message": "Thanks"}, {"subject": "Other"}, {"recipients": ["ada@example.com"]}])
def test_a_key_that_asks_for_another_mail_is_refused(other):
    invoice = make_issued_invoice()
    send_invoice(invoice, request_key="send-17", message="Thank you")

    with pytest.raises(RequestKeyReusedError):
        send_invoice(invoice, **{"request_key": "send-17", "message": "Thank you", **other})
    with pytest.raises(RequestKeyReusedError):
        send_invoice(make_issued_invoice(), request_key="send-17", message="Thank you")
    assert len(mail.outbox) == 1


def test_a_key_belongs_to_a_company_and_to_its_letters():
    ours, theirs = make_company(), make_company(code="X")
    for key, company in (("a", ours), ("a", theirs), ("A", ours), ("ä", ours), ("", ours), ("", ours)):
        send_invoice(make_issued_invoice(company=company), request_key=key)

    assert len(mail.outbox) == 6


def test_two_who_ask_under_one_key_at_the_same_moment_get_one_mail(monkeypatch):
    invoice = make_issued_invoice()
    real = services._found
    calls = []

    def late(*args, **options):
        calls.append(args)
        if len(calls) == 1:
            # Between this look and the insert, the other one asks.
            first = send_invoice(invoice, request_key="k")
            assert first.status == "SENT"
            return None
        return real(*args, **options)

    monkeypatch.setattr(services, "_found", late)
    second = send_invoice(invoice, request_key="k")

    assert (Delivery.objects.count(), second.status, len(mail.outbox)) == (1, "SENT", 1)


def test_the_database_holds_a_key_once():
    first = send_invoice(make_issued_invoice(), request_key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(key=first.key, subject="x", language="en")


# Mail of other kinds


def remind(invoice, **options):
    return request_delivery(
        invoice,
        purpose=Purpose.REMINDER,
        recipients=["ada@example.com"],
        subject="A reminder",
        template="invoicing/delivery/invoice",
        context={"type": "INVOICE", "number": invoice.number},
        **options,
    )


def test_mail_of_another_kind_does_not_mark_a_document_as_sent():
    invoice = make_issued_invoice()
    delivery = remind(invoice, request_key="reminder-1")

    assert (delivery.status, invoice.status) == ("SENT", "NEW")
    assert remind(invoice, request_key="reminder-1").pk == delivery.pk
    assert len(mail.outbox) == 1
    assert len(mail.outbox[0].attachments) == 1


def test_mail_without_files(monkeypatch):
    monkeypatch.setattr(services, "pdf_of", lambda _invoice: pytest.fail("nobody asked for a PDF"))
    assert remind(make_issued_invoice(), attach=False).status == "SENT"
    assert mail.outbox[0].attachments == []


def test_the_context_is_part_of_what_a_key_asks_for():
    invoice = make_issued_invoice()
    remind(invoice, request_key="r")
    with pytest.raises(RequestKeyReusedError):
        request_delivery(
            invoice,
            purpose=Purpose.REMINDER,
            recipients=["ada@example.com"],
            subject="A reminder",
            template="invoicing/delivery/invoice",
            context={"number": "other"},
            request_key="r",
        )


@pytest.mark.parametrize("key", ["k" * 256, "a\nb", "a\x00b"])
def test_a_key_that_cannot_be_kept_is_refused(key):
    with pytest.raises(InvalidDataError):
        send_invoice(make_issued_invoice(), request_key=key)


def test_control_characters_of_a_message_break_nothing():
    delivery = send_invoice(make_issued_invoice(), message="\r\nHello\x00\r\n\x1bWorld\t!\n")

    assert delivery.message == "Hello\nWorld\t!"
    assert mail.outbox[0].body.startswith("Hello\nWorld\t!\n\n")


class NoRenderer:
    """A renderer that is not installed."""

    def render(self, _html):
        raise MissingDependencyError(feature="A PDF", package="WeasyPrint", mend="pip install it")


class BrokenRenderer:
    """A renderer that fails in its own way."""

    def render(self, _html):
        raise OSError("no such font")


@pytest.mark.parametrize(("renderer", "kind"), [(NoRenderer, MissingDependencyError), (BrokenRenderer, DocumentError)])
def test_in_a_transaction_a_renderer_that_is_missing_is_said_too(settings, renderer, kind):
    settings.INVOICING_PDF_RENDERER = f"{__name__}.{renderer.__name__}"
    invoice = make_issued_invoice()
    with pytest.raises(kind), transaction.atomic():
        send_invoice(invoice)

    assert Delivery.objects.count() == 0


def test_in_a_transaction_no_page_is_drawn_while_others_wait(monkeypatch):
    drawn = []
    monkeypatch.setattr(services, "pdf_of", drawn.append)
    with transaction.atomic():
        send_invoice(make_issued_invoice())

    assert (drawn, Delivery.objects.get().status) == ([], "SENT")
    send_invoice(Invoice.objects.get())
    assert len(drawn) == 1


@pytest.fixture
def old_snapshots():
    """A connection whose transactions read from a view of the rows as they are at their begin."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets nobody write while somebody reads and then writes")
    scope = "SESSION TRANSACTION" if connection.vendor == "mysql" else "SESSION CHARACTERISTICS AS TRANSACTION"
    with connection.cursor() as cursor:
        cursor.execute(f"SET {scope} ISOLATION LEVEL REPEATABLE READ")
    yield
    connection.close()


@pytest.mark.usefixtures("old_snapshots")
def test_a_key_that_an_old_snapshot_does_not_show_asks_to_try_again():
    invoice = make_issued_invoice()

    def ask():
        try:
            send_invoice(invoice, request_key="order-17")
        finally:
            connection.close()

    @transaction.atomic
    def look_and_ask():
        assert not Delivery.objects.exists()
        other = Thread(target=ask)
        other.start()
        other.join(timeout=60)
        send_invoice(invoice, request_key="order-17")

    with pytest.raises(TryAgainError):
        look_and_ask()

    assert (Delivery.objects.count(), len(mail.outbox)) == (1, 1)
