"""The policy decides on the tax of a document; what it decided, and why, is kept on it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured

from invoicing import vies
from invoicing.domain.choices import TaxCategory
from invoicing.exceptions import InvalidDataError, InvoiceFrozenError
from invoicing.models import Item, get_invoice_model
from invoicing.taxation import TaxationPolicy, TaxDecision
from invoicing.taxation.eu import EUTaxationPolicy
from invoicing.taxation.flat import FlatRatePolicy
from invoicing.taxation.india import IndiaGSTPolicy
from tests.factories import (
    ALPENBLICK,
    LINDNER,
    RIVIERE,
    SOMMER,
    SUMMIT,
    build_invoice,
    columns,
    line,
    make_company,
    make_invoice,
    make_party,
    make_product,
)

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


class TenPercentPolicy(TaxationPolicy):
    @classmethod
    def get_tax_rate(cls, facts):
        return Decimal(10) if facts.supplier_vat_id else None


class NothingPolicy(EUTaxationPolicy):
    @classmethod
    def get_tax_rate(cls, _facts):
        return None


class ReferringPolicy(TaxationPolicy):
    @classmethod
    def decide(cls, facts):
        return TaxDecision(
            rate=None, category=TaxCategory.EXEMPT, note=f"Exempt ({facts.customer_country})", explanation="The host says so."
        )


def taxed(*, customer=SOMMER, items=1, **fields):
    """An open invoice over lines of 800.00, taxed by the policy."""
    invoice = make_invoice([line(tax_rate=None) for _ in range(items)], customer=customer, **fields)
    invoice.recalculate_tax()
    invoice.refresh_from_db()
    return invoice


def outcome(invoice):
    """Rate and category of the first line, and VAT and total of the document."""
    item = invoice.item_set.all()[0]
    return item.tax_rate, item.get_tax_category(), invoice.vat, invoice.total


# Which policy


@pytest.mark.parametrize(
    ("country", "policy"), [("DE", EUTaxationPolicy), ("GR", EUTaxationPolicy), ("IN", IndiaGSTPolicy), ("US", FlatRatePolicy)]
)
def test_the_country_of_the_supplier_chooses_the_policy(country, policy):
    assert build_invoice(supplier_country=country).taxation_policy is policy


def test_a_rate_of_the_settings_is_flat(settings):
    settings.INVOICING_TAX_RATE = 21
    invoice = taxed(customer=ALPENBLICK)

    assert (invoice.taxation_policy, str(invoice.vat)) == (FlatRatePolicy, "168.00")


@pytest.mark.parametrize("configured", [TenPercentPolicy, f"{__name__}.TenPercentPolicy"], ids=["class", "dotted path"])
def test_the_setting_outranks_the_country(settings, configured):
    settings.INVOICING_TAXATION_POLICY = configured

    assert build_invoice().taxation_policy is TenPercentPolicy
    assert str(taxed().total) == "880.00"


@pytest.mark.parametrize("configured", [Decimal, "decimal.Decimal", f"{__name__}.taxed"])
def test_a_setting_that_is_no_policy_is_refused(settings, configured):
    settings.INVOICING_TAXATION_POLICY = configured

    with pytest.raises(ImproperlyConfigured, match="name a subclass of TaxationPolicy"):
        build_invoice().taxation_policy  # noqa: B018 -- reading it is the test


# What it decides


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        (SOMMER, (19, "S", Decimal("152.00"), Decimal("952.00"))),
        (ALPENBLICK, (None, "AE", None, Decimal("800.00"))),
        (RIVIERE, (19, "S", Decimal("152.00"), Decimal("952.00"))),
        (SUMMIT | {"vat_id": ""}, (19, "S", Decimal("152.00"), Decimal("952.00"))),
    ],
    ids=["domestic", "business in another state", "consumer in another state", "consumer outside the Union"],
)
def test_services_of_a_german_supplier(customer, expected):
    assert outcome(taxed(customer=customer)) == expected


def test_an_item_takes_the_rate_before_it_is_saved():
    invoice = make_invoice()
    item = Item(invoice=invoice, **line(tax_rate=None))
    item.calculate_tax()
    item.save()

    assert (item.tax_rate, str(item.total)) == (19, "952.00")


def test_the_product_says_what_is_supplied():
    book = make_product(name="Style guide", tax_class="REDUCED", supply="GOODS")
    at_home, abroad = make_invoice(), make_invoice(customer=ALPENBLICK)
    items = [Item(invoice=invoice, product=book, quantity=1) for invoice in (at_home, abroad)]
    for item in items:
        item.calculate_tax()
        item.save()

    assert [(item.tax_rate, item.get_tax_category()) for item in items] == [(7, "S"), (None, "K")]


def test_the_tax_point_says_whose_day_it_is():
    finland = {"supplier_country": "FI", "supplier_vat_id": "FI20774740", "customer_country": "FI"}
    august, september = (
        make_invoice(date_issue=date(2024, 9, 2), date_due=date(2024, 9, 9), date_tax_point=day, **finland)
        for day in (date(2024, 8, 31), date(2024, 9, 1))
    )

    assert (august.get_tax_rate(), september.get_tax_rate()) == (Decimal(24), Decimal("25.5"))


def test_a_party_may_be_a_business_or_not():
    unknown, consumer = make_party(is_business=None), make_party(is_business=False)

    assert [taxed(party=party).vat for party in (unknown, consumer)] == [None, Decimal("152.00")]


@pytest.mark.parametrize(
    ("setting", "company", "vat"), [(False, None, "152.00"), (True, None, "160.00"), (True, False, "152.00"), (False, True, "160.00")]
)
def test_the_one_stop_shop_is_the_companys_or_the_settings(settings, setting, company, vat):
    settings.INVOICING_ONE_STOP_SHOP = setting
    invoice = taxed(customer=RIVIERE, company=make_company(one_stop_shop=company))

    # 20 % in France, 19 % in Germany.
    assert str(invoice.vat) == vat


def test_a_supplier_without_vat_id_charges_none():
    invoice = taxed(supplier_vat_id="", language="de")

    assert outcome(invoice) == (None, "O", None, Decimal("800.00"))
    assert len(invoice.tax_notes) == 1


def test_a_policy_that_knows_only_the_rate_is_enough(settings):
    settings.INVOICING_TAXATION_POLICY = NothingPolicy
    invoice = taxed(customer=ALPENBLICK, language="sk")

    assert (invoice.is_reverse_charge, invoice.tax_notes) == (True, ["Prenesenie daňovej povinnosti"])
    assert invoice.kept_decisions[0].reason_code == "VATEX-EU-AE"


def test_a_policy_that_decides_all_is_enough(settings):
    settings.INVOICING_TAXATION_POLICY = ReferringPolicy
    invoice = taxed(customer=ALPENBLICK)

    assert (invoice.get_tax_rate(), invoice.tax_notes) == (None, ["Exempt (AT)"])
    assert outcome(invoice)[:2] == (None, "E")


def test_a_country_that_nobody_decides_for_is_refused(settings):
    settings.INVOICING_TAXATION_POLICY = EUTaxationPolicy

    with pytest.raises(InvalidDataError, match="supplier_country: EUTaxationPolicy decides for suppliers in the EU, not in US"):
        build_invoice(supplier_country="US", supplier_vat_id="84-1234567").get_tax_rate()


def test_no_tax_is_asked_of_the_network(monkeypatch):
    monkeypatch.setattr(vies, "ask", None)
    invoice = taxed(customer=ALPENBLICK)
    invoice.issue()
    invoice.mark_sent()

    assert invoice.customer_vat_id_check is None


# Anew


def test_recalculating_follows_the_customer():
    invoice = taxed(items=2)
    assert str(invoice.total) == "1904.00"
    for name, value in columns("customer", ALPENBLICK).items():
        setattr(invoice, name, value)
    invoice.recalculate_tax()

    invoice.refresh_from_db()
    assert (invoice.customer_name, invoice.vat, str(invoice.total)) == (ALPENBLICK["name"], None, "1600.00")
    assert [item.tax_rate for item in invoice.item_set.all()] == [None, None]
    assert [decision.category for decision in invoice.kept_decisions] == ["AE"]


def test_recalculating_shows_the_totals_on_the_instance():
    invoice = make_invoice([line(tax_rate=None)])
    invoice.recalculate_tax()

    assert (str(invoice.vat), str(invoice.total)) == ("152.00", "952.00")


def test_recalculating_an_issued_invoice_is_refused():
    invoice = taxed()
    invoice.issue()

    with pytest.raises(InvoiceFrozenError):
        invoice.recalculate_tax()

    invoice.refresh_from_db()
    assert [decision.rate for decision in invoice.kept_decisions] == [19]


def test_recalculating_that_fails_changes_nothing():
    invoice = taxed(items=2)
    invoice.supplier_country = "ZZ"

    with pytest.raises(InvalidDataError):
        invoice.recalculate_tax()

    stored = Invoice.objects.get(pk=invoice.pk)
    assert (str(stored.total), len(stored.tax_decisions)) == ("1904.00", 1)


# What is kept


def test_a_decision_is_kept_with_its_reasons():
    invoice = taxed(customer=ALPENBLICK)
    invoice.save()
    invoice.refresh_from_db()

    (decision,) = invoice.kept_decisions
    assert (decision.rate, decision.category, decision.reason_code, decision.note) == (None, "AE", "VATEX-EU-AE", "Reverse charge")
    assert decision.policy == "invoicing.taxation.eu.EUTaxationPolicy"
    assert "Directive 2006/112/EC, Art. 196" in decision.citations
    assert "The customer is a business in AT" in decision.explanation


def test_lines_that_are_decided_alike_share_a_decision():
    assert len(taxed(items=3).tax_decisions) == 1


def test_each_kind_of_line_keeps_its_decision():
    invoice = make_invoice(customer=ALPENBLICK)
    Item(invoice=invoice, product=make_product(name="Style guide", supply="GOODS")).save()
    Item(invoice=invoice, product=make_product()).save()
    invoice.recalculate_tax()

    assert [decision.category for decision in invoice.kept_decisions] == ["K", "AE"]
    assert len(invoice.tax_notes) == 2


def test_a_decision_that_no_line_follows_prints_no_note():
    invoice = make_invoice(customer=ALPENBLICK)
    assert invoice.get_tax_rate() is None
    invoice.save()
    invoice.add_items([line()])

    assert (len(invoice.kept_decisions), invoice.tax_notes, invoice.is_reverse_charge) == (1, [], False)


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("en", "Reverse charge"),
        ("de", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("de-at", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("fr", "Autoliquidation"),
        ("es", "Inversión del sujeto pasivo"),
        ("it", "Inversione contabile"),
        ("sk", "Prenesenie daňovej povinnosti"),
    ],
)
def test_notes_are_in_the_language_of_the_document(language, note):
    assert taxed(customer=ALPENBLICK, language=language).tax_notes == [note]


def test_after_the_issue_nothing_depends_on_the_settings(settings):
    invoice = taxed(customer=ALPENBLICK)
    invoice.issue()
    settings.INVOICING_TAXATION_POLICY = TenPercentPolicy

    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (outcome(invoice), invoice.tax_notes) == ((None, "AE", None, Decimal("800.00")), ["Reverse charge"])


def test_issuing_writes_down_the_category_that_was_left_to_be_derived():
    invoice = make_invoice([line(), line("Consulting", tax_rate=None)], customer=ALPENBLICK)
    invoice.issue()

    assert list(invoice.item_set.values_list("tax_category", flat=True)) == ["S", "AE"]
    invoice.refresh_from_db()
    assert [decision.category for decision in invoice.kept_decisions] == ["AE"]


def test_on_a_received_invoice_nothing_is_decided_on_issue():
    supplier = columns("supplier", ALPENBLICK) | columns("customer", LINDNER)
    invoice = make_invoice([line(tax_rate=None, tax_category="AE")], origin="RECEIVED", number="A-77/26", note="Reverse charge", **supplier)
    invoice.issue()

    assert (invoice.tax_decisions, invoice.is_reverse_charge) == ([], True)
