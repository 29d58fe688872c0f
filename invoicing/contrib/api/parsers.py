"""Bodies: read up to a limit, and refused with a sentence that says where something is wrong."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any, Final, NoReturn

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import UnreadablePostError
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser
from rest_framework.renderers import JSONRenderer

from invoicing.conf import conf

DEEPEST: Final = 32
"""How many objects and lists may be inside one another."""

LONGEST_NUMBER: Final = 30
"""Digits of a whole number."""

ROOM_FOR_FORM: Final = 65_536
"""What a form may be longer than the file that it brings, in bytes."""

CHUNK: Final = 65_536

_BLANKS: Final = " \t\r\n"
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class BodyTooLargeError(APIException):
    """A body is longer than the API reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"
    default_detail = gettext_lazy("The body is too large: up to {limit} bytes are read.")

    def __init__(self, limit: int) -> None:
        super().__init__(str(self.default_detail).format(limit=limit))


class StrictJSONParser(BaseParser):
    """Reads a JSON object of RFC 8259, in UTF-8, and nothing that another reader could understand otherwise.

    Numbers with a fraction or an exponent are floats, so that fields of money can refuse them. An empty body is an empty object.

    It is none of the parsers of the framework: for those the whole body is read before they are asked.
    """

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The object. Raises BodyTooLargeError and ParseError."""
        limit = conf.api_max_bytes
        refuse_announced(parser_context, limit=limit)
        _check_charset(media_type)
        return parsed_object(_read(stream, limit=limit))


class LimitedMultiPartParser(MultiPartParser):
    """Reads a form with files, up to the size that an attachment may have and a little more."""

    @staticmethod
    def limit() -> int:
        """The longest form that is read, in bytes."""
        return conf.attachment_max_bytes + ROOM_FOR_FORM

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        """The form. Raises BodyTooLargeError and ParseError."""
        limit = self.limit()
        refuse_announced(parser_context, limit=limit)
        try:
            form = super().parse(_Limited(stream, limit=limit), media_type, parser_context)  # type: ignore[arg-type]
        except RequestDataTooBig:
            raise BodyTooLargeError(limit) from None
        except SuspiciousOperation:
            raise ParseError(_("The form has too many fields or files, or one that cannot be read.")) from None
        for name, texts in form.data.lists():
            for text in (name, *texts):
                _check_text(text, where=_shown(name))
        return form


class _Limited:
    """A stream of which no more is read than is taken."""

    def __init__(self, stream: IO[Any], *, limit: int) -> None:
        self.stream = stream
        self.limit = limit
        self.count = 0

    def read(self, size: int | None = None) -> bytes:
        """The next bytes. Raises BodyTooLargeError beyond the limit, and ParseError where the connection breaks."""
        left = self.limit + 1 - self.count
        try:
            chunk: bytes = self.stream.read(left if size is None or size < 0 else min(size, left))
        except UnreadablePostError:
            raise ParseError(_("The body broke off.")) from None
        self.count += len(chunk)
        if self.count > self.limit:
            raise BodyTooLargeError(self.limit)
        return chunk


def refuse_announced(parser_context: Mapping[str, Any] | None, *, limit: int) -> None:
    """Raise BodyTooLargeError for a body that is longer than the limit by its own Content-Length."""
    request = (parser_context or {}).get("request")
    announced = str(request.META.get("CONTENT_LENGTH") or "") if request is not None else ""
    if announced.isdecimal() and (len(announced) > 18 or int(announced) > limit):
        raise BodyTooLargeError(limit)


def parsed_object(body: bytes) -> dict[str, Any]:
    """The object that a body holds. Raises ParseError, whatever the body is."""
    text = _decoded(body)
    if not text.strip(_BLANKS):
        return {}
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        _refuse_depth()
    except json.JSONDecodeError as error:
        text = _("The body is not JSON: {problem} in line {line}, column {column}.")
        raise ParseError(text.format(problem=error.msg, line=error.lineno, column=error.colno)) from None
    if not isinstance(value, dict):
        raise ParseError(_("The body must be a JSON object, such as {example}.").format(example='{"currency": "EUR"}'))
    _check_value(value, where="", depth=1)
    return value


def _read(stream: IO[Any], *, limit: int) -> bytes:
    limited = _Limited(stream, limit=limit)
    return b"".join(iter(lambda: limited.read(CHUNK), b""))


def _check_charset(media_type: str | None) -> None:
    try:
        charset = parse_header_parameters(media_type or "")[1].get("charset", "utf-8")
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        name = ""
    if name not in {"utf-8", "ascii"}:
        raise ParseError(_("JSON is read in UTF-8 only: leave the charset out of Content-Type."))


def _decoded(body: bytes) -> str:
    if body.startswith(codecs.BOM_UTF8):
        raise ParseError(_("The body begins with a byte order mark: send it without."))
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8: see byte {place}.").format(place=error.start + 1)) from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _value in pairs).items() if count > 1)
        raise ParseError(_("“{name}” stands twice in one object.").format(name=_shown(twice)))
    return fields


def _whole_number(number: str) -> int:
    if len(number.lstrip("-")) > LONGEST_NUMBER:
        text = _("{number} is too long: a whole number has up to {count} digits.").format(number=_shown(number), count=LONGEST_NUMBER)
        raise ParseError(text)
    return int(number)


def _broken_number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ParseError(_("{number} is too large a number.").format(number=_shown(text)))
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(_("{name} is no number in JSON.").format(name=name))


def _refuse_depth() -> NoReturn:
    raise ParseError(_("The body is nested too deeply: up to {count} objects and lists may be inside one another.").format(count=DEEPEST))


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_once_each, parse_int=_whole_number, parse_float=_broken_number, parse_constant=_refuse_constant
)


def _check_value(value: Any, *, where: str, depth: int) -> None:
    """Refuse texts that no database can hold, and what is nested too deeply."""
    if isinstance(value, str):
        _check_text(value, where=where)
    elif isinstance(value, dict):
        if depth > DEEPEST:
            _refuse_depth()
        for name, inner in value.items():
            place = f"{where}.{_shown(name)}" if where else _shown(name)
            _check_text(name, where=place)
            _check_value(inner, where=place, depth=depth + 1)
    elif isinstance(value, list):
        if depth > DEEPEST:
            _refuse_depth()
        for index, inner in enumerate(value):
            _check_value(inner, where=f"{where}[{index}]", depth=depth + 1)


def _check_text(text: Any, *, where: str) -> None:
    if isinstance(text, str) and (found := _UNSTORABLE.search(text)):
        what = _("a NUL character") if found[0] == "\x00" else _("half a surrogate pair")
        raise ParseError(_("{where} has {what} in it.").format(where=where, what=what))


def _shown(text: str) -> str:
    """A text of the body as a sentence can show it."""
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return short.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
