"""What is registered, and what a host may do about it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.sites import AdminSite

from invoicing.admin import InvoiceAdmin, register
from invoicing.admin.layout import fieldsets_of, host_fields, names_in
from invoicing.models import AbstractInvoice, Party, get_invoice_model
from tests.admin.conftest import address

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
IS_REGISTERED = """
import django; django.setup()
from django.contrib import admin
from invoicing.models import Party
print(admin.site.is_registered(Party))
"""
IMPORTED = """
import sys, django; django.setup()
print([name for name in sys.modules if name.startswith("invoicing.admin")])
"""


class OwnInvoiceAdmin(InvoiceAdmin):
    """A host's own page."""


def test_every_model_that_people_work_with_is_registered():
    names = {model._meta.model_name for model in admin.site._registry if model.__module__.startswith("invoicing.models")}

    directory = {"company", "party", "product", "paymentterm"}
    registers = {"counter", "voidednumber", "invoiceevent", "vatidcheck", "register", "lockexemption", "repair", "storeddocument"}
    assert names - {"invoice"} == directory | registers
    assert isinstance(admin.site.get_model_admin(get_invoice_model()), InvoiceAdmin)


def test_what_a_host_registered_itself_stays():
    site = AdminSite(name="own")
    site.register(get_invoice_model(), OwnInvoiceAdmin)

    register(site)

    assert isinstance(site.get_model_admin(get_invoice_model()), OwnInvoiceAdmin)
    assert site.is_registered(Party)


def run_in_a_host(settings, code):
    """Run in a process of its own: what is registered is decided while Django starts."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "host_settings", "PYTHONPATH": os.pathsep.join([str(settings), str(ROOT)])}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize(("line", "is_registered"), [("", True), ("INVOICING_ADMIN = False", False)])
def test_a_host_may_register_nothing(tmp_path, line, is_registered):
    (tmp_path / "host_settings.py").write_text(f"from tests.settings import *\n{line}\n", encoding="utf-8")

    assert run_in_a_host(tmp_path, IS_REGISTERED).stdout.strip() == str(is_registered)


def test_a_host_without_the_admin_imports_none_of_it(tmp_path):
    (tmp_path / "host_settings.py").write_text("from tests.hosts.core_only.settings import *\n", encoding="utf-8")

    run = run_in_a_host(tmp_path, IMPORTED)

    assert run.stdout.strip() == "[]", run.stderr


def test_the_columns_of_a_host_stand_on_the_page(admin_client):
    names = host_fields(get_invoice_model())

    page = admin_client.get(address("add"))

    assert names == (("project",) if get_invoice_model()._meta.app_label == "swapped" else ())
    assert set(names) <= set(page.context["adminform"].form.fields)


def test_every_column_that_people_fill_has_a_place_on_the_page():
    columns = {field.name for field in AbstractInvoice._meta.get_fields() if getattr(field, "editable", False) and not field.auto_created}
    shown = set(names_in(fieldsets_of(get_invoice_model(), None)))

    assert columns - shown == set()
