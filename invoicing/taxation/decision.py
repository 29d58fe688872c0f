"""What a policy answers: the rate, and everything that an invoice must be able to say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from invoicing.domain.choices import TaxCategory
from invoicing.exceptions import InvalidDataError

TAXED: Final = frozenset({TaxCategory.STANDARD, TaxCategory.CANARY_ISLANDS, TaxCategory.CEUTA_AND_MELILLA})
"""The categories that carry a rate above zero; the others never charge tax (EN 16931, BR-S-5, BR-Z-5, BR-E-5 …)."""

ALL: Final = Decimal(100)


def checked_rate(rate: object, *, field: str = "tax_rate") -> Decimal | None:
    """Return a rate in percent as a Decimal from 0 to 100, or None for no tax. Raises InvalidDataError for anything else."""
    if rate is None:
        return None
    if isinstance(rate, int) and not isinstance(rate, bool):
        rate = Decimal(rate)
    if not isinstance(rate, Decimal) or not rate.is_finite() or not 0 <= rate <= ALL:
        raise InvalidDataError({field: [f"A tax rate is a Decimal percentage from 0 to 100, or None for no tax; it cannot be {rate!r}."]})
    return rate


def percentage(rate: Decimal) -> str:
    """Write a rate for people: 25.5 %, 19 %."""
    return f"{_plain(rate)} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPart:
    """A share of the rate that the law names by itself, such as CGST 9 % of a GST of 18 %. `rate` is in percent."""

    name: str
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxDecision:
    """The answer of a policy.

    `rate` is in percent; None means that no tax is charged. `category` is the EN 16931 category (BT-151), `reason_code` the
    VATEX code (BT-121) of an untaxed one, `note` the text that the document must print, in the document's language.
    `explanation` says in one English sentence why, `citations` name the articles of law, `parts` split the rate where the law
    does, and `policy` is the dotted path of who decided. Raises InvalidDataError when rate, category and parts contradict one another.
    """

    rate: Decimal | None
    category: TaxCategory
    explanation: str
    reason_code: str = ""
    note: str = ""
    citations: tuple[str, ...] = ()
    parts: tuple[TaxPart, ...] = ()
    policy: str = ""

    def __post_init__(self) -> None:
        # Hosts write "S" and 19 as well; what is kept is always the same type.
        object.__setattr__(self, "rate", checked_rate(self.rate))
        try:
            object.__setattr__(self, "category", TaxCategory(self.category))
        except ValueError:
            known = ", ".join(TaxCategory.values)
            raise InvalidDataError({"tax_category": [f"{self.category!r} is not a tax category of EN 16931: {known}."]}) from None
        object.__setattr__(self, "citations", tuple(self.citations))
        object.__setattr__(self, "parts", tuple(self.parts))
        problem = _contradiction(self)
        if problem:
            raise InvalidDataError({"tax_rate": [problem]})

    @property
    def is_reverse_charge(self) -> bool:
        """Whether the customer owes the tax."""
        return self.category == TaxCategory.REVERSE_CHARGE

    @property
    def is_taxed(self) -> bool:
        """Whether tax above zero is charged."""
        return bool(self.rate)

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as JSON has it: rates as strings ("25.5"), None as null, sequences as lists."""
        return {
            "rate": None if self.rate is None else _plain(self.rate),
            "category": str(self.category.value),
            "explanation": self.explanation,
            "reason_code": self.reason_code,
            "note": self.note,
            "citations": list(self.citations),
            "parts": [{"name": part.name, "rate": _plain(part.rate)} for part in self.parts],
            "policy": self.policy,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> TaxDecision:
        """Read what `as_dict()` wrote; keys of later versions are passed over. Raises InvalidDataError for anything else."""
        try:
            return cls(
                rate=None if stored["rate"] is None else Decimal(stored["rate"]),
                category=stored["category"],
                explanation=stored.get("explanation", ""),
                reason_code=stored.get("reason_code", ""),
                note=stored.get("note", ""),
                citations=tuple(stored.get("citations", ())),
                parts=tuple(TaxPart(name=part["name"], rate=Decimal(part["rate"])) for part in stored.get("parts", ())),
                policy=stored.get("policy", ""),
            )
        except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
            raise InvalidDataError({"tax_decision": [f"This is not a stored tax decision: {error!r}."]}) from error


def _plain(rate: Decimal) -> str:
    """Write a Decimal without exponent and without trailing zeros: 20, 25.5."""
    text = format(rate, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _contradiction(decision: TaxDecision) -> str:
    """Say what cannot be true of a decision, blank when nothing is."""
    rate, category = decision.rate, decision.category
    if category in TAXED and rate is None:
        return f"Category {category.value} needs a rate."
    if category == TaxCategory.STANDARD and not rate:
        return "Category S needs a rate above 0; zero-rated is category Z."
    if category == TaxCategory.ZERO and rate is None:
        return "Category Z needs the rate 0."
    if category not in TAXED and rate:
        return f"Category {category.value} charges no tax, yet the rate is {percentage(rate)}."
    if decision.parts and sum(part.rate for part in decision.parts) != rate:
        return "The parts do not add up to the rate."
    return ""
