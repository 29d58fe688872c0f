"""The headings of banks' CSV files, as far as they are known, and what each column holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Column(StrEnum):
    """What a column of a bank's file holds; also the keys of `csv_columns`."""

    DATE = "date"
    BOOKED_ON = "booked_on"
    AMOUNT = "amount"
    DEBIT = "debit"
    CREDIT = "credit"
    SIDE = "side"
    CURRENCY = "currency"
    COUNTERPARTY = "counterparty"
    IBAN = "iban"
    TEXT = "text"
    END_TO_END_ID = "end_to_end_id"
    CREDITOR_REFERENCE = "creditor_reference"
    VARIABLE_SYMBOL = "variable_symbol"
    BANK_REFERENCE = "bank_reference"
    ACCOUNT = "account"
    STATUS = "status"


# English, German, French, Italian, Spanish, Dutch, Czech, Slovak, Polish: in small letters, without accents.
KNOWN: Final[Mapping[Column, str]] = MappingProxyType(
    {
        Column.DATE: """
            value date | valuta | valutadatum | wertstellung | wertstellungsdatum | date de valeur | date valeur | data valuta |
            fecha valor | rentedatum | datum valuty | valuta date | data waluty
            """,
        Column.BOOKED_ON: """
            date | booking date | transaction date | posting date | datum | buchungstag | buchungsdatum | buchung |
            date operation | date d'operation | date de comptabilisation | data | data contabile | data operazione | fecha |
            fecha operacion | boekdatum | datum zauctovani | datum provedeni | datum zuctovania | datum uctovania |
            data operacji | data ksiegowania
            """,
        Column.AMOUNT: """
            amount | betrag | umsatz | betrag (eur) | betrag (€) | betrag (chf) | montant | importo | importe | bedrag | castka |
            objem | suma | ciastka | kwota | amount (eur)
            """,
        Column.DEBIT: """
            debit | soll | belastung | lastschrift | debit amount | addebito | dare | cargo | af | money out | paid out
            """,
        Column.CREDIT: """
            credit | haben | gutschrift | credit amount | accredito | avere | abono | bij | money in | paid in
            """,
        Column.SIDE: """
            s/h | soll/haben | debit/credit | dr/cr | credit/debit | af bij | credit debit indicator
            """,
        Column.CURRENCY: """
            currency | wahrung | waehrung | devise | monnaie | valuta code | divisa | munt | mena | waluta
            """,
        Column.COUNTERPARTY: """
            counterparty | name | payee | payer | counterparty name | beguenstigter/zahlungspflichtiger |
            begunstigter/zahlungspflichtiger | auftraggeber/empfanger | name zahlungsbeteiligter | zahlungspartner |
            partnername | auftraggeber | zahlungsempfanger*in | contrepartie | controparte | beneficiario | tegenpartij |
            naam tegenpartij | nazev protiuctu | nazov protiuctu | protistrana | kontrahent
            """,
        Column.IBAN: """
            iban | counterparty iban | kontonummer/iban | iban zahlungsbeteiligter | iban des zahlungspartners | partner iban |
            iban contrepartie | iban controparte | tegenrekening | tegenrekening iban/bban | cislo protiuctu | protiucet |
            protiucet iban
            """,
        Column.TEXT: """
            description | reference text | purpose | verwendungszweck | zahlungsreferenz | buchungstext | buchungsdetails |
            libelle | communication | causale | descrizione | concepto | omschrijving | mededelingen | zprava pro prijemce |
            popis | sprava pre prijimatela | informacia pre prijemcu | tytul | opis operacji | memo | message
            """,
        Column.END_TO_END_ID: """
            end-to-end id | end to end id | end-to-end-referenz | kundenreferenz (end-to-end) | end to end reference
            """,
        Column.CREDITOR_REFERENCE: """
            creditor reference | reference | referenz | qr-referenz | reference number | referenznummer
            """,
        Column.VARIABLE_SYMBOL: """
            variable symbol | variabilni symbol | variabilny symbol | vs
            """,
        Column.BANK_REFERENCE: """
            transaction id | bank reference | transaktions-id | transaktions-nr. | bankreferenz | id transakce | id operace |
            id pohybu | transaction reference
            """,
        Column.ACCOUNT: """
            account | account iban | auftragskonto | iban auftragskonto | own account | rekening | cislo uctu | konto
            """,
        Column.STATUS: """
            status | state | booking status | buchungsstatus | umsatzstatus | info | statut | etat | stato | estado | stav
            """,
    }
)

BY_HEADING: Final[Mapping[str, tuple[Column, int]]] = MappingProxyType(
    {" ".join(word.split()): (column, place) for column, words in KNOWN.items() for place, word in enumerate(words.split("|"))}
)
"""What a heading holds, and how sure that is: of two headings for one column, the one with the lower number is it."""


def plain_heading(text: str) -> str:
    """A heading in small letters, without accents and doubled white space."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in letters if not unicodedata.combining(sign)).split())
