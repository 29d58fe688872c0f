"""What reminders say, in every language that documents have."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoicing.contrib.delivery.models import DunningLevel
from invoicing.contrib.delivery.wording import Told, worded
from tests.catalogues import LANGUAGES
from tests.factories import build_invoice

DUE = date(2026, 12, 4)

LATE = Told(
    on=DUE + timedelta(days=21), owed=Decimal("52.00"), reminded_on=date(2026, 12, 11), charged=Decimal("5.91"), charge_number="2026/9"
)


def words(told, **fields):
    invoice = build_invoice(number="2026/7", total=Decimal(952), **fields)
    return worded(invoice, level=DunningLevel(name="First", days=7), told=told)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
@pytest.mark.parametrize("told", [Told(on=DUE - timedelta(days=3), owed=Decimal(52)), Told(on=DUE, owed=Decimal(52)), LATE])
def test_every_place_is_filled_in_every_language(language, told):
    said = words(told, language=language)
    text = "\n".join([said.subject, *said.context["paragraphs"]])

    assert "{" not in text
    assert "2026/7" in said.subject
    assert "2026/7" in said.context["paragraphs"][0]
    assert "52" in said.context["paragraphs"][0]
    assert len(said.context["paragraphs"]) == (4 if told is LATE else 1)


def test_each_language_has_words_of_its_own():
    openings = {words(LATE, language=language).context["paragraphs"][0] for language in ["en", *LANGUAGES]}

    assert len(openings) == 1 + len(LANGUAGES)


def test_german_words():
    assert words(LATE, language="de").context["paragraphs"] == [
        "die Rechnung 2026/7 vom 20. November 2026 war am 4. Dezember 2026 fällig. Offen sind noch 52,00\u00a0EUR.",
        "Wir haben Sie bereits am 11. Dezember 2026 daran erinnert.",
        "Für die verspätete Zahlung berechnen wir 5,91\u00a0EUR: siehe Rechnung 2026/9.",
        "Sollten Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.",
    ]


def test_what_is_needed_to_pay_stands_below():
    facts = words(LATE, variable_symbol="20260007").context["facts"]

    assert [(fact["label"], fact["text"]) for fact in facts] == [
        ("Number", "2026/7"),
        ("Due date", "Dec. 4, 2026"),
        ("To pay", "EUR\u00a052.00"),
        ("Charged for late payment", "EUR\u00a05.91 (2026/9)"),
        ("IBAN", "DE89 3704 0044 0532 0130 00"),
        ("BIC", "COBADEFFXXX"),
        ("Reference", "20260007"),
    ]


def test_a_subject_fits_its_line():
    invoice = build_invoice(number="2026/7", customer_name="Sommer " * 40)
    said = worded(invoice, level=DunningLevel(days=7, subject="{customer_name}"), told=LATE)

    assert (len(said.subject) <= 255, said.template) == (True, "invoicing/delivery/reminder")
