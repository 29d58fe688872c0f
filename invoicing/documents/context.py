"""DocumentContext: all that a template may read, as plain values that lead nowhere else.

No model, queryset or request is within reach, so nothing that a template does can read more, change a row or call a method that
does. Texts are written in the document's language; amounts, numbers and days carry the value as well, for a template that
wants to write them in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `figure` is 1,234.50 and `text` EUR 1,234.50, in the document's language. Shows as `text`."""

    value: Decimal
    figure: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity or a percentage, and how it is written. Shows as `text`."""

    value: Decimal
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and how it is written. Shows as `text`."""

    value: date
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that is known by a label; the label may be blank."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyBlock:
    """A supplier (BG-4), a customer (BG-7) or whoever takes the delivery (BG-13)."""

    name: str
    address: tuple[str, ...]
    country: str = ""
    registration_id: str = ""
    tax_id: str = ""
    vat_id: str = ""
    email: str = ""
    phone: str = ""
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One line (BG-25). `discount` and `rate` are None where there is none."""

    position: str
    title: str
    description: str
    quantity: Number
    unit: str
    unit_price: Money
    discount: Number | None
    rate: Number | None
    net: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """What the lines of one tax category and rate add up to (BG-23); a tax that the law splits has a row for each part."""

    name: str
    rate: Number | None
    base: Money
    tax: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentBlock:
    """How to pay what is left (BG-16). `account` is an IBAN in groups of four, or an account number as it was entered."""

    method: str
    is_transfer: bool
    account: str
    is_iban: bool
    bic: str
    bank: str
    reference: str
    constant_symbol: str
    specific_symbol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyDiscount:
    """What is saved by paying soon (BT-20): `amount` off until `until`, so that `to_pay` is left."""

    percent: Number
    amount: Money
    until: Day
    to_pay: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCode:
    """What a banking app scans: `kind` for programs, `name` and `label` for people, `image` as a data URL."""

    kind: str
    name: str
    label: str
    payload: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwissBill:
    """Receipt and payment part of a Swiss QR-bill: every heading and value as it is printed, `image` as a data URL."""

    receipt_heading: str
    payment_part_heading: str
    account_heading: str
    reference_heading: str
    additional_information_heading: str
    payable_by_heading: str
    currency_heading: str
    amount_heading: str
    acceptance_point: str
    separate: str
    account: str
    creditor: tuple[str, ...]
    reference: str
    additional_information: str
    debtor: tuple[str, ...]
    currency: str
    amount: str
    payload: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A document that a credit note corrects (BG-3)."""

    number: str
    date_issue: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the document is dressed: `foot_height` in millimetres, colours as #rrggbb.

    `on_accent` can be read on `accent`, `accent_text` on white.
    """

    accent: str
    on_accent: str
    accent_text: str
    paper: str
    logo: str
    footer: str
    foot_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContext:
    """A document as its template sees it; blank texts, None and empty tuples stand for what it does not have."""

    language: str
    direction: str
    type: str
    origin: str
    status: str
    heading: str
    number: str
    register_number: str
    title: str
    watermark: str
    look: Look

    date_issue: Day
    date_tax_point: Day
    states_supply: bool
    date_due: Day
    buyer_reference: str
    order_reference: str
    corrects: tuple[Correction, ...]

    supplier: PartyBlock
    customer: PartyBlock
    delivery: PartyBlock | None
    delivery_method: str
    issuer: PartyBlock | None

    lines: tuple[LineRow, ...]
    has_unit: bool
    has_discount: bool
    has_tax: bool
    is_wide: bool

    currency: str
    tax_name: str
    tax_id_name: str
    taxes: tuple[TaxRow, ...]
    net_total: Money
    vat: Money | None
    credit: Money | None
    discount: Money | None
    total: Money
    already_paid: Money | None
    to_pay: Money
    balance_name: str
    balance: Money | None
    payment: PaymentBlock | None
    early_discount: EarlyDiscount | None
    payment_code: PaymentCode | None
    swiss_bill: SwissBill | None

    tax_notes: tuple[str, ...]
    note: str
    metadata: Mapping[str, Any]
