"""Addresses and other lines of a header: what could smuggle in a line of its own is refused from people, and cleaned from data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.exceptions import InvalidDataError

BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What ends a line, or may be taken for it."""

CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What has no place in a text of several lines."""

LONGEST_SUBJECT: Final = 255


def one_line(text: object) -> str:
    """A text without line breaks and control characters: names and numbers as a header may hold them."""
    return " ".join(BREAKS.sub(" ", str(text)).split())


def cleaned_message(text: str) -> str:
    """A text of several lines, without control characters and blank ends."""
    return CONTROLS.sub("", text.replace("\r\n", "\n")).strip()


def checked_recipients(recipients: Iterable[str] | str) -> list[str]:
    """The addresses, each once. Raises InvalidDataError for what is no plain address, and where there is none."""
    given: list[Any] = [recipients] if isinstance(recipients, str) else list(recipients)
    wrong: list[object] = []
    addresses: list[str] = []
    for text in given:
        address = text.strip(" ") if isinstance(text, str) else text
        try:
            validate_email(address)
        except ValidationError:
            wrong.append(_("“{text}” is no e-mail address: write one as ada@example.com, without a name.").format(text=one_line(text)))
        else:
            addresses.append(address)
    if not given or not any(given):
        wrong = [_("Nobody to send it to: give recipients, or the document an e-mail address of its customer.")]
    if wrong:
        raise InvalidDataError({"recipients": wrong})
    return list(dict.fromkeys(addresses))


def checked_subject(subject: str) -> str:
    """The subject. Raises InvalidDataError where it is more than a line, too long or empty."""
    text = subject.strip(" ")
    if not text:
        raise InvalidDataError({"subject": [_("It is empty.")]})
    if BREAKS.search(text):
        raise InvalidDataError({"subject": [_("It has a line break or a control character in it: write it in one line.")]})
    if len(text) > LONGEST_SUBJECT:
        raise InvalidDataError({"subject": [_("It is too long: use up to {count} characters.").format(count=LONGEST_SUBJECT)]})
    return text


def sender_of(invoice: Any) -> str:
    """From: INVOICING_EMAIL_FROM or DEFAULT_FROM_EMAIL, under the supplier's name where the setting has none.

    The address stays that of the host: servers trust the domain that sends (SPF, DKIM), and answers go to Reply-To.
    """
    name, address = parseaddr(conf.email_from or settings.DEFAULT_FROM_EMAIL)
    return str(Address(display_name=name or one_line(invoice.supplier_name)[:128], addr_spec=address)) if "@" in address else address


def reply_to_of(invoice: Any) -> list[str]:
    """Where answers go: to whoever issued the document, else to its supplier; nowhere else where neither has an address."""
    addresses = (one_line(address) for address in (invoice.issuer_email, invoice.supplier_email))
    # Not a blank one: a Reply-To without an address is no header (RFC 5322, 3.6.2), and servers refuse it.
    return [address for address in addresses if address][:1]
