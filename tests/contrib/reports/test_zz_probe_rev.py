from datetime import date
import io
from decimal import Decimal
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import override_settings
from tests.contrib.payments.claims import *
from tests.factories import *
pytestmark = pytest.mark.django_db

@pytest.fixture
def boss(client):
    client.force_login(get_user_model().objects.create_superuser("boss")); return client

@pytest.mark.parametrize("q", ["ageing/?on=9999-12-31","ageing/?on=0001-01-01","outstanding/?on=9999-12-31","outstanding/?on=0001-01-01","statement/?party=1&period=9999","vat/?period=0001", "vat/?period=0000", "vat/?period=FY9999", "outstanding/csv/?on=9999-12-31", "received/?first=2026-01-01&last=", "statement/?party=99999999999999999999", "vat/?period=FY0001&span=quarter", "invoices/?currency=zzz","revenue/?by=product&period=2026","statement/?party=%00", "vat/?period=%00"])
def test_pages(boss, q):
    make_party(); claim()
    try:
        r = boss.get("/admin/invoicing_reports/report/"+q); print(q, r.status_code)
    except Exception as e: print(q, "CRASH", repr(e)[:200])

@pytest.mark.parametrize("args", [["ageing","--on","9999-12-31"],["ageing","--on","0001-01-01"],["vat","--period","2026","--party","ALP"],["received","--period","2026","--origin","RECEIVED"],["statement","--period","2026","--party","ALP","--origin","RECEIVED"],["vat","--period","FY9999"], ["outstanding","--on","9999-12-31"],["revenue","--period","2026","--by","IN"]])
def test_cmd(args):
    make_party(); claim(); pay(claim())
    o = io.StringIO()
    try:
        call_command("invoicing_report", *args, stdout=o); print(args, o.getvalue())
    except Exception as e: print(args, type(e), str(e)[:300])
