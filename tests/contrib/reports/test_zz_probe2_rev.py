import pytest
from django.db import connections
from django.contrib.auth import get_user_model
from tests.contrib.payments.claims import *

@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv","json","xlsx"])
def test_atomic_requests(client, monkeypatch, form):
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    claim()
    client.force_login(get_user_model().objects.create_superuser("boss"))
    r = client.get(f"/admin/invoicing_reports/report/outstanding/{form}/?on=2026-12-31")
    print(r.status_code, len(b"".join(r.streaming_content)))
