"""What this library tells: news of an invoice, always after the fact and inside its transaction.

Every signal sends `sender` (the invoice model's class) and `invoice`; what it sends beside them stands next to it.
Work that must not be undone, such as mail, belongs in `transaction.on_commit`.
"""

from django.dispatch import Signal

invoice_numbered = Signal()
"""An invoice took its sequence and number."""

invoice_issued = Signal()
"""An invoice was issued: from now on it is frozen."""

invoice_sent = Signal()
"""An invoice became SENT."""

invoice_paid = Signal()
"""An invoice became PAID."""

invoice_reopened = Signal()
"""A paid invoice is owed again: what was paid was taken back. Sends `reason`."""

invoice_returned = Signal()
"""An invoice came back from its customer."""

invoice_canceled = Signal()
"""An invoice was canceled. Sends `reason`."""

invoice_credited = Signal()
"""A credit note was made. Sends `credit_note` and `whole` (True when nothing is left to credit)."""

invoice_written_off = Signal()
"""An invoice was given up as a bad debt. Sends `reason`."""

invoice_sent_to_collection = Signal()
"""An invoice went to debt collection. Sends `reason`."""

invoice_erased = Signal()
"""The personal data of an invoice was erased: whoever keeps copies of it erases them, too."""

invoice_copied = Signal()
"""A copy was made. Sends `copy`."""
