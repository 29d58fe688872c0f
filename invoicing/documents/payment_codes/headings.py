"""The headings of a QR-bill, which its guidelines fix in four languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class SwissHeadings:
    """All that is printed on a QR-bill beside values."""

    payment_part: str
    receipt: str
    account: str
    reference: str
    additional_information: str
    payable_by: str
    payable_by_blank: str
    currency: str
    amount: str
    acceptance_point: str
    separate: str


FALLBACK = "en"

HEADINGS: Mapping[str, SwissHeadings] = MappingProxyType(
    {
        "en": SwissHeadings(
            payment_part="Payment part",
            receipt="Receipt",
            account="Account / Payable to",
            reference="Reference",
            additional_information="Additional information",
            payable_by="Payable by",
            payable_by_blank="Payable by (name/address)",
            currency="Currency",
            amount="Amount",
            acceptance_point="Acceptance point",
            separate="Separate before paying in",
        ),
        "de": SwissHeadings(
            payment_part="Zahlteil",
            receipt="Empfangsschein",
            account="Konto / Zahlbar an",
            reference="Referenz",
            additional_information="Zusätzliche Informationen",
            payable_by="Zahlbar durch",
            payable_by_blank="Zahlbar durch (Name/Adresse)",
            currency="Währung",
            amount="Betrag",
            acceptance_point="Annahmestelle",
            separate="Vor der Einzahlung abzutrennen",
        ),
        "fr": SwissHeadings(
            payment_part="Section paiement",
            receipt="Récépissé",
            account="Compte / Payable à",
            reference="Référence",
            additional_information="Informations supplémentaires",
            payable_by="Payable par",
            payable_by_blank="Payable par (nom/adresse)",
            currency="Monnaie",
            amount="Montant",
            acceptance_point="Point de dépôt",
            separate="A détacher avant le versement",
        ),
        "it": SwissHeadings(
            payment_part="Sezione pagamento",
            receipt="Ricevuta",
            account="Conto / Pagabile a",
            reference="Riferimento",
            additional_information="Informazioni supplementari",
            payable_by="Pagabile da",
            payable_by_blank="Pagabile da (nome/indirizzo)",
            currency="Valuta",
            amount="Importo",
            acceptance_point="Punto di accettazione",
            separate="Da staccare prima del versamento",
        ),
    }
)


def swiss_headings(language: str) -> SwissHeadings:
    """The headings in a language such as de or de-ch; in English where the guidelines have none."""
    return HEADINGS.get(language.partition("-")[0].lower(), HEADINGS[FALLBACK])
