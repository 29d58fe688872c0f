"""What the tests of payments are about: documents of round amounts, payments over them, and what became of both."""

from datetime import date
from decimal import Decimal

from invoicing.contrib.payments.models import Allocation, Payment, PaymentEvent, Settlement
from invoicing.contrib.payments.services import receive_payment
from invoicing.models import get_invoice_model
from tests.factories import SOMMER, columns, line, make_issued_invoice

Invoice = get_invoice_model()

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
"""Days after the issue of the invoices of `tests.factories`, and before they are due."""


def claim(net="1000", **fields):
    """An issued invoice at 19 %: 1,190.00 by default."""
    return make_issued_invoice([line(quantity=1, unit_price=Decimal(net))], **fields)


def early(net="1000", **fields):
    """An invoice that gives 2 % to whoever pays until Tuesday: 23.80 of 1,190.00."""
    return claim(net, early_discount_percent=Decimal(2), early_discount_until=TUESDAY, **fields)


def bill(net="1000", number="R-77", **fields):
    """An invoice that a supplier sent us."""
    return claim(net, origin="RECEIVED", number=number, **{**columns("customer", SOMMER), **fields})


def pay(invoices=None, amount="100", on=MONDAY, **facts):
    """Money of Monday."""
    return receive_payment(invoices, amount=amount, on=on, **facts)


def stands(invoice):
    """What the stored row says: paid, to pay, status, payment status, whether it has a day of payment."""
    row = Invoice.objects.get(pk=invoice.pk)
    return (str(row.already_paid), str(row.to_pay), row.status, row.payment_status.value, row.date_paid is not None)


def settled(invoice):
    """What the row that counts says: due, settled, and since when."""
    row = Settlement.objects.get(pk=invoice.pk)
    return (f"{row.due:.2f}", f"{row.settled:.2f}", row.settled_on)


def rows_of(document):
    """The allocations of a document: kind, amount, day."""
    return [(row.kind, str(row.amount), row.date) for row in Allocation.objects.of_document(document.pk)]


def history_of(payment):
    """The kinds of what happened to a payment."""
    return [event.kind for event in PaymentEvent.objects.filter(payment=payment)]


def everything():
    """All that payments have written, to see that nothing was."""
    return (
        list(Payment.objects.order_by("pk").values()),
        list(Allocation.objects.order_by("pk").values()),
        list(Settlement.objects.order_by("pk").values()),
        PaymentEvent.objects.count(),
        list(Invoice.objects.order_by("pk").values()),
    )
