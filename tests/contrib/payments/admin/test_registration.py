"""What is registered, and what a host may do about it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.sites import AdminSite

from invoicing.admin.extensions import links, panels
from invoicing.contrib.payments.admin import PaymentAdmin, PaymentMethodAdmin, register
from invoicing.contrib.payments.models import Payment, PaymentMethod
from tests.contrib.payments.claims import claim

ROOT = Path(__file__).parents[4]
IS_REGISTERED = """
import django; django.setup()
from django.contrib import admin
from invoicing.contrib.payments.models import Payment
print(admin.site.is_registered(Payment))
"""


class OwnPaymentAdmin(PaymentAdmin):
    """A host's own page."""


def test_payments_and_their_methods_are_registered():
    assert type(admin.site.get_model_admin(Payment)) is PaymentAdmin
    assert type(admin.site.get_model_admin(PaymentMethod)) is PaymentMethodAdmin


def test_what_a_host_registered_itself_stays():
    site = AdminSite(name="own")
    site.register(Payment, OwnPaymentAdmin)

    register(site)

    assert type(site.get_model_admin(Payment)) is OwnPaymentAdmin
    assert site.is_registered(PaymentMethod)


@pytest.mark.django_db
def test_a_site_without_payments_shows_none_on_its_invoices(rf, admin_user):
    request, site = rf.get("/"), AdminSite(name="bare")
    request.user = admin_user
    invoice = claim()

    assert [panel["name"] for panel in panels(invoice, request=request, site=site)] == []
    assert list(links(invoice, request=request, site=site)) == []


@pytest.mark.parametrize(("line", "is_registered"), [("", True), ("INVOICING_ADMIN = False", False)])
def test_a_host_may_register_nothing(tmp_path, line, is_registered):
    (tmp_path / "host_settings.py").write_text(f"from tests.contrib.settings import *\n{line}\n", encoding="utf-8")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "host_settings", "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}

    run = subprocess.run([sys.executable, "-c", IS_REGISTERED], env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    assert run.stdout.strip() == str(is_registered), run.stderr
