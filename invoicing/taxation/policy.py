"""The policy: facts in, decision out. A host subclasses it and writes one of its two methods; the other follows.

Whichever of `decide` and `get_tax_rate` stands lower in the class hierarchy is the one that counts. The other is made from it
when the class is made, so neither ever calls the other in a circle, and `super()` works in both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, TypeAlias

from invoicing.domain.choices import Supply, TaxCategory
from invoicing.exceptions import InvalidDataError
from invoicing.taxation.decision import TaxDecision, TaxPart, checked_rate, percentage
from invoicing.taxation.facts import TaxFacts
from invoicing.taxation.grounds import (
    EXEMPT_BY_LAW,
    EXPORT,
    EXPORT_BY_LAW,
    INTRA_COMMUNITY,
    NOT_REGISTERED,
    OUT_OF_SCOPE,
    REVERSE_CHARGE,
    UNTAXED,
    Ground,
)
from invoicing.taxation.territories import is_in_eu
from invoicing.taxation.trade import Trade

__all__ = ["TaxDecision", "TaxFacts", "TaxPart", "TaxationPolicy"]

RateAnswer: TypeAlias = Callable[[type[Any], TaxFacts], Decimal | None]
DecisionAnswer: TypeAlias = Callable[[type[Any], TaxFacts], TaxDecision]

_RATE: Final = "get_tax_rate"
_DECISION: Final = "decide"


class TaxationPolicy:
    """Decides what tax a supply bears. By itself it charges `facts.default_rate`.

    Override `get_tax_rate` (percent; None for no tax) when the rate is all you know: category, reason and the text that must be
    printed are found from the rate and the facts. Override `decide` to answer all of it. Both are classmethods. An answer that
    cannot be (a float, a rate below 0 or above 100) raises InvalidDataError.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _complete(cls)

    @classmethod
    def decide(cls, facts: TaxFacts) -> TaxDecision:
        """Return the decision on one supply."""
        return replace(explain_rate(facts.default_rate, facts), policy=_path(cls))

    @classmethod
    def get_tax_rate(cls, facts: TaxFacts) -> Decimal | None:
        """Return the rate in percent, None for no tax."""
        return facts.default_rate


def explain_rate(rate: object, facts: TaxFacts) -> TaxDecision:
    """Return the decision that a bare rate amounts to: S above 0, Z at 0, and for None the ground that fits the facts.

    Raises InvalidDataError when `rate` is no percentage.
    """
    sound = checked_rate(rate)
    if sound is None:
        return _explain_no_tax(facts)
    category = TaxCategory.STANDARD if sound else TaxCategory.ZERO
    return TaxDecision(rate=sound, category=category, explanation=f"The policy sets the rate: {percentage(sound)}.")


def _explain_no_tax(facts: TaxFacts) -> TaxDecision:
    """Find the ground on which a policy that only says “no tax” stands."""
    trade = Trade.of(facts)
    ground, why = _ground(trade, european=is_in_eu(trade.supplier))
    return ground.decision(facts, explanation=f"The policy charges no tax: {why}.")


def _ground(trade: Trade, *, european: bool) -> tuple[Ground, str]:
    """Return the ground that fits, and what speaks for it."""
    goods = trade.facts.supply == Supply.GOODS
    if not trade.facts.supplier_vat_id:
        return (NOT_REGISTERED if european else UNTAXED), "the supplier has no VAT id"
    if trade.is_domestic:
        return EXEMPT_BY_LAW, "the supply is domestic, so it takes it for exempt"
    if not trade.is_within_union:
        abroad = (EXPORT if european else EXPORT_BY_LAW) if goods else (OUT_OF_SCOPE if european else UNTAXED)
        return abroad, f"the supply goes to {trade.destination}"
    doubt = "the customer is no business" if not trade.is_business else trade.doubt()
    if doubt:
        return EXEMPT_BY_LAW, f"{doubt}, so it takes the supply for exempt"
    return (INTRA_COMMUNITY if goods else REVERSE_CHARGE), f"the customer is a business in {trade.destination}, another member state"


def _complete(cls: type[TaxationPolicy]) -> None:
    """Make the method that a new policy did not write from the one that it did, and hold both to their promises."""
    rate_at, decision_at = _height(cls, _RATE), _height(cls, _DECISION)
    if rate_at < decision_at:
        rates = _checked_rates(_written(cls, _RATE))
        _install(cls, rates=rates, decisions=_decisions_from(rates, above=cls))
    elif decision_at < rate_at:
        decisions = _checked_decisions(_written(cls, _DECISION))
        _install(cls, rates=_rates_from(decisions), decisions=decisions)
    elif rate_at == 0:
        _install(cls, rates=_checked_rates(_written(cls, _RATE)), decisions=_checked_decisions(_written(cls, _DECISION)))


def _install(cls: type[TaxationPolicy], *, rates: RateAnswer, decisions: DecisionAnswer) -> None:
    setattr(cls, _RATE, classmethod(rates))
    setattr(cls, _DECISION, classmethod(decisions))


def _height(cls: type, name: str) -> int:
    """Return how far up the hierarchy a method is written; 0 is the class itself."""
    return next(height for height, owner in enumerate(cls.__mro__) if name in vars(owner))


def _written(cls: type[TaxationPolicy], name: str) -> Callable[[type[Any], TaxFacts], Any]:
    """Return the method as it was written, to be called with the class and the facts."""
    method = vars(cls.__mro__[_height(cls, name)])[name]
    if not isinstance(method, (classmethod, staticmethod)):
        raise TypeError(f"{cls.__qualname__}.{name} must be a classmethod: def {name}(cls, facts).")

    def call(policy: type[Any], facts: TaxFacts) -> object:
        return method.__get__(None, policy)(facts)

    return call


def _checked_rates(written: RateAnswer) -> RateAnswer:
    def get_tax_rate(policy: type[Any], facts: TaxFacts) -> Decimal | None:
        return checked_rate(written(policy, facts))

    return get_tax_rate


def _checked_decisions(written: DecisionAnswer) -> DecisionAnswer:
    def decide(policy: type[Any], facts: TaxFacts) -> TaxDecision:
        decision: object = written(policy, facts)
        if not isinstance(decision, TaxDecision):
            raise InvalidDataError({"tax_decision": [f"{_path(policy)}.decide must return a TaxDecision, not {decision!r}."]})
        return decision if decision.policy else replace(decision, policy=_path(policy))

    return decide


def _rates_from(decisions: DecisionAnswer) -> RateAnswer:
    def get_tax_rate(policy: type[Any], facts: TaxFacts) -> Decimal | None:
        return decisions(policy, facts).rate

    return get_tax_rate


def _decisions_from(rates: RateAnswer, *, above: type[TaxationPolicy]) -> DecisionAnswer:
    def decide(policy: type[Any], facts: TaxFacts) -> TaxDecision:
        rate = rates(policy, facts)
        try:
            inherited = super(above, policy).decide(facts)
        except InvalidDataError:
            # The policy above cannot decide on these facts; this one just did.
            return replace(explain_rate(rate, facts), policy=_path(policy))
        decision = inherited if inherited.rate == rate else explain_rate(rate, facts)
        return replace(decision, policy=_path(policy))

    return decide


def _path(policy: type) -> str:
    return f"{policy.__module__}.{policy.__qualname__}"
