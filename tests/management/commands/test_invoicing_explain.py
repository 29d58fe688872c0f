"""`manage.py invoicing_explain` shows the sums that lead to a total, and why the tax is what it is."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from invoicing.models import Company, Item, Product, VatIdCheck, get_invoice_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return Company.objects.create(
        name="Teehaus Lindner GmbH", code="TEE", street="Marktstraße 4", city="Leipzig", country="DE", vat_id="DE136695976"
    )


@pytest.fixture
def make(company):
    def make_invoice(items, **changes):
        values = {
            "company": company,
            "date_issue": date(2026, 3, 2),
            "date_due": date(2026, 3, 16),
            "language": "en",
            "customer_name": "Buchhandlung Sommer",
            "customer_street": "Hauptstraße 21",
            "customer_country": "DE",
            **changes,
        }
        invoice = get_invoice_model()(**values)
        made = [Item(**item) for item in items]
        for item in made:
            if item.tax_rate is None:
                item.invoice = invoice
                item.calculate_tax()
        invoice.save_with_items(made)
        return invoice

    return make_invoice


def explained(capsys, *arguments):
    call_command("invoicing_explain", *arguments)
    return capsys.readouterr().out


def test_the_sums(make, company, capsys):
    tea = Product.objects.create(
        company=company, sku="ASSAM", name="Assam", unit_price=Decimal("12.3456"), supply="GOODS", tax_class="REDUCED"
    )
    make(
        [
            {"title": "Tea course", "quantity": Decimal("2.5"), "unit_price": Decimal("80.00"), "discount": Decimal(10)},
            {"product": tea, "quantity": Decimal(3)},
        ],
        credit=Decimal("20.00"),
        already_paid=Decimal("50.00"),
    )

    lines = explained(capsys, "2026/1").splitlines()

    # 2.5 × 80 = 200, − 10 % = 180 at 19 % = 34.20; 3 × 12.3456 = 37.0368 → 37.04 at 7 % = 2.5928 → 2.59.
    # 217.04 + 36.79 − 20.00 = 233.83; − 50.00 = 183.83.
    assert "       2.5 × 80.00 = 200.00 − 10 % = 180.00 net  [S, 19 %]" in lines
    assert "       3 × 12.3456 = 37.04 net  [S, 7 %; ASSAM: goods, reduced]" in lines
    assert "  S standard rate: 180.00 × 19 % = 34.20" in lines
    assert "  S standard rate: 37.04 × 7 % = 2.59" in lines
    begin = lines.index("Totals in EUR")
    assert lines[begin + 1 : begin + 7] == [
        "  net             217.04",
        "  + VAT            36.79",
        "  − credit         20.00",
        "  = total         233.83",
        "  − already paid   50.00",
        "  = to pay        183.83",
    ]
    assert "Tax: Tax is rounded once per category and rate (EN 16931, BR-CO-17)." in lines
    assert "  S, 19 %: Standard rate of DE, 19 %: supplier and customer are both in DE." in lines


def test_the_decision_and_its_evidence(make, company, capsys):
    check = VatIdCheck.objects.create(
        company=company, vat_id="FR58512738006", answer="VALID", consultation_id="WAPIAAAA1", name="LIBRAIRIE"
    )
    make(
        [{"title": "Tea course", "quantity": 1, "unit_price": Decimal("80.00")}],
        customer_country="FR",
        customer_vat_id="FR58512738006",
        customer_vat_id_check=check,
    )

    text = explained(capsys, "2026/1")

    assert "AE reverse charge (VATEX-EU-AE): 80.00 no tax" in text
    assert "printed: Reverse charge" in text
    assert "Directive 2006/112/EC, Art. 196" in text
    assert "policy invoicing.taxation.eu.EUTaxationPolicy" in text
    assert "  customer_vat_id          FR58512738006" in text
    assert "of FR58512738006: VALID" in text
    assert "consultation WAPIAAAA1, LIBRAIRIE" in text
    assert "  + VAT             none" not in text
    assert "+ VAT            none" in text


def test_rates_that_were_given_say_so(make, capsys):
    make([{"title": "Assam", "quantity": 1, "unit_price": Decimal("50.00"), "tax_rate": Decimal(19)}])

    assert "No policy was asked: the rates were given with the lines." in explained(capsys, "2026/1")


def test_gross_prices_show_the_tax_that_they_hold(make, company, capsys):
    company.rounding_policy = "KEEP_GROSS"
    company.save()
    make([{"title": "Assam", "quantity": 1, "unit_price": Decimal("8.403361"), "tax_rate": Decimal(19)}])

    text = explained(capsys, "2026/1")

    # 8.403361 + 19 % = 9.99999… → 10.00 gross, of which 10.00 × 19/119 = 1.5966 → 1.60.
    assert "1 × 8.403361 = 8.40 net, of which tax 1.60" not in text
    assert "1 × 8.403361 = 8.40 net + tax 1.60  [S, 19 %]" in text
    assert "  = total         10.00" in text


def test_json(make, capsys):
    invoice = make([{"title": "Assam", "quantity": 2, "unit_price": Decimal("50.00")}])
    invoice.issue()
    invoice.create_credit_note(date_issue=date(2026, 3, 3), date_tax_point=date(2026, 3, 3), date_due=date(2026, 3, 3))

    told = json.loads(explained(capsys, "2026/1", "--json"))

    assert told["totals"] == {
        "net": "100.00",
        "vat": "19.00",
        "credit": "0.00",
        "total": "119.00",
        "already_paid": "0.00",
        "to_pay": "119.00",
        "is_as_stored": True,
    }
    assert told["lines"][0]["net"] == "100.00"
    assert told["facts"]["supplier_country"] == "DE"
    assert [other["number"] for other in told["related"]] == ["2026/2"]
    assert [made["is_followed"] for made in told["decisions"]] == [True]


def test_by_uuid(make, capsys):
    invoice = make([{"title": "Assam", "quantity": 2, "unit_price": Decimal("50.00")}], status="DRAFT")

    assert "(draft, no number yet)" in explained(capsys, str(invoice.uuid))


def test_an_unknown_number_names_the_nearest(make, capsys):
    make([])
    make([])

    with pytest.raises(CommandError, match=r"No invoice has the number 2026/22. Did you mean 2026/2, 2026/1\?") as caught:
        explained(capsys, "2026/22")

    assert caught.value.returncode == 1


def test_a_number_of_two_companies_asks_for_one(make, capsys):
    other = Company.objects.create(name="Teehaus Wien", code="WIEN", country="AT")
    make([])
    make([], company=other)

    with pytest.raises(CommandError, match="Several invoices have the number 2026/1"):
        explained(capsys, "2026/1")
    assert "from Teehaus Wien" in explained(capsys, "2026/1", "--company", "WIEN")
    with pytest.raises(CommandError, match=r"There is no company “GONE”\. Known: TEE, WIEN"):
        explained(capsys, "2026/1", "--company", "GONE")


def test_it_costs_the_same_however_many_lines_there_are(make, capsys, django_assert_max_num_queries):
    make([{"title": f"Tea {index}", "quantity": 1, "unit_price": Decimal("1.00")} for index in range(200)])

    with django_assert_max_num_queries(5):
        explained(capsys, "2026/1")
