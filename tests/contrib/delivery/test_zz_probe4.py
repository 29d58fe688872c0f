import pytest, time
from decimal import Decimal
from datetime import date
from tests.factories import make_issued_invoice, line, make_company
from invoicing.contrib.payments.bank import import_statement, propose, confirm
from invoicing.contrib.payments.bank.reading import read_statements
from invoicing.contrib.payments.models import BankEntry
pytestmark=pytest.mark.django_db

def test_many():
    csv = "Date;Description;Amount;Currency\n" + "".join(f"2026-11-20;text {i};{i}.00;EUR\n" for i in range(1, 40001))
    t=time.time(); rep = import_statement(csv.encode(), name="a.csv"); print("import 40000", time.time()-t, rep.imported)
    t=time.time(); rep = import_statement(csv.encode()+b"\n", name="a.csv"); print("again", time.time()-t, rep.imported)

def test_camt_mem():
    import tracemalloc
    body = b"<Document>" + b"<a/>"*1_000_000 + b"</Document>"
    tracemalloc.start()
    try: read_statements(body)
    except Exception as e: print(str(e)[:100])
    print("peak MB for 1M elements", tracemalloc.get_traced_memory()[1]/1e6)

def test_admin_search(admin_client):
    from invoicing.contrib.delivery.models import Delivery
    Delivery.objects.create(recipients=["Ada@Example.com"], subject="x", template="t", language="en", purpose="INVOICE")
    for q in ("ada@example.com", "xyz"):
        r = admin_client.get("/admin/invoicing_delivery/delivery/", {"q": q}); print(q, r.status_code, r.context["cl"].result_count)
