"""A product holds what an item may be filled from."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from invoicing.models import Product
from tests.factories import make_invoice, make_product

pytestmark = pytest.mark.django_db


def test_what_an_item_takes_over():
    product = make_product(sku="TEA-1", name="Assam", description="1 kg", unit="KGM", unit_price=Decimal("42.50"))

    assert product.snapshot() == {"title": "Assam", "description": "1 kg", "unit": "KGM", "unit_price": Decimal("42.50")}
    assert str(product) == "TEA-1 Assam"
    assert str(Product(name="Assam")) == "Assam"


def test_a_new_product_is_a_service_at_the_standard_rate():
    product = Product.objects.create(name="Consulting")

    assert (product.supply, product.tax_class, product.unit, product.unit_price) == ("SERVICES", "STANDARD", "PIECES", 0)


@pytest.mark.parametrize(("tax_class", "rate"), [("STANDARD", "19"), ("REDUCED", "7")])
def test_its_tax_class_says_which_rate_an_item_gets(tax_class, rate):
    invoice = make_invoice()
    (item,) = invoice.add_items([{"product": make_product(tax_class=tax_class), "quantity": 1}])

    item.calculate_tax()

    assert item.tax_rate == Decimal(rate)


@pytest.mark.parametrize("changes", [{"name": ""}, {"supply": "MAGIC"}, {"tax_class": "FREE"}, {"unit_price": Decimal("0.0000001")}])
def test_a_form_refuses_what_no_product_may_hold(changes):
    product = Product(**{"name": "Tea", "unit_price": Decimal(1), **changes})

    with pytest.raises(ValidationError) as caught:
        product.full_clean()

    assert list(caught.value.message_dict) == list(changes)


def test_products_are_listed_by_name():
    for name in ("Tea", "Coffee"):
        Product.objects.create(name=name)

    assert [product.name for product in Product.objects.all()] == ["Coffee", "Tea"]
