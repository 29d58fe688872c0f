"""Why no tax is charged: category, VATEX code, printed note and articles of law belong together, so they are kept together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from invoicing.domain.choices import TaxCategory
from invoicing.taxation.decision import TaxDecision
from invoicing.taxation.facts import TaxFacts
from invoicing.taxation.notes import note


def directive(*articles: str) -> tuple[str, ...]:
    """Cite articles of the VAT Directive."""
    return tuple(f"Directive 2006/112/EC, Art. {article}" for article in articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A ground for charging no tax. `note` names a text of notes.json, blank for none."""

    category: TaxCategory
    reason_code: str = ""
    note: str = ""
    citations: tuple[str, ...] = ()

    def decision(self, facts: TaxFacts, *, explanation: str) -> TaxDecision:
        """Return the decision without tax that rests on this ground, its note in the language of the facts."""
        return TaxDecision(
            rate=None,
            category=self.category,
            reason_code=self.reason_code,
            note=note(self.note, language=facts.language) if self.note else "",
            explanation=explanation,
            citations=self.citations,
        )


# Codes: CEF code list VATEX. Articles: Directive 2006/112/EC.
REVERSE_CHARGE: Final = Ground(
    category=TaxCategory.REVERSE_CHARGE,
    reason_code="VATEX-EU-AE",
    note="reverse_charge",
    citations=directive("44", "196", "226(11a)"),
)
INTRA_COMMUNITY: Final = Ground(
    category=TaxCategory.INTRA_COMMUNITY, reason_code="VATEX-EU-IC", note="intra_community", citations=directive("138(1)")
)
EXPORT: Final = Ground(category=TaxCategory.EXPORT, reason_code="VATEX-EU-G", note="export", citations=directive("146(1)"))
OUT_OF_SCOPE: Final = Ground(category=TaxCategory.OUT_OF_SCOPE, reason_code="VATEX-EU-O", note="outside_scope", citations=directive("44"))
NOT_REGISTERED: Final = Ground(
    category=TaxCategory.OUT_OF_SCOPE, reason_code="VATEX-EU-O", note="small_business", citations=directive("282 to 292")
)
EXEMPT: Final = Ground(category=TaxCategory.EXEMPT, reason_code="VATEX-EU-132", note="exempt", citations=directive("132"))

# Outside the Union, and where a host alone knows the law: nothing is claimed that nobody said.
UNTAXED: Final = Ground(category=TaxCategory.OUT_OF_SCOPE)
EXEMPT_BY_LAW: Final = Ground(category=TaxCategory.EXEMPT, note="exempt_by_law")
EXPORT_BY_LAW: Final = Ground(category=TaxCategory.EXPORT)
