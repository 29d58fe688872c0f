"""ItemBatch: many items saved one by one, the invoice locked once and its totals computed once."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from django.db import connections
from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvalidDataError
from invoicing.models.locking import atomically

ATTRIBUTE = "_invoicing_batches"


def open_batch(invoice_id: Any, *, using: str) -> Any:
    """The locked row of the invoice whose batch is open here, or None. Its items leave lock and totals to the batch."""
    return _open_batches(using).get(invoice_id)


def _open_batches(using: str) -> dict[Any, Any]:
    # What is batched belongs to the transaction, and so to the connection: threads and tasks have connections of their own.
    batches: dict[Any, Any] = vars(connections[using]).setdefault(ATTRIBUTE, {})
    return batches


class ItemBatch:
    """The `with` block of `invoice.batch()`. Batches may be nested; the outermost does the work."""

    def __init__(self, invoice: Any) -> None:
        if invoice._state.adding:
            raise InvalidDataError({"invoice": [_("Save the invoice before its items.")]})
        self.invoice = invoice
        self.using = invoice.write_database()

    def __enter__(self) -> Any:
        self.is_outermost = open_batch(self.invoice.pk, using=self.using) is None
        if self.is_outermost:
            self.transaction = atomically(self.using)
            self.transaction.__enter__()
            try:
                self.row = type(self.invoice).lock_open(self.invoice.pk, using=self.using)
            except BaseException as error:
                self.transaction.__exit__(type(error), error, error.__traceback__)
                raise
            _open_batches(self.using)[self.invoice.pk] = self.row
        return self.invoice

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self.is_outermost:
            return
        del _open_batches(self.using)[self.invoice.pk]
        try:
            # An invoice that was issued inside the block got its totals then, and is frozen since.
            if kind is None and (not self.row.is_issued or self.row.is_under_repair):
                self.row.store_totals(using=self.using)
                self.invoice.show_totals_of(self.row)
        except BaseException as failure:
            self.transaction.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self.transaction.__exit__(kind, error, trace)
