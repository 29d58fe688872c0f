from datetime import date
from decimal import Decimal
import pytest
from invoicing.contrib.payments.services import *
from invoicing.contrib.payments.models import *
from invoicing.contrib.reports.ageing import ageing
from invoicing.contrib.reports.outstanding import outstanding
from invoicing.contrib.reports.statement import statement
from invoicing.contrib.reports.received import received
from invoicing.models import Invoice, Party
from tests.contrib.payments.claims import *
from tests.factories import *
pytestmark = pytest.mark.django_db

def show(x): print("   ", x)

def test_made_paid():
    p = make_party()
    inv = Invoice(party=p, status="PAID", date_issue=TODAY, **columns("supplier", LINDNER))
    inv.save_with_items([line(unit_price=1000, tax_rate=19)])
    inv.refresh_from_db(); show(("made paid", inv.status, inv.already_paid, inv.total, inv.issued_at))
    pay_ = receive_payment(party=p, amount="500", on=TODAY, currency="EUR")
    show(("open", list(open_documents(p, direction="IN", currency="EUR"))))
    show(allocate_oldest(pay_))
    inv.refresh_from_db(); show((inv.status, inv.already_paid))
    n = inv.create_credit_note(reason="x"); n.refresh_from_db(); inv.refresh_from_db()
    show(("note", n.status, n.already_paid, n.total, inv.status, party_credit(p, currency="EUR")))
    show(ageing(on=TODAY))

def test_party_company():
    a, b = make_company(), make_company(name="B GmbH", code="BB")
    pa, pb = make_party(company=a), make_party(company=b, name="Pb")
    try:
        x = receive_payment(company=a, party=pb, amount="10", on=TODAY, currency="EUR"); show(("other company's party taken", x.company, x.party.company))
    except Exception as e: show(repr(e))
    x = receive_payment(party=pa, amount="10", on=TODAY, currency="EUR"); show(("company of party only", x.company))
    inv = Invoice(party=pa, date_issue=TODAY, **columns("supplier", LINDNER)); inv.save(); show(("invoice company", inv.company))
    try:
        inv = Invoice(party=pb, company=a, date_issue=TODAY, **columns("supplier", LINDNER)); inv.save(); show(("invoice w/ other company party", inv.company, inv.party.company))
    except Exception as e: show(repr(e))

def test_pending_mismatch():
    inv = claim()
    try:
        x = receive_payment(inv, amount="10", on=MONDAY, currency="USD", status="PENDING"); show("pending USD for EUR invoice recorded")
        confirm_payment(x)
    except Exception as e: show(repr(e))

def test_confirm_earlier_than():
    inv = claim()
    x = receive_payment(inv, amount="10", on=MONDAY, status="PENDING")
    inv.cancel("no")
    try:
        confirm_payment(x); show((x.status, x.unallocated))
    except Exception as e: show(repr(e))

def test_negative_total():
    p = make_party()
    inv = Invoice(party=p, date_issue=TODAY, **columns("supplier", LINDNER)); inv.save_with_items([line(unit_price=-100, tax_rate=19)]); inv.issue()
    show(("neg", inv.total, inv.payment_status, inv.is_overdue))
    for f in (lambda: receive_payment(inv, amount="10", on=TODAY), lambda: receive_payment(inv, amount="119", on=TODAY, direction="OUT"), lambda: inv.mark_paid()):
        try: r = f(); show((r, getattr(r, 'unallocated', None)))
        except Exception as e: show(repr(e))
    inv.refresh_from_db(); show((inv.status, inv.already_paid)); show(list(outstanding(on=TODAY)))

def test_zero_total():
    inv = build_invoice(); inv.save_with_items([line(unit_price=0, tax_rate=19)]); inv.issue()
    for f in (lambda: inv.mark_paid(),lambda: receive_payment(inv, amount="10", on=TODAY)):
        try: r = f(); show((r, getattr(r, 'unallocated', None)))
        except Exception as e: show(repr(e))
    inv.refresh_from_db(); show((inv.status, inv.already_paid, inv.payment_status))

def test_overpaid_opening():
    inv = claim(); inv.already_paid = Decimal("1300"); inv.save(); inv.refresh_from_db(); show((inv.status, inv.payment_status, inv.to_pay))
    n = inv.create_credit_note(reason="x"); inv.refresh_from_db(); show((inv.status, inv.already_paid, n.to_pay, party_credit(inv.party, currency="EUR") if inv.party else None))

def test_hand_already_paid_after_settlement():
    inv = claim(); pay(inv, "100"); inv.refresh_from_db(); inv.already_paid = Decimal("300"); inv.save(); pay(inv, "100"); inv.refresh_from_db(); show(("typed 300 then paid 100", inv.already_paid))

def test_refund_then_reverse():
    p = make_party()
    x = receive_payment(party=p, amount="100", on=TODAY, currency="EUR"); r = refund(x, on=TODAY); reverse_payment(x, reason="b", on=TODAY)
    r.refresh_from_db(); x.refresh_from_db(); show((x.status, x.allocated, r.status, r.unallocated, party_credit(p, currency="EUR")))
    show(ageing(on=TODAY)); show([ (s.kind, s.amount, s.balance) for s in statement(p, first=TODAY, last=TODAY)])

def test_discount_with_prior_credit_and_undo():
    inv = claim(early_discount_percent=2, early_discount_until=date(2026,12,31), date_due=date(2026,12,31))
    x = pay(inv, "1166.20"); inv.refresh_from_db(); show((inv.status, inv.already_paid))
    undo_allocation(inv.allocations.filter(kind="PAYMENT").first(), reason="x", on=TODAY); inv.refresh_from_db(); show((inv.status, inv.already_paid, x.tax_corrections if hasattr(x,'tax_corrections') else ''))
    show(list(TaxCorrection.objects.values_list("base","tax")))

def test_partial_credit_after_discount():
    inv = claim(early_discount_percent=2, early_discount_until=date(2026,12,31), date_due=date(2026,12,31))
    pay(inv, "1166.20"); inv.refresh_from_db()
    n = inv.create_credit_note(reason="x"); inv.refresh_from_db(); n.refresh_from_db()
    show(("credited after discount", inv.status, inv.already_paid, n.total, n.already_paid, n.to_pay))
    from invoicing.contrib.reports.vat import vat
    show(vat(first=date(2026,1,1), last=date(2027,1,1)))
