"""Wording: what a reminder says, in the language of the invoice. What was said is kept with its delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import override, pgettext

from invoicing.contrib.delivery.addresses import LONGEST_SUBJECT, one_line
from invoicing.contrib.delivery.models import DunningLevel
from invoicing.contrib.delivery.placeholders import filled
from invoicing.documents.formats import Notation
from invoicing.documents.languages import document_language
from invoicing.documents.payment import grouped_iban

TEMPLATE: Final = "invoicing/delivery/reminder"
"""The package's own template, without its ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One reminder in words: subject, message of the level if it has one, and what its template reads."""

    subject: str
    message: str
    template: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the words of a reminder depend on, beside the invoice."""

    on: date
    owed: Decimal
    reminded_on: date | None = None
    """When the customer was reminded last, after the due date."""
    charged: Decimal = Decimal(0)
    charge_number: str = ""


def worded(invoice: Any, *, level: DunningLevel, told: Told) -> Wording:
    """The reminder of a level in words."""
    language = document_language(invoice.language)
    with override(language):
        notation = Notation(language=language, currency=invoice.currency)
        values = _values(invoice, told, notation)
        subject = filled(level.subject, values) if level.subject else _subject(values, is_upcoming=told.on < invoice.date_due)
        paragraphs = _paragraphs(invoice, told, notation, values)
        facts = _facts(invoice, told, notation, values)
    context = {**values, "paragraphs": paragraphs, "facts": facts, "charge_number": told.charge_number}
    return Wording(
        subject=one_line(subject)[:LONGEST_SUBJECT].strip(),
        message=filled(level.message, values),
        template=level.template or TEMPLATE,
        context=context,
    )


def _values(invoice: Any, told: Told, notation: Notation) -> dict[str, str]:
    """What the places of a level's own texts are filled with."""
    return {
        "number": one_line(invoice.number),
        "date_issue": notation.day(invoice.date_issue).text,
        "date_due": notation.day(invoice.date_due).text,
        "to_pay": notation.money(told.owed).text,
        "days_overdue": str(max(0, (told.on - invoice.date_due).days)),
        "customer_name": one_line(invoice.customer_name),
        "supplier_name": one_line(invoice.supplier_name),
    }


def _subject(values: dict[str, str], *, is_upcoming: bool) -> str:
    if is_upcoming:
        return pgettext("mail", "Invoice {number} is due on {date_due}").format(**values)
    return pgettext("mail", "Payment reminder: invoice {number}").format(**values)


def _paragraphs(invoice: Any, told: Told, notation: Notation, values: dict[str, str]) -> list[str]:
    """The sentences of the package's own message."""
    said = [_opening(invoice, told).format(**values)]
    if told.reminded_on:
        text = pgettext("mail", "We already reminded you on {day}.")
        said.append(text.format(day=notation.day(told.reminded_on).text))
    if told.charge_number:
        text = pgettext("mail", "For the late payment we charge {amount}: see invoice {charge_number}.")
        said.append(text.format(amount=notation.money(told.charged).text, charge_number=told.charge_number))
    if told.on > invoice.date_due:
        said.append(pgettext("mail", "If you have paid in the meantime, please disregard this message."))
    return said


def _opening(invoice: Any, told: Told) -> str:
    if told.on < invoice.date_due:
        return pgettext("mail", "Invoice {number} of {date_issue} is due on {date_due}. {to_pay} is still to be paid.")
    if told.on == invoice.date_due:
        return pgettext("mail", "Invoice {number} of {date_issue} is due today. {to_pay} is still to be paid.")
    return pgettext("mail", "Invoice {number} of {date_issue} was due on {date_due}. {to_pay} is still to be paid.")


def _facts(invoice: Any, told: Told, notation: Notation, values: dict[str, str]) -> list[dict[str, Any]]:
    """What a customer needs to pay, by labels."""
    charged = f"{notation.money(told.charged).text} ({told.charge_number})" if told.charge_number else ""
    reference = invoice.reference or invoice.variable_symbol
    rows = [
        (pgettext("mail", "Number"), values["number"]),
        (pgettext("document", "Due date"), values["date_due"]),
        (pgettext("document", "To pay"), values["to_pay"]),
        (pgettext("mail", "Charged for late payment"), charged),
        ("IBAN", grouped_iban(invoice.bank_iban) or invoice.bank_iban),
        ("BIC", invoice.bank_swift_bic),
        (pgettext("document", "Reference"), reference),
    ]
    return [{"label": label, "text": text, "strong": text == values["to_pay"]} for label, text in rows if text]
