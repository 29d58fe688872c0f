"""What the law asks an invoice to say: each rule is broken alone, and the article that asks for it is named."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.domain.content import RULE_SETS, Content, LineContent, broken_rules

TEA = LineContent(title="Darjeeling, 1 kg", unit_price=Decimal("42.00"), tax_rate=Decimal(19), tax_category="S")
REVERSED = replace(TEA, tax_rate=None, tax_category="AE")
SUPPLIED = replace(TEA, tax_rate=None, tax_category="K")
EXEMPT = replace(TEA, tax_rate=None, tax_category="E")

WHOLE = Content(
    type="INVOICE",
    origin="ISSUED",
    number="2026/7",
    date_issue=date(2026, 3, 2),
    date_tax_point=date(2026, 3, 2),
    currency="EUR",
    supplier_name="Teehaus Lindner GmbH",
    supplier_address="Marktstraße 4 Leipzig",
    supplier_country="DE",
    supplier_vat_id="DE136695976",
    supplier_tax_id="",
    customer_name="Buchhandlung Sommer",
    customer_address="Hauptstraße 21 Dresden",
    customer_country="DE",
    customer_vat_id="",
    corrects=False,
    tax_notes=(),
    note="",
    lines=(TEA,),
)


FIELDS = {*Content.__dataclass_fields__, "items", "supplier_street", "customer_street", "tax_decisions", "related_invoices"}
"""What a rule may name: a field of the invoice, so that a form can show the sentence beside it."""


def broken(rule_set="EU", **changes):
    return [(rule.article, rule.field) for rule in broken_rules(replace(WHOLE, **changes), rule_set=rule_set)]


@pytest.mark.parametrize("rule_set", RULE_SETS)
def test_a_whole_invoice_breaks_no_rule(rule_set):
    assert broken(rule_set) == []


@pytest.mark.parametrize(
    ("changes", "article", "field"),
    [
        ({"date_issue": None}, "Art. 226(1)", "date_issue"),
        ({"origin": "RECEIVED", "number": ""}, "Art. 226(2)", "number"),
        ({"supplier_vat_id": ""}, "Art. 226(3)", "supplier_vat_id"),
        (
            {"supplier_vat_id": "", "customer_vat_id": "ATU98765434", "lines": (REVERSED,), "tax_notes": ("Reverse charge",)},
            "Art. 226(3)",
            "supplier_vat_id",
        ),
        ({"lines": (REVERSED,), "tax_notes": ("Reverse charge",)}, "Art. 226(4)", "customer_vat_id"),
        ({"lines": (SUPPLIED,), "tax_notes": ("Intra-Community supply",)}, "Art. 226(4)", "customer_vat_id"),
        ({"supplier_name": " "}, "Art. 226(5)", "supplier_name"),
        ({"supplier_address": " "}, "Art. 226(5)", "supplier_street"),
        ({"supplier_country": ""}, "Art. 226(5)", "supplier_country"),
        ({"customer_name": ""}, "Art. 226(5)", "customer_name"),
        ({"customer_address": " "}, "Art. 226(5)", "customer_street"),
        ({"customer_country": ""}, "Art. 226(5)", "customer_country"),
        ({"lines": ()}, "Art. 226(6)", "items"),
        ({"lines": (TEA, replace(TEA, title="\t"))}, "Art. 226(6)", "items"),
        ({"date_tax_point": None}, "Art. 226(7)", "date_tax_point"),
        ({"customer_vat_id": "ATU98765434", "lines": (REVERSED,)}, "Art. 226(11a)", "tax_decisions"),
        ({"customer_vat_id": "ATU98765434", "lines": (SUPPLIED,)}, "Art. 226(11a)", "tax_decisions"),
        ({"lines": (EXEMPT,)}, "Art. 226(11)", "tax_decisions"),
        ({"type": "CREDIT_NOTE"}, "Art. 219", "related_invoices"),
    ],
)
def test_each_rule_of_a_full_invoice_is_broken_alone(changes, article, field):
    assert broken("EU", **changes) == [(article, field)]


def test_a_supplier_without_vat_id_may_invoice_without_tax():
    assert broken(supplier_vat_id="", lines=(EXEMPT,), note="Small business, § 19 UStG") == []


def test_a_credit_note_that_names_what_it_corrects_and_a_received_one_are_whole():
    assert broken(type="CREDIT_NOTE", corrects=True) == []
    assert broken(type="CREDIT_NOTE", origin="RECEIVED") == []


def test_all_that_is_missing_is_said_at_once_in_the_order_of_the_articles():
    assert broken(date_issue=None, supplier_vat_id="", customer_name="", lines=(TEA, replace(TEA, title=""))) == [
        ("Art. 226(1)", "date_issue"),
        ("Art. 226(3)", "supplier_vat_id"),
        ("Art. 226(5)", "customer_name"),
        ("Art. 226(6)", "items"),
    ]


def test_a_simplified_invoice_need_not_name_the_customer():
    assert broken("EU_SIMPLIFIED", customer_name="", customer_address=" ", customer_country="", supplier_address=" ") == []


@pytest.mark.parametrize(
    ("changes", "article", "field"),
    [
        ({"date_issue": None}, "Art. 226b(a)", "date_issue"),
        ({"supplier_name": ""}, "Art. 226b(b)", "supplier_name"),
        ({"lines": ()}, "Art. 226b(c)", "items"),
        ({"type": "CREDIT_NOTE"}, "Art. 226b(e)", "related_invoices"),
        ({"origin": "RECEIVED", "number": ""}, "", "number"),
    ],
)
def test_each_rule_of_a_simplified_invoice_is_broken_alone(changes, article, field):
    assert broken("EU_SIMPLIFIED", **changes) == [(article, field)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lines": ()}, "items"),
        ({"lines": (replace(TEA, title=""),)}, "items"),
        ({"supplier_name": ""}, "supplier_name"),
        ({"customer_name": ""}, "customer_name"),
        ({"origin": "RECEIVED", "number": ""}, "number"),
    ],
)
def test_each_basic_rule_is_broken_alone(changes, field):
    assert broken("BASIC", **changes) == [("", field)]


def test_without_rules_nothing_is_asked_for():
    assert broken("NONE", date_issue=None, supplier_name="", customer_name="", lines=()) == []


def test_every_rule_says_what_to_do_about_which_field():
    for rules in RULE_SETS.values():
        for rule in rules:
            assert rule.sentence.endswith(".")
            assert rule.field in {
                *Content.__dataclass_fields__,
                "items",
                "supplier_street",
                "customer_street",
                "tax_decisions",
                "related_invoices",
            }
