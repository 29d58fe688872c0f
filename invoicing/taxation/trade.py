"""Who supplies whom, from where to where: the facts as the VAT Directive reads them."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.domain.choices import Supply, VatIdAnswer
from invoicing.taxation.facts import TaxFacts
from invoicing.taxation.territories import GREAT_BRITAIN, NORTHERN_IRELAND, follows_eu_rules, territory
from invoicing.taxation.vat_ids import VatId, parse_vat_id, prefix_territory


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """The territories of a supply and the id that the customer gave.

    `supplier`, `customer` and `destination` are territories ("DE", "GR", "XI"), blank where nothing names one. A country that is
    given outranks the prefix of an id; a customer without either is taken to be where the supplier is. `destination` is where
    goods go, and where a service's customer is established. `vat_id` is None unless it is well formed.
    """

    facts: TaxFacts
    supplier: str
    customer: str
    destination: str
    vat_id: VatId | None

    @classmethod
    def of(cls, facts: TaxFacts) -> Trade:
        """Read the facts. Raises InvalidDataError for something that cannot be a country."""
        supplier = _party(facts.supplier_country, vat_id=facts.supplier_vat_id, field="supplier_country")
        customer = _party(facts.customer_country, vat_id=facts.customer_vat_id, field="customer_country") or supplier
        destination = customer
        if facts.supply == Supply.GOODS and facts.shipping_country:
            destination = _party(facts.shipping_country, vat_id=facts.customer_vat_id, field="shipping_country")
        confirmed = facts.customer_vat_id_answer == VatIdAnswer.VALID
        vat_id = parse_vat_id(facts.customer_vat_id, country=customer, trusted=confirmed)
        return cls(facts=facts, supplier=supplier, customer=customer, destination=destination, vat_id=vat_id)

    @property
    def is_domestic(self) -> bool:
        """Whether it stays where the supplier is; Northern Ireland and Great Britain are one country to each other."""
        return self.destination == self.supplier or {self.destination, self.supplier} == {NORTHERN_IRELAND, GREAT_BRITAIN}

    @property
    def is_within_union(self) -> bool:
        """Whether supplier and destination both follow the Union's rules for this kind of supply."""
        return all(follows_eu_rules(place, supply=self.facts.supply) for place in (self.supplier, self.destination))

    @property
    def is_business(self) -> bool:
        """Whether the customer acts as a business: as was said, else whether it gave a well-formed VAT id."""
        if self.facts.customer_is_business is not None:
            return self.facts.customer_is_business
        return self.vat_id is not None

    @property
    def is_refused(self) -> bool:
        """Whether being a business rests on an id that the register does not know."""
        return self.facts.customer_is_business is None and self.facts.customer_vat_id_answer == VatIdAnswer.INVALID

    def doubt(self) -> str:
        """Say why the customer's id cannot carry an untaxed supply to another member state; blank when it can."""
        given = self.facts.customer_vat_id
        if self.vat_id is None:
            return f"the VAT id “{given}” is not well formed" if given else "the customer gave no VAT id"
        name = f"the VAT id {self.vat_id.number}"
        if self.vat_id.territory == self.supplier:
            # Art. 138(1) wants an id of another state; for services see Art. 22 of Implementing Regulation (EU) No 282/2011.
            return f"{name} was given by the supplier's own state"
        if not follows_eu_rules(self.vat_id.territory, supply=self.facts.supply):
            return f"{name} was not given by a member state for this kind of supply"
        return _register_doubt(self.facts, name=name)


def _register_doubt(facts: TaxFacts, *, name: str) -> str:
    """Say why the register's answer does not back an id; blank when it does, or need not."""
    if facts.customer_vat_id_answer == VatIdAnswer.INVALID:
        return f"the register says that {name} is invalid"
    if facts.customer_vat_id_answer == VatIdAnswer.UNREACHABLE:
        return f"the register could not be reached to confirm {name}"
    if facts.require_verified_vat_id and facts.customer_vat_id_answer is None:
        return f"{name} has not been verified, which is required here"
    return ""


def _party(country: str, *, vat_id: str, field: str) -> str:
    """Return the territory of a party. An id with XI tells Northern Ireland from Great Britain, which share the code GB."""
    stated = territory(country, field=field)
    prefix = prefix_territory(vat_id)
    if stated == GREAT_BRITAIN and prefix == NORTHERN_IRELAND:
        return NORTHERN_IRELAND
    return stated or prefix
