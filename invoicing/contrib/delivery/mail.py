"""Composing a mail: text, HTML and files, as the bytes that are sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.policy import SMTP
from email.utils import parseaddr
from functools import cached_property
from typing import Any, Final

import django
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Template
from django.urls import NoReverseMatch
from django.utils import translation

from invoicing.conf import conf
from invoicing.contrib.delivery.addresses import one_line, reply_to_of, sender_of
from invoicing.contrib.delivery.links import public_link
from invoicing.contrib.delivery.models import Delivery
from invoicing.documents.addresses import party_block
from invoicing.documents.context import Look
from invoicing.documents.filenames import document_filename
from invoicing.documents.look import look_of
from invoicing.documents.storing import MEDIA_TYPE, pdf_of
from invoicing.exceptions import DocumentError, InvoicingError
from invoicing.models import StoredDocument
from invoicing.templating import template_named

BLANK_LINES: Final = re.compile(r"\n\s*\n")

HAS_POLICIES: Final = django.VERSION >= (6, 0)
"""Whether Django composes mail by Python's policies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContext:
    """What the templates of every mail may read, as `mail`: plain values, in the language of the document.

    `message` is what a person wrote in place of the words of the template, `link` the public page; blank where there is none.
    `sender_lines` are address, e-mail and telephone of the supplier.
    """

    language: str
    direction: str
    subject: str
    message: str
    look: Look
    sender: str
    sender_lines: tuple[str, ...]
    link: str
    has_files: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file that a mail brings."""

    name: str
    content: bytes
    media_type: str


class Mail(EmailMultiAlternatives):
    """A mail that is made once, so that its digest is of the bytes that leave."""

    @cached_property
    def _made(self) -> Any:
        return super().message(policy=SMTP) if HAS_POLICIES else super().message()

    def message(self, **_options: Any) -> Any:
        """The message, the same one every time."""
        return self._made

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the message as it is handed to a mail server."""
        content = self._made.as_bytes() if HAS_POLICIES else self._made.as_bytes(linesep="\r\n")
        return hashlib.sha256(content).hexdigest()

    @property
    def message_id(self) -> str:
        """What mail servers call it."""
        return str(self.extra_headers["Message-ID"])


def compose(delivery: Delivery, *, invoice: Any) -> Mail:
    """The mail of a delivery about a document. Raises DocumentError where a template is missing or broken, or a file cannot be made."""
    files = list(_files(invoice)) if delivery.has_attachments else []
    text, html = _bodies(delivery, context=_context(delivery, invoice=invoice, has_files=bool(files)))
    sender = sender_of(invoice)
    mail = Mail(
        subject=delivery.subject,
        body=text,
        from_email=sender,
        to=delivery.recipients,
        reply_to=reply_to_of(invoice),
        headers={"Message-ID": _message_id(delivery, sender=sender)},
    )
    mail.attach_alternative(html, "text/html")
    for file in files:
        mail.attach(file.name, file.content, file.media_type)
    return mail


def _message_id(delivery: Delivery, *, sender: str) -> str:
    """The same for every attempt, so that a mail that came twice after all can be known again by it."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    if not domain or not domain.isascii():
        domain = "localhost"
    return f"<{delivery.uuid}@{domain}>"


def _bodies(delivery: Delivery, *, context: MailContext) -> tuple[str, str]:
    values: Mapping[str, Any] = {**delivery.context, "mail": context}
    try:
        with translation.override(context.language):
            text = _plain_text(template_named(f"{delivery.template}.txt"), values=values)
            html = str(template_named(f"{delivery.template}.html").render(dict(values)))
    except InvoicingError:
        raise
    except Exception as error:
        # A template of the host may fail in any way.
        raise DocumentError(number=delivery.subject, reason=f"{type(error).__name__}: {error} ({delivery.template})") from error
    return BLANK_LINES.sub("\n\n", text.strip()) + "\n", html


def _plain_text(template: Any, *, values: Mapping[str, Any]) -> str:
    """The text that a template makes, in which & is & and not &amp;."""
    inner = getattr(template, "template", None)
    if isinstance(inner, Template):
        return str(inner.render(Context(dict(values), autoescape=False)))
    return str(template.render(dict(values)))


def _context(delivery: Delivery, *, invoice: Any, has_files: bool) -> MailContext:
    with translation.override(delivery.language):
        block = party_block(invoice, prefix="supplier", home=str(invoice.customer_country or ""))
        return MailContext(
            language=delivery.language,
            direction="rtl" if translation.get_language_bidi() else "ltr",
            subject=delivery.subject,
            message=delivery.message,
            look=look_of(invoice),
            sender=one_line(block.name),
            sender_lines=tuple(line for line in (", ".join(block.address), block.email, block.phone) if line),
            link=_link(invoice),
            has_files=has_files,
        )


def _link(invoice: Any) -> str:
    """The public page of the document, where the host says its address and has the page."""
    try:
        return public_link(invoice) if conf.base_url else ""
    except NoReverseMatch:
        return ""  # A system check says it.


def _files(invoice: Any) -> Iterator[File]:
    """The PDF, and whatever else is stored of the document: an e-invoice, for one."""
    yield File(document_filename(invoice), pdf_of(invoice), MEDIA_TYPE)
    stored = StoredDocument.objects.using(invoice._state.db).filter(invoice_id=invoice.pk, content__isnull=False)
    for document in stored.exclude(role=StoredDocument.PDF):
        # As text/xml its line ends would be rewritten, and a signature over it broken (RFC 7303: they mean the same).
        media_type = "application/xml" if document.media_type == "text/xml" else document.media_type
        yield File(document.name, document.read(), media_type)
