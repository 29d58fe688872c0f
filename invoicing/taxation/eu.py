"""VAT of the European Union: where a supply takes place, who owes the tax on it, and at which rate (Directive 2006/112/EC)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from invoicing.domain.choices import Supply, TaxCategory, TaxClass
from invoicing.exceptions import InvalidDataError
from invoicing.taxation import territories
from invoicing.taxation.decision import TaxDecision, percentage
from invoicing.taxation.facts import TaxFacts
from invoicing.taxation.grounds import EXEMPT, EXPORT, INTRA_COMMUNITY, NOT_REGISTERED, OUT_OF_SCOPE, REVERSE_CHARGE, Ground, directive
from invoicing.taxation.policy import TaxationPolicy
from invoicing.taxation.rate_tables import rate_table
from invoicing.taxation.trade import Trade


class EUTaxationPolicy(TaxationPolicy):
    """Decides for suppliers in the 27 member states and, with XI, in Northern Ireland.

    Not decided here, but by a subclass: rates of islands and other territories with rules of their own, the special places of
    supply (Art. 47 to 57), margin schemes, domestic reverse charge, fixed establishments, the thresholds of Art. 59c and 284.
    """

    exempt: ClassVar[Ground] = EXEMPT
    """The ground that products of class EXEMPT stand on; Art. 132 unless a subclass names another."""

    not_registered: ClassVar[Ground] = NOT_REGISTERED
    """The ground of a supplier without VAT id; the scheme for small enterprises unless a subclass names another."""

    @classmethod
    def is_in_eu(cls, country: str) -> bool:
        """Tell whether a country is a member state (EL and MC count; XI and anything unreadable do not)."""
        return territories.is_in_eu(country)

    @classmethod
    def standard_rate(cls, country: str, *, on: date) -> Decimal:
        """Return a country's standard rate in percent on a day. Raises InvalidDataError where none is known."""
        return cls.rate(country, TaxClass.STANDARD, on=on)

    @classmethod
    def rate(cls, country: str, tax_class: str, *, on: date) -> Decimal:
        """Return a country's rate in percent for a class on a day, 0 for ZERO.

        Raises InvalidDataError for a class that the country does not have then, a day before its first rate, or a country
        without rates; the sentence says what there is. Source: rates/eu.csv.
        """
        if tax_class == TaxClass.ZERO:
            return Decimal(0)
        return rate_table("eu").find(territories.territory(country), str(tax_class), on=on).rate

    @classmethod
    def decide(cls, facts: TaxFacts) -> TaxDecision:
        """Return the decision on one supply. Raises InvalidDataError when the supplier's country is unknown or not in the Union."""
        if not facts.supplier_vat_id:
            return cls.not_registered.decision(facts, explanation="The supplier has no VAT id, so it charges no VAT.")
        trade = Trade.of(facts)
        if not _is_decidable(trade.supplier):
            raise InvalidDataError({"supplier_country": [_who_else(trade.supplier)]})
        if trade.is_domestic:
            why = f"supplier and {'destination' if facts.supply == Supply.GOODS else 'customer'} are both in {trade.supplier}"
            return cls._charge(facts, at=trade.supplier, why=why, articles=("2(1)",))
        if trade.is_within_union:
            return cls._decide_within_union(trade)
        return cls._decide_outside_union(trade)

    @classmethod
    def _decide_within_union(cls, trade: Trade) -> TaxDecision:
        """Decide on a supply from one member state to another."""
        facts = trade.facts
        if facts.tax_class == TaxClass.EXEMPT:
            return cls._exempt(facts)
        doubt = trade.doubt()
        if not trade.is_business:
            return cls._charge_consumer(trade, no_business=doubt)
        if doubt:
            return cls._charge(facts, at=trade.supplier, why=f"{doubt}, so the supplier's rate is charged", articles=("2(1)",))
        if facts.supply == Supply.GOODS:
            route = f"{trade.supplier} to {trade.destination}"
            why = f"Goods go from {route}, to a business with a VAT id of {_issuer(trade)}: it is taxed on the acquisition."
            return INTRA_COMMUNITY.decision(facts, explanation=why)
        who = f"The customer is a business in {trade.destination} with a VAT id of {_issuer(trade)}"
        why = f"{who}: it owes the VAT on services from {trade.supplier}."
        return REVERSE_CHARGE.decision(facts, explanation=why)

    @classmethod
    def _charge_consumer(cls, trade: Trade, *, no_business: str) -> TaxDecision:
        """Charge a consumer in another member state: the destination's rate by the One-Stop-Shop, else the supplier's."""
        facts = trade.facts
        goods = facts.supply == Supply.GOODS
        who = f"the customer in {trade.destination} is a consumer"
        if facts.customer_vat_id and facts.customer_is_business is None:
            who += f", for {no_business}"
        if facts.one_stop_shop:
            articles = ("33(a)" if goods else "58", "369a to 369k")
            return cls._charge(facts, at=trade.destination, why=f"{who}, taxed there by the One-Stop-Shop", articles=articles)
        return cls._charge(facts, at=trade.supplier, why=f"{who}, and no One-Stop-Shop is used", articles=("59c",) if goods else ("45",))

    @classmethod
    def _decide_outside_union(cls, trade: Trade) -> TaxDecision:
        """Decide on a supply that leaves the Union."""
        facts = trade.facts
        if facts.supply == Supply.GOODS:
            return EXPORT.decision(facts, explanation=f"Goods leave the EU, from {trade.supplier} to {trade.destination}.")
        if trade.is_business and not trade.is_refused:
            why = f"The customer is a business in {trade.destination}, outside the EU: the services take place there."
            return OUT_OF_SCOPE.decision(facts, explanation=why)
        why = f"the customer in {trade.destination} is a consumer, and services to consumers take place where the supplier is"
        return cls._charge(facts, at=trade.supplier, why=why, articles=("45",))

    @classmethod
    def _charge(cls, facts: TaxFacts, *, at: str, why: str, articles: tuple[str, ...]) -> TaxDecision:
        """Charge the rate of a territory for the class of the product, or none if the class is EXEMPT."""
        if facts.tax_class == TaxClass.EXEMPT:
            return cls._exempt(facts)
        rate = cls.rate(at, facts.tax_class, on=facts.on)
        rates_article = "96" if facts.tax_class == TaxClass.STANDARD else "98"
        return TaxDecision(
            rate=rate,
            category=TaxCategory.STANDARD if rate else TaxCategory.ZERO,
            explanation=f"{_named(facts.tax_class)} of {at}, {percentage(rate)}: {why}.",
            citations=directive(*articles, rates_article),
        )

    @classmethod
    def _exempt(cls, facts: TaxFacts) -> TaxDecision:
        return cls.exempt.decision(facts, explanation="The product is exempt from VAT.")


def _is_decidable(supplier: str) -> bool:
    return supplier in territories.MEMBER_STATES or supplier == territories.NORTHERN_IRELAND


def _who_else(supplier: str) -> str:
    """Say what to do about a supplier that this policy does not know."""
    if not supplier:
        return "The supplier's country is needed to decide on VAT: set supplier_country, or begin the VAT id with its prefix."
    return f"EUTaxationPolicy decides for suppliers in the EU, not in {supplier}: set INVOICING_TAXATION_POLICY to another policy."


def _issuer(trade: Trade) -> str:
    return trade.vat_id.territory if trade.vat_id else ""


def _named(tax_class: TaxClass) -> str:
    """Name a class in English, whatever language is active: explanations are kept with the invoice."""
    return f"{tax_class.value.replace('_', ' ').capitalize()} rate"
