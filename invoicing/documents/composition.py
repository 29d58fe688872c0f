"""From an invoice to its DocumentContext, at a few queries however many items there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import pgettext

from invoicing.documents.addresses import issuer_block, party_block
from invoicing.documents.context import Correction, DocumentContext, LineRow, Money, PartyBlock
from invoicing.documents.formats import Notation
from invoicing.documents.languages import document_language
from invoicing.documents.look import look_of
from invoicing.documents.payment import early_discount, payment_block
from invoicing.documents.payment_codes.codes import codes_on_paper
from invoicing.documents.taxes import tax_names, tax_rows
from invoicing.documents.units import unit_on_paper
from invoicing.domain.amounts import add_up
from invoicing.domain.choices import InvoiceType, Origin, Status

WIDE = 13
"""Characters of an amount that no longer fit into the ordinary columns."""

WIDE_QUANTITY = 10
"""Characters of a quantity that do not."""


def document_context(invoice: Any) -> DocumentContext:
    """All that the template of a document may read, in the document's language. Fills open fields of an unsaved document."""
    if invoice.pk is None:
        invoice.fill_open_fields()
    language = document_language(invoice.language)
    at_hand: AbstractContextManager[None] = invoice.items_at_hand() if invoice.pk else nullcontext()
    with translation.override(language), at_hand:
        return _compose(invoice, notation=Notation(language=language, currency=invoice.currency))


def _compose(invoice: Any, *, notation: Notation) -> DocumentContext:
    home = str(invoice.supplier_country or "")
    tax_name, tax_id_name = tax_names(home)
    lines = tuple(_lines(invoice, notation=notation))
    totals = invoice.totals()
    balance_name, balance = _balance(invoice)
    total = notation.money(invoice.total)
    payment_code, swiss_bill = codes_on_paper(invoice, language=notation.language)
    return DocumentContext(
        language=notation.language,
        direction="rtl" if translation.get_language_bidi() else "ltr",
        type=invoice.type,
        origin=invoice.origin,
        status=invoice.status,
        heading=invoice.get_type_display(),
        number=invoice.number,
        register_number=str(invoice.sequence or "") if invoice.origin == Origin.RECEIVED else "",
        title=invoice.title,
        watermark=_watermark(invoice.status),
        look=look_of(invoice),
        date_issue=notation.day(invoice.date_issue),
        date_tax_point=notation.day(invoice.date_tax_point),
        states_supply=_states_supply(invoice),
        date_due=notation.day(invoice.date_due),
        buyer_reference=invoice.buyer_reference,
        order_reference=invoice.order_reference,
        corrects=_corrections(invoice, notation=notation),
        supplier=party_block(invoice, prefix="supplier", home=str(invoice.customer_country or home)),
        customer=party_block(invoice, prefix="customer", home=home),
        delivery=_delivery(invoice, home=home),
        delivery_method=capfirst(invoice.get_delivery_method_display()),
        issuer=issuer_block(invoice),
        lines=lines,
        has_unit=invoice.has_unit,
        has_discount=invoice.has_discount,
        has_tax=any(line.rate for line in lines),
        is_wide=_is_wide(lines, total=total),
        currency=invoice.currency,
        tax_name=tax_name,
        tax_id_name=tax_id_name,
        taxes=tuple(tax_rows(invoice, notation=notation, name=tax_name)),
        net_total=notation.money(totals.net),
        vat=None if totals.vat is None else notation.money(totals.vat),
        credit=_unless_zero(invoice.credit, notation=notation),
        discount=_unless_zero(_net_discount(invoice), notation=notation),
        total=total,
        already_paid=_unless_zero(invoice.already_paid, notation=notation),
        to_pay=notation.money(invoice.to_pay),
        balance_name=balance_name,
        balance=None if balance is None else notation.money(balance),
        payment=payment_block(invoice),
        early_discount=early_discount(invoice, notation=notation),
        payment_code=payment_code,
        swiss_bill=swiss_bill,
        tax_notes=tuple(invoice.tax_notes),
        note=invoice.note,
        metadata=MappingProxyType(deepcopy(invoice.metadata or {})),
    )


def _is_wide(lines: Iterable[LineRow], *, total: Money) -> bool:
    """Whether figures are too long for the ordinary columns."""
    amounts = (total, *(money for line in lines for money in (line.unit_price, line.net)))
    return any(len(money.figure) >= WIDE for money in amounts) or any(len(line.quantity.text) >= WIDE_QUANTITY for line in lines)


def _items(invoice: Any) -> Iterable[Any]:
    items: Iterable[Any] = () if invoice._state.adding else invoice.item_set.all()
    return items


def _net_discount(invoice: Any) -> Decimal:
    """What the discounts take off the net amounts, as the lines show it."""
    saved = (item.subtotal_before_discount - item.subtotal for item in _items(invoice))
    return add_up(saved, currency=invoice.currency)


def _states_supply(invoice: Any) -> bool:
    """Whether the date of supply is said: not on an offer, and on an advance only where it is another day (Art. 226(7))."""
    if invoice.type == InvoiceType.ADVANCE:
        return bool(invoice.date_tax_point != invoice.date_issue)
    return bool(invoice.type != InvoiceType.PROFORMA)


def _lines(invoice: Any, *, notation: Notation) -> Iterator[LineRow]:
    for position, item in enumerate(_items(invoice), start=1):
        yield LineRow(
            position=str(position),
            title=item.title,
            description=item.description,
            quantity=notation.number(item.quantity),
            unit=unit_on_paper(item.unit),
            unit_price=notation.unit_price(item.unit_price),
            discount=notation.percentage(item.discount) if item.discount else None,
            rate=None if item.tax_rate is None else notation.percentage(item.tax_rate),
            net=notation.money(invoice.line(item).net),
        )


def _corrections(invoice: Any, *, notation: Notation) -> tuple[Correction, ...]:
    """The documents that a credit note takes something back of, the earliest first."""
    if invoice.type != InvoiceType.CREDIT_NOTE or not invoice.pk:
        return ()
    originals = invoice.related_invoices.exclude(type=InvoiceType.CREDIT_NOTE).order_by("date_issue", "pk")
    found = originals.values_list("number", "date_issue")
    return tuple(Correction(number=number, date_issue=notation.day(day)) for number, day in found if number)


def _delivery(invoice: Any, *, home: str) -> PartyBlock | None:
    """Where it is delivered to, if that is somewhere else than the customer's address."""
    block = party_block(invoice, prefix="shipping", home=home)
    customer = party_block(invoice, prefix="customer", home=home)
    is_elsewhere = (block.name or customer.name, block.address) != (customer.name, customer.address)
    return block if (block.name or block.address) and is_elsewhere else None


def _balance(invoice: Any) -> tuple[str, Decimal | None]:
    """What stands out at the end of the totals, and what it is called; nothing where nobody owes anything any more."""
    if invoice.status in {Status.CANCELED, Status.CREDITED}:
        return "", None
    if invoice.type == InvoiceType.CREDIT_NOTE:
        return pgettext("document", "Amount credited"), invoice.total
    if invoice.to_pay < 0:
        return pgettext("document", "Overpaid"), -invoice.to_pay
    return pgettext("document", "To pay"), invoice.to_pay


def _watermark(status: str) -> str:
    if status == Status.DRAFT:
        return pgettext("document", "Draft")
    return pgettext("document", "Canceled") if status == Status.CANCELED else ""


def _unless_zero(amount: Decimal, *, notation: Notation) -> Money | None:
    return notation.money(amount) if amount else None
