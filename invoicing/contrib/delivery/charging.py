"""Charging for late payment: what a level costs, and the document that claims it. The invoice itself never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import override, pgettext

from invoicing.contrib.delivery.interest import DatedRate, Interest, Part, fixed_rate, late_interest, legal_rates
from invoicing.contrib.delivery.models import DunningLevel, InterestKind
from invoicing.documents.formats import Notation
from invoicing.documents.languages import document_language
from invoicing.domain.choices import InvoiceType, Status, TaxCategory, Unit
from invoicing.domain.money import quantise
from invoicing.taxation.decision import TaxDecision
from invoicing.taxation.territories import is_in_eu

ZERO = Decimal(0)

BLANK_TEXTS = (
    *("title", "note", "internal_note", "reference", "constant_symbol", "variable_symbol", "specific_symbol"),
    *("delivery_method", "payment_method"),
    *(f"shipping_{key}" for key in ("name", "street", "zip", "city", "state", "country")),
)
"""The columns of the invoice that say something of its own supply or payment."""


class Note(StrEnum):
    """Why a level charged less than it says."""

    FEE_CURRENCY = "FEE_CURRENCY"
    """The fee is in another currency than the invoice."""
    RATE_UNKNOWN = "RATE_UNKNOWN"
    """No legal rate is known for the supplier's country and this kind of customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What a reminder costs the customer."""

    fee: Decimal = ZERO
    interest: Interest | None = None
    notes: tuple[Note, ...] = ()

    @property
    def interest_amount(self) -> Decimal:
        """The interest, 0 where there is none."""
        return self.interest.amount if self.interest else ZERO

    @property
    def total(self) -> Decimal:
        """Fee and interest."""
        return self.fee + self.interest_amount


def charges_of(level: DunningLevel, *, invoice: Any, owed: Decimal, after: date, on: date) -> Charges:
    """What a level charges for an invoice on a day: its fee, and interest on what is owed from the day after `after` to that day."""
    notes: list[Note] = []
    fee = ZERO
    if level.fee and level.currency == invoice.currency:
        fee = quantise(level.fee, invoice.currency)
    elif level.fee:
        notes.append(Note.FEE_CURRENCY)
    rates: tuple[DatedRate, ...] = ()
    if level.interest == InterestKind.RATE and level.interest_rate is not None:
        rates = fixed_rate(level.interest_rate)
    elif level.interest == InterestKind.LEGAL:
        rates = legal_rates(str(invoice.supplier_country or ""), is_business=owes_as_business(invoice))
        if not rates:
            notes.append(Note.RATE_UNKNOWN)
    interest = late_interest(owed, rates=rates, after=after, until=on, currency=invoice.currency) if rates else None
    return Charges(fee=fee, interest=interest, notes=tuple(notes))


def owes_as_business(invoice: Any) -> bool:
    """Whether the customer is a business: as the address book says, else whoever has a VAT id."""
    known = invoice.party.is_business if invoice.party else None
    return bool(invoice.customer_vat_id) if known is None else known


def make_charge_invoice(invoice: Any, *, charges: Charges, on: date, using: str) -> Any:
    """Make and issue the invoice over fee and interest, related to the invoice that is late. It has its own due date."""
    made = invoice.unsaved_copy(
        type=InvoiceType.INVOICE,
        status=Status.DRAFT,
        date_issue=on,
        date_tax_point=on,
        date_due=None,
        credit=ZERO,
        attachments=None,
        metadata={},
        tax_decisions=[],
        customer_vat_id_check=None,
        # Also where the customer's payment term promises one: nobody pays a fee early.
        early_discount_percent=0,
        early_discount_until=None,
        **dict.fromkeys(BLANK_TEXTS, ""),
    )
    language = document_language(invoice.language)
    with override(language):
        made.keep_decisions([_decision(invoice).as_dict()])
        made.save_with_items(
            _lines(invoice, charges, Notation(language=language, currency=invoice.currency)), using=using, related=[invoice]
        )
    made.issue()
    return made


def _lines(invoice: Any, charges: Charges, notation: Notation) -> list[dict[str, Any]]:
    lines = []
    if charges.fee:
        title = pgettext("document", "Reminder fee for invoice {number}").format(number=invoice.number)
        lines.append(_line(title, charges.fee))
    if charges.interest and charges.interest.amount:
        title = pgettext("document", "Interest for late payment of invoice {number}").format(number=invoice.number)
        description = "\n".join(_part_text(part, notation) for part in charges.interest.parts)
        lines.append({**_line(title, charges.interest.amount), "description": description})
    return lines


def _line(title: str, amount: Decimal) -> dict[str, Any]:
    return {
        "title": title,
        "quantity": Decimal(1),
        "unit": Unit.EMPTY,
        "unit_price": amount,
        "tax_rate": None,
        "tax_category": TaxCategory.OUT_OF_SCOPE,
    }


def _part_text(part: Part, notation: Notation) -> str:
    # Translators: how interest came about, such as "5 December 2026 – 31 December 2026, days: 27, yearly rate: 10.27%".
    text = pgettext("document", "{first} – {last}, days: {days}, yearly rate: {rate}")
    return text.format(
        first=notation.day(part.first).text,
        last=notation.day(part.last).text,
        days=part.days,
        rate=notation.percentage(part.rate.rate).text,
    )


def _decision(invoice: Any) -> TaxDecision:
    """Why no tax is charged: what compensates for a delay is not paid for a supply."""
    explanation = "Compensation for late payment is not the price of a supply."
    if not is_in_eu(str(invoice.supplier_country or "")):
        return TaxDecision(rate=None, category=TaxCategory.OUT_OF_SCOPE, explanation=explanation)
    return TaxDecision(
        rate=None,
        category=TaxCategory.OUT_OF_SCOPE,
        reason_code="VATEX-EU-O",
        note=pgettext("document", "Compensation for late payment: not subject to VAT"),
        explanation=explanation,
        citations=("Directive 2006/112/EC, Art. 2(1)", "Court of Justice, judgment of 1 July 1982, 222/81 (BAZ Bausystem)"),
    )
