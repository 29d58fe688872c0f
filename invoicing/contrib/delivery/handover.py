"""Handing a mail to Django's mailer, and judging what became of it: sent, surely not sent, or in doubt.

Whether a failure is sure depends on when it came. Until the bytes of the message begin to leave, nothing was sent; once they
have, only an answer of the server says so.
"""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext

from invoicing.conf import conf
from invoicing.contrib.delivery.models import Outcome

NO_CONNECTION: Final = (ConnectionRefusedError, socket.gaierror)
"""Errors of a connection that never came about."""

UNDELIVERABLE: Final = frozenset({"invalid", "rejected", "failed"})
"""What django-anymail says of a recipient who gets nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What became of an attempt. `refused` says of each recipient who was refused what the server said."""

    outcome: Outcome
    error: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    provider_id: str = ""


def hand_over(mail: EmailMultiAlternatives) -> Handover:
    """Give the mail to the mailer of the project, once. Never raises for what a mailer does."""
    try:
        mailer = _mailer()
        mailer.open()
    except Exception as error:  # noqa: BLE001 -- a mailer may fail in any way
        return _judged(error, has_begun=False)
    watch = Watch(getattr(mailer, "connection", None))
    try:
        count = mailer.send_messages([mail])
    except Exception as error:  # noqa: BLE001 -- a mailer may fail in any way
        handover = watch.judge(error, mail=mail)
    else:
        handover = watch.answer(count, mail=mail)
    with suppress(Exception):
        # What was accepted stays accepted when the server hangs up without a word.
        mailer.close()
    return handover


class Watch:
    """Looks on while a connection of SMTP sends a message; of other connections it sees nothing, and expects the worst."""

    def __init__(self, connection: Any) -> None:
        self.is_smtp = isinstance(connection, smtplib.SMTP)
        self.has_begun = not self.is_smtp
        self.is_accepted = False
        self.refused: dict[str, str] = {}
        if self.is_smtp:
            self._look_on(connection)

    def _look_on(self, connection: Any) -> None:
        send, hand_data = connection.sendmail, connection.data

        def sendmail(*args: Any, **options: Any) -> Any:
            refused = send(*args, **options)
            self.is_accepted, self.refused = True, _answers(refused)
            return refused

        def data(message: Any) -> Any:
            self.has_begun = True
            return hand_data(message)

        connection.sendmail, connection.data = sendmail, data

    def answer(self, count: int | None, *, mail: Any) -> Handover:
        """What it means that the mailer says to have sent so many messages."""
        refused, provider_id = _told_by_provider(mail)
        if self.is_accepted or count:
            return Handover(outcome=Outcome.SENT, refused={**refused, **self.refused}, provider_id=provider_id)
        text = gettext("The mailer does not say that it sent anything.")
        return Handover(outcome=Outcome.IN_DOUBT if self.has_begun else Outcome.POSTPONED, error=text)

    def judge(self, error: Exception, *, mail: Any) -> Handover:
        """What it means that sending raised an error."""
        if self.is_accepted:
            return Handover(outcome=Outcome.SENT, refused=self.refused)
        refused, provider_id = _told_by_provider(mail)
        if refused and set(refused) >= set(mail.to):
            return Handover(outcome=Outcome.FAILED, error=_sentence(error), refused=refused, provider_id=provider_id)
        return _judged(error, has_begun=self.has_begun)


def _judged(error: Exception, *, has_begun: bool) -> Handover:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refused = _answers(error.recipients)
        is_passing = any(_is_passing(answer[0]) for answer in error.recipients.values())
        text = gettext("Every recipient was refused.")
        return Handover(outcome=Outcome.POSTPONED if is_passing else Outcome.FAILED, error=text, refused=refused)
    # An answer of a server: of SMTP, or of a service that django-anymail asks by HTTP.
    code = getattr(error, "smtp_code", None) if isinstance(error, smtplib.SMTPResponseException) else None
    if code is not None and 400 <= code < 600:
        return Handover(outcome=Outcome.POSTPONED if _is_passing(code) else Outcome.FAILED, error=_sentence(error))
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and 400 <= status < 500:
        return Handover(outcome=Outcome.POSTPONED if status == 429 else Outcome.FAILED, error=_sentence(error))
    return Handover(outcome=_without_answer(error, has_begun=has_begun), error=_sentence(error))


def _without_answer(error: Exception, *, has_begun: bool) -> Outcome:
    if isinstance(error, NO_CONNECTION):
        return Outcome.POSTPONED
    if has_begun:
        return Outcome.IN_DOUBT
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome.FAILED
    return Outcome.POSTPONED if isinstance(error, OSError) else Outcome.FAILED


def _mailer() -> Any:
    """The default mailer of the project, which does not wait for ever."""
    mailers = getattr(django_mail, "mailers", None)  # Since Django 6.1.
    mailer = django_mail.get_connection() if mailers is None else mailers.default
    if isinstance(mailer, EmailBackend) and mailer.timeout is None:
        mailer.timeout = conf.delivery_timeout
    return mailer


def _is_passing(code: int) -> bool:
    """Whether a server that refuses with this code may accept later (RFC 5321, 4.2.1)."""
    return 400 <= code < 500


def _answers(refused: Mapping[str, tuple[int, bytes]]) -> dict[str, str]:
    return {address: f"{code} {_text(said)}".strip() for address, (code, said) in refused.items()}


def _told_by_provider(mail: Any) -> tuple[dict[str, str], str]:
    """Whom a service refuses, and its id of the mail, as django-anymail notes it on the message."""
    told = getattr(mail, "anymail_status", None)
    recipients: Mapping[str, Any] = getattr(told, "recipients", None) or {}
    refused = {address: str(state.status) for address, state in recipients.items() if getattr(state, "status", "") in UNDELIVERABLE}
    provider_id = getattr(told, "message_id", None)
    return refused, str(provider_id)[:255] if provider_id else ""


def _sentence(error: Exception) -> str:
    """The error as people read it in the log."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__}: {error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {_text(str(error))}"


def _text(said: bytes | str) -> str:
    """What a server said, without the character that PostgreSQL cannot keep."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return text.replace("\x00", "")
