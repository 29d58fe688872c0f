"""One effect a key: a POST that comes again gets the answer that it got the first time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.base import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connections
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from invoicing.conf import conf
from invoicing.contrib.api.exceptions import IdempotencyKeyReusedError
from invoicing.contrib.api.models.idempotency import LONGEST_IDEMPOTENCY_KEY, IdempotencyKey
from invoicing.exceptions import InvalidDataError, TryAgainError
from invoicing.models import Company
from invoicing.models.locking import atomically, plain

HEADER: Final = "Idempotency-Key"

_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with; `is_replay` where the answer is that of an earlier request."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    is_replay: bool = False


class _KeyTakenError(Exception):
    """Somebody else inserted the key; what was begun is taken back."""


def answer_once(
    work: Callable[[], Answer],
    *,
    key: str,
    owner: str,
    company: Company | None,
    method: str,
    path: str,
    fingerprint: str,
    using: str,
) -> Answer:
    """Do the work of a request, or give the answer that an earlier request got under the same key.

    It belongs into an open transaction: key, effect and answer are committed together. Of several at once the others wait for the first.
    What `work` raises takes the key back with it, so that it is free again.

    Raises InvalidDataError for a text that is no key, IdempotencyKeyReusedError where the key came with another request, and TryAgainError
    where the answer cannot be seen from this transaction: repeat the request in a new one.
    """
    if not connections[using].in_atomic_block:
        raise RuntimeError("answer_once() was called outside a transaction: key and effect have to be committed together.")
    check_key(key)
    asked = IdempotencyKey(
        company=company,
        owner=owner,
        key=key,
        key_hash=_hash_of(key, owner=owner, company=company),
        fingerprint=fingerprint,
        method=method,
        path=path,
    )
    found = _found(asked, using=using)
    if found is not None:
        return found
    try:
        # One savepoint for all of it: whoever catches what the work raises, and goes on, has not used the key.
        with atomically(using):
            return _first_answer(asked, work, using=using)
    except _KeyTakenError:
        found = _found(asked, using=using)
        if found is None:
            # An old snapshot does not show the row that stands in the way; or it is gone again.
            raise TryAgainError(reason=_("the same request is being answered")) from None
        return found


def check_key(key: str) -> None:
    """Raise InvalidDataError for a text that is no Idempotency-Key."""
    if len(key) > LONGEST_IDEMPOTENCY_KEY:
        raise InvalidDataError({HEADER: [_("It is too long: use up to {count} characters.").format(count=LONGEST_IDEMPOTENCY_KEY)]})
    if not _VISIBLE.fullmatch(key):
        raise InvalidDataError({HEADER: [_("Use visible ASCII characters, at least one, and no blanks: a UUID, for instance.")]})


def fingerprint_of(*, method: str, path: str, query: str, data: Any) -> str:
    """SHA-256 of what is asked for: tells whether a key comes again with another request.

    `data` is the parsed body. A file counts by name, size and content, and may be read afterwards from where it stood.
    """
    asked = {"method": method, "path": path, "query": query, "data": _comparable(data)}
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder).encode()).hexdigest()


def clear_keys(*, using: str, batch: int = 1000) -> int:
    """Delete the keys that are older than INVOICING_IDEMPOTENCY_DAYS, each batch by itself. Gives how many there were."""
    deleted = 0
    before = _oldest_valid()
    while True:
        keys = list(plain(IdempotencyKey, using=using).filter(created__lt=before).order_by("created").values_list("pk", flat=True)[:batch])
        if not keys:
            return deleted
        # Asked anew: whoever found the key expired meanwhile may have replaced it.
        deleted += plain(IdempotencyKey, using=using).filter(pk__in=keys, created__lt=before).delete()[0]


def _first_answer(asked: IdempotencyKey, work: Callable[[], Answer], *, using: str) -> Answer:
    try:
        asked.save(using=using, force_insert=True)
    except IntegrityError:
        raise _KeyTakenError from None
    answer = work()
    if connections[using].needs_rollback:
        # Leaving the savepoint would take the effect back, and say nothing.
        raise TryAgainError(reason=_("a step that failed could not be taken back by itself"))
    body = json.dumps(answer.body, cls=DjangoJSONEncoder)
    plain(IdempotencyKey, using=using).filter(pk=asked.pk).update(status=answer.status, body=body, headers=answer.headers)
    # Read back from what is kept, so that the first answer is no other than those that follow.
    return replace(answer, body=json.loads(body))


def _found(asked: IdempotencyKey, *, using: str) -> Answer | None:
    """The answer that is kept for a key, if there is one."""
    row = plain(IdempotencyKey, using=using).filter(key_hash=asked.key_hash).first()
    if row is None:
        return None
    if row.created < _oldest_valid():
        # Its time is over, whether or not somebody has cleared the keys: it is free.
        row.delete(using=using)
        return None
    if (row.fingerprint, row.method, row.path) != (asked.fingerprint, asked.method, asked.path):
        raise IdempotencyKeyReusedError(key=asked.key)
    if row.status is None:
        # Only whoever reads what is not committed sees it.
        raise TryAgainError(reason=_("the same request is being answered"))
    return Answer(status=row.status, body=json.loads(row.body), headers=dict(row.headers), is_replay=True)


def _oldest_valid() -> datetime:
    return timezone.now() - timedelta(days=conf.idempotency_days)


def _hash_of(key: str, *, owner: str, company: Company | None) -> str:
    return hashlib.sha256(json.dumps([company and company.pk, owner, key]).encode()).hexdigest()


def _comparable(data: Any) -> Any:
    """Parsed data as JSON can hold it: forms with all values of a field, files by what they hold."""
    if isinstance(data, MultiValueDict):
        return {name: [_comparable(value) for value in values] for name, values in data.lists()}
    if isinstance(data, Mapping):
        return {str(name): _comparable(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_comparable(value) for value in data]
    if isinstance(data, File):
        return {"name": data.name, "size": data.size, "sha256": _content_hash(data)}
    return data


def _content_hash(file: File[Any]) -> str:
    stood_at = file.tell()
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(stood_at)
    return digest.hexdigest()
