"""What a policy may know about a supply: plain values, collected by the caller, so that a decision can be repeated years later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final, TypeVar

from invoicing.domain.choices import Supply, TaxClass, VatIdAnswer
from invoicing.exceptions import InvalidDataError
from invoicing.taxation.decision import checked_rate

WordT = TypeVar("WordT", bound=Enum)

_TEXTS: Final = (
    *("language", "supplier_country", "supplier_state", "supplier_vat_id"),
    *("customer_country", "customer_state", "customer_vat_id", "shipping_country"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxFacts:
    """The facts of one supply.

    `on` is the day that the tax is due (the tax point). Countries are ISO 3166-1 alpha-2 codes in any case; EL, UK and XI are
    understood. Ids may contain spaces, dots and dashes. `customer_is_business=None` means: a business if its VAT id is well
    formed. `customer_vat_id_answer` is what the register said, None when nobody asked. `default_rate` (percent) is for policies
    without rates of their own. Values of the wrong kind raise InvalidDataError.
    """

    on: date
    language: str = "en"
    supplier_country: str = ""
    supplier_state: str = ""
    supplier_vat_id: str = ""
    customer_country: str = ""
    customer_state: str = ""
    customer_vat_id: str = ""
    customer_is_business: bool | None = None
    customer_vat_id_answer: VatIdAnswer | None = None
    shipping_country: str = ""
    supply: Supply = Supply.SERVICES
    tax_class: TaxClass = TaxClass.STANDARD
    one_stop_shop: bool = False
    require_verified_vat_id: bool = False
    default_rate: Decimal | None = None

    def __post_init__(self) -> None:
        if isinstance(self.on, datetime) or not isinstance(self.on, date):
            raise InvalidDataError({"on": [f"The day of a supply is a date, not {self.on!r}."]})
        for name in _TEXTS:
            # A country field hands out an object of its own that prints as the code.
            object.__setattr__(self, name, str(getattr(self, name) or "").strip())
        object.__setattr__(self, "supply", _word(self.supply, of=Supply, field="supply"))
        object.__setattr__(self, "tax_class", _word(self.tax_class, of=TaxClass, field="tax_class"))
        answer = _word(self.customer_vat_id_answer, of=VatIdAnswer, field="customer_vat_id_answer") if self.customer_vat_id_answer else None
        object.__setattr__(self, "customer_vat_id_answer", answer)
        object.__setattr__(self, "default_rate", checked_rate(self.default_rate, field="default_rate"))


def _word(value: object, *, of: type[WordT], field: str) -> WordT:
    """Read a word of a list of choices, whether it comes as member or as text."""
    try:
        return of(value)
    except ValueError:
        known = ", ".join(str(word.value) for word in of)
        raise InvalidDataError({field: [f"{value!r} is none of {known}."]}) from None
