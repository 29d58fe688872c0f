"""What payments tell, always after the fact and inside its transaction. Each sends `sender` (Payment) and `payment`."""

from django.dispatch import Signal

payment_received = Signal()
"""Money came in or went out: a payment is recorded as RECEIVED, or a pending one was confirmed."""

payment_allocated = Signal()
"""Allocations were written: of a payment, or without one (a credit note, a write-off). Sends `allocations`; `payment` may be None."""

payment_failed = Signal()
"""A pending payment failed. Sends `reason`."""

payment_reversed = Signal()
"""A payment was taken back, and its allocations undone. Sends `reason`."""

payment_refunded = Signal()
"""Money was paid back. `payment` is the one that goes out."""
