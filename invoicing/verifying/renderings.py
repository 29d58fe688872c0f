"""The stored renderings that events speak of, beside what the events say of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from invoicing.domain.choices import EventKind
from invoicing.models import InvoiceEvent, StoredDocument
from invoicing.models.locking import plain


def wrong_renderings(page: Sequence[InvoiceEvent], *, using: str) -> Iterator[tuple[InvoiceEvent, str, str]]:
    """The events of a page whose rendering is not what they say: each with the column that differs, and a sentence's end.

    Bytes are read one rendering at a time.
    """
    told = [event for event in page if event.kind == EventKind.STORED and event.invoice_id is not None]
    if not told:
        return
    keys = {event.invoice_id for event in told}
    rows = plain(StoredDocument, using=using).filter(invoice_id__in=keys)
    stored = {(row.invoice_id, row.role): row for row in rows.defer("content")}
    erased = set(plain(InvoiceEvent, using=using).filter(invoice_id__in=keys, kind=EventKind.ERASED).values_list("invoice_id", flat=True))
    for event in told:
        data = event.data if isinstance(event.data, dict) else {}
        row = stored.get((event.invoice_id, data.get("role")))
        if row is None:
            yield event, "id", "tells of a rendering that is not there any more."
        elif row.sha256 != data.get("sha256"):
            yield event, "sha256", f"tells of another rendering than {row.name}: its SHA-256 is not the one that was entered."
        else:
            yield from ((event, "content", what) for what in _bytes(row, is_erased=event.invoice_id in erased, using=using))


def _bytes(row: Any, *, is_erased: bool, using: str) -> Iterator[str]:
    content = plain(StoredDocument, using=using).values_list("content", flat=True).get(pk=row.pk)
    if content is None and not is_erased:
        yield f"tells of {row.name}, whose bytes are gone, and no erasure is on record."
    elif content is not None and not row.fits(content):
        yield f"tells of {row.name}, whose bytes are not those that were stored."
