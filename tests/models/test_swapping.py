"""A host may put its own model in place of Invoice; everything else follows the setting."""

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from invoicing.exceptions import InvoiceFrozenError
from invoicing.models import AbstractInvoice, Counter, InvoiceEvent, Item, get_invoice_model
from invoicing.models import Invoice as OwnInvoice
from tests.factories import line, make_invoice

IS_SWAPPED = django_settings.INVOICING_INVOICE_MODEL != "invoicing.Invoice"


def test_the_model_is_the_one_that_the_setting_names():
    model = get_invoice_model()

    assert model is apps.get_model(django_settings.INVOICING_INVOICE_MODEL)
    assert issubclass(model, AbstractInvoice)


def test_the_setting_has_a_default_that_django_can_read():
    assert django_settings.INVOICING_INVOICE_MODEL in {"invoicing.Invoice", "swapped.Invoice"}
    assert OwnInvoice._meta.swappable == "INVOICING_INVOICE_MODEL"
    assert bool(OwnInvoice._meta.swapped) is IS_SWAPPED


@pytest.mark.parametrize("model", [Item, InvoiceEvent])
def test_what_refers_to_an_invoice_refers_to_that_model(model):
    assert model._meta.get_field("invoice").related_model is get_invoice_model()


@pytest.mark.django_db
def test_that_model_does_all_that_an_invoice_does():
    invoice = make_invoice([line()])
    invoice.issue()
    copy = invoice.create_copy()
    note = invoice.create_credit_note()

    assert {type(document) for document in (invoice, copy, note)} == {get_invoice_model()}
    assert [document.number for document in (invoice, copy, note)] == ["2026/1", "2026/2", "2026/3"]
    assert set(invoice.related_invoices.all()) == {copy, note}
    assert Counter.objects.get().value == 3


@pytest.mark.parametrize("name", ["shop.Invoice", "Invoice", "", "a.b.c"])
def test_a_name_that_is_no_model_is_refused(settings, name):
    settings.INVOICING_INVOICE_MODEL = name

    with pytest.raises(ImproperlyConfigured, match=r"name an installed model as 'app_label\.ModelName'"):
        get_invoice_model()


@pytest.mark.skipif(not IS_SWAPPED, reason="only a host with an invoice of its own has another column")
@pytest.mark.django_db
def test_a_column_of_the_host_is_copied_and_frozen_like_any_other():
    invoice = make_invoice([line()], project="Autumn campaign")
    invoice.issue()

    assert invoice.create_copy().project == "Autumn campaign"
    invoice.project = "Spring campaign"
    with pytest.raises(InvoiceFrozenError, match="project can no longer change"):
        invoice.save()
