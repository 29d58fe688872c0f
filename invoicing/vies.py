"""A thin client of VIES, the European Commission's register of VAT ids. It asks, answers and raises; it decides nothing."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlsplit

from invoicing.exceptions import VatIdUnverifiedError

LONGEST_ANSWER = 65536
"""Bytes that are read of an answer; a real one has a few hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViesAnswer:
    """What the register said. `consultation_id` is given only when the requester's own VAT id was sent along."""

    is_valid: bool
    consultation_id: str
    name: str
    address: str


def ask(vat_id: str, *, requester: str, url: str, timeout: float) -> ViesAnswer:
    """Ask whether a VAT id such as DE136695976 is valid.

    Raises VatIdUnverifiedError when there is no answer within `timeout` seconds, or one that says nothing.
    """
    question = {"countryCode": vat_id[:2], "vatNumber": vat_id[2:]}
    if requester:
        question |= {"requesterMemberStateCode": requester[:2], "requesterNumber": requester[2:]}
    try:
        answer = _post(f"{url.rstrip('/')}/check-vat-number", question, timeout=timeout)
    # A lost connection, a bad address, a time-out and nonsense are one to the caller: there is no answer.
    except (OSError, ValueError, HTTPException, RecursionError) as error:
        raise VatIdUnverifiedError(vat_id=vat_id, reason=str(error) or type(error).__name__) from error
    return _read(answer, vat_id=vat_id)


def _post(url: str, question: Mapping[str, str], *, timeout: float) -> object:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(f"{url} is no web address")
    request = urllib.request.Request(  # noqa: S310  # the scheme is checked above
        url, data=json.dumps(question).encode(), headers={"Content-Type": "application/json", "Accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
        text = response.read(LONGEST_ANSWER)
        if response.length:
            raise ValueError("the answer breaks off, or is too long")
        return json.loads(text)


def _read(answer: object, *, vat_id: str) -> ViesAnswer:
    """Turn the register's JSON into an answer; anything but a plain yes or no is none."""
    if not isinstance(answer, dict) or not isinstance(answer.get("valid"), bool):
        raise VatIdUnverifiedError(vat_id=vat_id, reason=_failure(answer))
    return ViesAnswer(
        is_valid=answer["valid"],
        consultation_id=str(answer.get("requestIdentifier") or ""),
        name=str(answer.get("name") or ""),
        address=str(answer.get("address") or ""),
    )


def _failure(answer: object) -> str:
    """Why the register says that it gives no answer, such as MS_UNAVAILABLE."""
    wrappers = answer.get("errorWrappers") if isinstance(answer, dict) else None
    errors = [str(entry.get("error")) for entry in wrappers if isinstance(entry, dict)] if isinstance(wrappers, list) else []
    return ", ".join(errors) or "unreadable answer"
