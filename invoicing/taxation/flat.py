"""One rate for everything: the policy of a host whose tax does not depend on who buys."""

from __future__ import annotations

from invoicing.domain.choices import TaxClass
from invoicing.taxation.decision import TaxDecision
from invoicing.taxation.facts import TaxFacts
from invoicing.taxation.grounds import EXEMPT_BY_LAW, UNTAXED
from invoicing.taxation.policy import TaxationPolicy, explain_rate


class FlatRatePolicy(TaxationPolicy):
    """Charges `facts.default_rate` (percent), no tax when there is none; products of the classes ZERO and EXEMPT stay untaxed."""

    @classmethod
    def decide(cls, facts: TaxFacts) -> TaxDecision:
        """Return the decision on one supply."""
        if facts.tax_class == TaxClass.EXEMPT:
            return EXEMPT_BY_LAW.decision(facts, explanation="The product is exempt from tax.")
        if facts.tax_class == TaxClass.ZERO:
            return explain_rate(0, facts)
        if facts.default_rate is None:
            return UNTAXED.decision(facts, explanation="No tax rate is set, so no tax is charged.")
        return explain_rate(facts.default_rate, facts)
