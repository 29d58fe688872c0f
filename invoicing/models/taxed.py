"""How a document is taxed: the facts go to a policy, and its decisions are kept on the document."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from invoicing import vies
from invoicing.conf import conf
from invoicing.domain.amounts import derived_category
from invoicing.domain.choices import Supply, TaxCategory, TaxClass, VatIdAnswer
from invoicing.domain.money import to_decimal
from invoicing.exceptions import InvalidDataError, VatIdUnverifiedError
from invoicing.models.locking import plain
from invoicing.models.parties import PartySnapshot
from invoicing.models.validation import CONTROL_CHARACTERS
from invoicing.models.vat_id_check import VatIdCheck
from invoicing.taxation.eu import EUTaxationPolicy
from invoicing.taxation.flat import FlatRatePolicy
from invoicing.taxation.india import IndiaGSTPolicy
from invoicing.taxation.policy import TaxationPolicy, TaxDecision, TaxFacts
from invoicing.taxation.vat_ids import parse_vat_id

if TYPE_CHECKING:
    from invoicing.models.product import Product


class Taxed(PartySnapshot):
    """The tax decisions of a document and the evidence behind them."""

    tax_decisions = models.JSONField(_("tax decisions"), default=list, blank=True, editable=False)
    customer_vat_id_check = models.ForeignKey(
        VatIdCheck, verbose_name=_("VAT id check"), on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def taxation_policy(self) -> type[TaxationPolicy]:
        """The policy that decides: INVOICING_TAXATION_POLICY, else the one of the supplier's country."""
        configured = conf.taxation_policy
        if configured:
            policy = import_string(configured) if isinstance(configured, str) else configured
            if not (isinstance(policy, type) and issubclass(policy, TaxationPolicy)):
                raise ImproperlyConfigured(f"INVOICING_TAXATION_POLICY is {configured!r}: name a subclass of TaxationPolicy.")
            return policy
        country = str(self.supplier_country or "")
        if conf.tax_rate is None and EUTaxationPolicy.is_in_eu(country):
            return EUTaxationPolicy
        return IndiaGSTPolicy if conf.tax_rate is None and country == "IN" else FlatRatePolicy

    def tax_facts(self, product: Product | None = None) -> TaxFacts:
        """What a policy may know: of the document, and of the product where one is given."""
        check = self.customer_vat_id_check
        # An answer counts only for the id that was asked for.
        asked = check.vat_id == _register_id(self.customer_vat_id, str(self.customer_country or "")) if check else False
        answer = VatIdAnswer(check.answer) if check and asked else None
        one_stop_shop = getattr(self.company, "one_stop_shop", None)
        return TaxFacts(
            on=self.date_tax_point,
            language=self.language,
            supplier_country=str(self.supplier_country or ""),
            supplier_state=self.supplier_state,
            supplier_vat_id=self.supplier_vat_id,
            customer_country=str(self.customer_country or ""),
            customer_state=self.customer_state,
            customer_vat_id=self.customer_vat_id,
            customer_is_business=self.party.is_business if self.party and not self.is_received else None,
            customer_vat_id_answer=answer,
            shipping_country=str(self.shipping_country or ""),
            supply=Supply(product.supply) if product else Supply.SERVICES,
            tax_class=TaxClass(product.tax_class) if product else TaxClass.STANDARD,
            one_stop_shop=conf.one_stop_shop if one_stop_shop is None else one_stop_shop,
            require_verified_vat_id=conf.require_verified_vat_id,
            default_rate=None if conf.tax_rate is None else to_decimal(conf.tax_rate, field="INVOICING_TAX_RATE"),
        )

    def decide_tax(self, product: Product | None = None) -> TaxDecision:
        """Ask the policy; the answer is kept in `tax_decisions` and stored with the next save."""
        self.fill_open_fields()
        decision = self.taxation_policy.decide(self.tax_facts(product))
        self.keep_decisions([decision.as_dict()])
        return decision

    def keep_decisions(self, decisions: Iterable[dict[str, Any]]) -> None:
        """Keep decisions beside those that are kept already."""
        self.tax_decisions = [*self.tax_decisions, *(made for made in decisions if made not in self.tax_decisions)]

    def get_tax_rate(self, product: Product | None = None) -> Decimal | None:
        """The rate in percent that the policy charges; None where tax does not apply or the customer owes it."""
        return self.decide_tax(product).rate

    @property
    def kept_decisions(self) -> list[TaxDecision]:
        """The decisions that were made for this document so far."""
        return [TaxDecision.from_dict(kept) for kept in self.tax_decisions]

    def category_of(self, *, category: str, rate: Decimal | None) -> str:
        """The tax category of a line: its own, else what its rate and the decisions say."""
        if category or rate:
            return category or TaxCategory.STANDARD
        return next((str(kept["category"]) for kept in self.tax_decisions if not Decimal(kept["rate"] or 0)), derived_category(rate))

    def decision_for(self, *, category: str, rate: Decimal | None) -> TaxDecision | None:
        """The decision that lines of this category and rate follow, if one was made."""
        return next((made for made in self.kept_decisions if made.category == category and (made.rate or 0) == (rate or 0)), None)

    def verify_vat_id(self) -> VatIdCheck:
        """Ask the register (VIES) about the customer's VAT id and keep the answer as evidence.

        This is the one step that uses the network; it gives up after INVOICING_VIES_TIMEOUT seconds without a sign of life.
        No answer is kept as evidence as well (call it outside a transaction that the error would roll back), grants no
        reverse charge, and raises VatIdUnverifiedError.
        """
        vat_id = _register_id(self.customer_vat_id, str(self.customer_country or ""))
        if not vat_id:
            raise InvalidDataError({"customer_vat_id": [_("Enter the VAT id that is to be verified.")]})
        using = self.write_database()
        try:
            answer = vies.ask(
                vat_id,
                requester=_register_id(self.supplier_vat_id, str(self.supplier_country or "")),
                url=conf.vies_url,
                timeout=conf.vies_timeout,
            )
        except VatIdUnverifiedError as error:
            self._keep_evidence(VatIdCheck(vat_id=vat_id, answer=VatIdAnswer.UNREACHABLE, detail=_readable(str(error))), using=using)
            raise
        evidence = VatIdCheck(
            vat_id=vat_id,
            answer=VatIdAnswer.VALID if answer.is_valid else VatIdAnswer.INVALID,
            consultation_id=_readable(answer.consultation_id)[:64],
            name=_readable(answer.name)[:255],
            address=_readable(answer.address),
        )
        self._keep_evidence(evidence, using=using)
        return evidence

    def _keep_evidence(self, evidence: VatIdCheck, *, using: str) -> None:
        """Store an answer, and let the document point to it while it is open: what is issued was decided on the evidence of its day."""
        evidence.company = self.company
        evidence.save(using=using)
        open_row = plain(type(self), using=using).filter(Q(pk=self.pk) & Q(issued_at=None))
        if self.pk is None or open_row.update(customer_vat_id_check=evidence):
            self.customer_vat_id_check = evidence


def _readable(text: str) -> str:
    """A text of the register without characters that a database refuses."""
    return CONTROL_CHARACTERS.sub("", text)


def _register_id(vat_id: str, country: str) -> str:
    """A VAT id as the register knows it: with its prefix, without what people put between its characters."""
    parsed = parse_vat_id(vat_id, country=country, trusted=True)
    return parsed.number if parsed else "".join(character for character in vat_id.upper() if character.isalnum())
