"""What the law asks an invoice to say: Art. 226 and 226b of Directive 2006/112/EC, one rule an entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.domain.choices import InvoiceType, Origin, TaxCategory


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue; whoever shows it translates it."""
    return sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class LineContent:
    """What a rule may read of a line."""

    title: str
    unit_price: Decimal
    tax_rate: Decimal | None
    tax_category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a rule may read of a document."""

    type: str
    origin: str
    number: str
    date_issue: date | None
    date_tax_point: date | None
    currency: str
    supplier_name: str
    supplier_address: str
    supplier_country: str
    supplier_vat_id: str
    supplier_tax_id: str
    customer_name: str
    customer_address: str
    customer_country: str
    customer_vat_id: str
    corrects: bool
    tax_notes: tuple[str, ...]
    note: str
    lines: tuple[LineContent, ...]

    def has_category(self, *categories: str) -> bool:
        """Whether a line falls under one of the tax categories."""
        return any(line.tax_category in categories for line in self.lines)

    @property
    def is_taxed(self) -> bool:
        """Whether a line charges tax."""
        return any(line.tax_rate for line in self.lines)


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand: the article it stands in, the field to mend, and when it is met."""

    article: str
    field: str
    sentence: str
    is_met: Callable[[Content], bool]


def _says_what_was_supplied(content: Content) -> bool:
    return bool(content.lines) and all(line.title.strip() for line in content.lines)


def _shifts_tax(content: Content) -> bool:
    return content.has_category(TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY)


BASIC = (
    Rule("", "items", _("Add at least one item."), lambda content: bool(content.lines)),
    Rule("", "items", _("Give every item a title."), lambda content: all(line.title.strip() for line in content.lines)),
    Rule("", "supplier_name", _("Say who supplies."), lambda content: bool(content.supplier_name.strip())),
    Rule("", "customer_name", _("Say who the customer is."), lambda content: bool(content.customer_name.strip())),
    Rule(
        "",
        "number",
        _("Enter the number that the supplier gave the invoice."),
        lambda content: content.origin != Origin.RECEIVED or bool(content.number),
    ),
)

SIMPLIFIED = (
    Rule("Art. 226b(a)", "date_issue", _("Enter the date of issue."), lambda content: content.date_issue is not None),
    Rule("Art. 226b(b)", "supplier_name", _("Say who supplies."), lambda content: bool(content.supplier_name.strip())),
    Rule("Art. 226b(c)", "items", _("Add at least one item, each with a title."), _says_what_was_supplied),
    Rule(
        "Art. 226b(e)",
        "related_invoices",
        _("Name the invoice that the credit note corrects."),
        lambda content: content.type != InvoiceType.CREDIT_NOTE or content.origin == Origin.RECEIVED or content.corrects,
    ),
    Rule(
        "",
        "number",
        _("Enter the number that the supplier gave the invoice."),
        lambda content: content.origin != Origin.RECEIVED or bool(content.number),
    ),
)

FULL = (
    Rule("Art. 226(1)", "date_issue", _("Enter the date of issue."), lambda content: content.date_issue is not None),
    Rule(
        "Art. 226(2)",
        "number",
        _("Enter the number that the supplier gave the invoice."),
        lambda content: content.origin != Origin.RECEIVED or bool(content.number),
    ),
    Rule(
        "Art. 226(3)",
        "supplier_vat_id",
        _("Enter the supplier's VAT id: the invoice charges tax or shifts it to the customer."),
        lambda content: bool(content.supplier_vat_id) or not (content.is_taxed or _shifts_tax(content)),
    ),
    Rule(
        "Art. 226(4)",
        "customer_vat_id",
        _("Enter the customer's VAT id: the customer owes the tax, or it is an intra-community supply."),
        lambda content: bool(content.customer_vat_id) or not _shifts_tax(content),
    ),
    Rule("Art. 226(5)", "supplier_name", _("Enter the supplier's full name."), lambda content: bool(content.supplier_name.strip())),
    Rule("Art. 226(5)", "supplier_street", _("Enter the supplier's address."), lambda content: bool(content.supplier_address.strip())),
    Rule("Art. 226(5)", "supplier_country", _("Enter the supplier's country."), lambda content: bool(content.supplier_country)),
    Rule("Art. 226(5)", "customer_name", _("Enter the customer's full name."), lambda content: bool(content.customer_name.strip())),
    Rule("Art. 226(5)", "customer_street", _("Enter the customer's address."), lambda content: bool(content.customer_address.strip())),
    Rule("Art. 226(5)", "customer_country", _("Enter the customer's country."), lambda content: bool(content.customer_country)),
    Rule("Art. 226(6)", "items", _("Add at least one item, each with a title."), _says_what_was_supplied),
    Rule("Art. 226(7)", "date_tax_point", _("Enter the date of supply or payment."), lambda content: content.date_tax_point is not None),
    Rule(
        "Art. 226(11a)",
        "tax_decisions",
        _("Say why no tax is charged, in the words of the law: call recalculate_tax(), or write them into note."),
        lambda content: bool(content.tax_notes) or not _shifts_tax(content),
    ),
    Rule(
        "Art. 226(11)",
        "tax_decisions",
        _("Say why no tax is charged: call recalculate_tax(), or state it in note."),
        lambda content: bool(content.tax_notes or content.note) or not content.has_category(TaxCategory.EXEMPT),
    ),
    Rule(
        "Art. 219",
        "related_invoices",
        _("Name the invoice that the credit note corrects."),
        lambda content: content.type != InvoiceType.CREDIT_NOTE or content.origin == Origin.RECEIVED or content.corrects,
    ),
)

RULE_SETS: dict[str, tuple[Rule, ...]] = {"EU": FULL, "EU_SIMPLIFIED": SIMPLIFIED, "BASIC": BASIC, "NONE": ()}


def broken_rules(content: Content, *, rule_set: str) -> list[Rule]:
    """The rules that a document does not meet, all at once."""
    return [rule for rule in RULE_SETS[rule_set] if not rule.is_met(content)]
