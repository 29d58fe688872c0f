"""Goods and Services Tax of India: two halves within a state, one tax between states, none on exports (CGST and IGST Acts, 2017)."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final

from invoicing.domain.choices import Supply, TaxCategory, TaxClass
from invoicing.exceptions import InvalidDataError
from invoicing.taxation.decision import TaxDecision, TaxPart, checked_rate, percentage
from invoicing.taxation.facts import TaxFacts
from invoicing.taxation.grounds import UNTAXED, Ground
from invoicing.taxation.policy import TaxationPolicy
from invoicing.taxation.rate_tables import rate_table
from invoicing.taxation.territories import territory

INDIA: Final = "IN"

EXPORT: Final = Ground(
    category=TaxCategory.EXPORT,
    note="india_export",
    citations=("IGST Act 2017, s. 16(1)(a)", "IGST Act 2017, s. 16(3)", "CGST Rules 2017, r. 46"),
)
EXEMPT: Final = Ground(category=TaxCategory.EXEMPT, note="india_exempt", citations=("CGST Act 2017, s. 11",))


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state or union territory. `local_tax` names its half of the tax: SGST, or UTGST in a territory without legislature."""

    gst_code: str
    name: str
    local_tax: str


class IndiaGSTPolicy(TaxationPolicy):
    """Decides for suppliers in India.

    Within a state the rate is split in halves (CGST and SGST or UTGST), between states it is IGST; exports are zero-rated, without
    payment of tax under a letter of undertaking. States are read from `supplier_state` and `customer_state` (MH, IN-MH, 27 or
    Maharashtra), else from the first two digits of the GSTIN. Reverse charge (s. 9(3), 9(4)), SEZ supplies, the composition
    scheme and cess are for a subclass.
    """

    tax_rates: ClassVar[Mapping[TaxClass, Decimal]] = MappingProxyType({})
    """Rates in percent that go before those of rates/india.csv."""

    @classmethod
    def rate(cls, tax_class: str, *, on: date) -> Decimal:
        """Return the rate in percent of a class on a day, 0 for ZERO; beside the classes, "DEMERIT" has a row (28, since 2025-09-22 40).

        Raises InvalidDataError for a class that has no rate then. Source: rates/india.csv.
        """
        own = checked_rate(cls.tax_rates.get(TaxClass(tax_class))) if tax_class in TaxClass.values else None
        if own is not None:
            return own
        return Decimal(0) if tax_class == TaxClass.ZERO else rate_table("india").find(INDIA, str(tax_class), on=on).rate

    @classmethod
    def decide(cls, facts: TaxFacts) -> TaxDecision:
        """Return the decision on one supply. Raises InvalidDataError when a country or a state is missing or unknown."""
        if not facts.supplier_vat_id:
            return UNTAXED.decision(facts, explanation="The supplier has no GSTIN, so it charges no GST.")
        supplier = territory(facts.supplier_country, field="supplier_country") or INDIA
        if supplier != INDIA:
            raise InvalidDataError({"supplier_country": [f"IndiaGSTPolicy decides for suppliers in India, not in {supplier}."]})
        destination = _destination(facts)
        if destination != INDIA:
            return EXPORT.decision(facts, explanation=f"The supply leaves India for {destination}: zero-rated, without payment of IGST.")
        if facts.tax_class == TaxClass.EXEMPT:
            return EXEMPT.decision(facts, explanation="The product is exempt from GST.")
        rate = cls.rate(facts.tax_class, on=facts.on)
        if not rate:
            explanation = "The product is nil-rated."
            return TaxDecision(rate=rate, category=TaxCategory.ZERO, explanation=explanation, citations=("CGST Act 2017, s. 9(1)",))
        return _charge(facts, rate=rate)


def find_state(text: str, *, gstin: str = "", field: str = "state") -> State:
    """Return the state that a code or name stands for, or the one in the GSTIN when `text` is blank.

    Raises InvalidDataError, naming `field`, when neither names a state.
    """
    digits = re.match(r"[0-9]{2}", gstin.strip())
    word = text.strip().upper().removeprefix("IN-") or (digits.group() if digits else "")
    if not word:
        raise InvalidDataError({field: ["The state is needed to tell CGST and SGST from IGST: give its code (MH or 27) or a GSTIN."]})
    state = _states().get(word.zfill(2) if word.isdigit() else word)
    if state is None:
        raise InvalidDataError({field: [f"“{word}” is not a state of India: use its two letters (MH), its GST code (27) or its name."]})
    return state


def _charge(facts: TaxFacts, *, rate: Decimal) -> TaxDecision:
    """Charge a rate: halves when both are in one state, IGST otherwise."""
    supplier = find_state(facts.supplier_state, gstin=facts.supplier_vat_id, field="supplier_state")
    customer = find_state(facts.customer_state, gstin=facts.customer_vat_id, field="customer_state")
    parts: tuple[TaxPart, ...] = (TaxPart(name="IGST", rate=rate),)
    why = f"from {supplier.name} to {customer.name}, so IGST is due"
    law: tuple[str, ...] = ("IGST Act 2017, s. 5(1)", "IGST Act 2017, s. 7")
    if supplier == customer:
        parts = (TaxPart(name="CGST", rate=rate / 2), TaxPart(name=supplier.local_tax, rate=rate / 2))
        why = f"supplier and customer are both in {supplier.name}, so CGST and {supplier.local_tax} are half each"
        law = ("IGST Act 2017, s. 8", "CGST Act 2017, s. 9(1)", f"{supplier.local_tax} Act 2017")
    explanation = f"GST {percentage(rate)}: {why}."
    return TaxDecision(rate=rate, category=TaxCategory.STANDARD, explanation=explanation, citations=law, parts=parts)


def _destination(facts: TaxFacts) -> str:
    """Return the country that goods go to or a service's customer is in; India when nothing says otherwise."""
    shipped = territory(facts.shipping_country, field="shipping_country") if facts.supply == Supply.GOODS else ""
    return shipped or territory(facts.customer_country, field="customer_country") or INDIA


@cache
def _states() -> dict[str, State]:
    """Read rates/india_states.csv: every spelling of a state, in upper case."""
    states: dict[str, State] = {}
    with (Path(__file__).parent / "rates" / "india_states.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            state = State(gst_code=line["gst_code"], name=line["name"], local_tax=line["local_tax"])
            spellings = [line["gst_code"], line["code"], line["name"].upper(), *line["also"].split()]
            states.update(dict.fromkeys(spellings, state))
    return states
