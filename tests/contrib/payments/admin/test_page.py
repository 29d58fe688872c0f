"""The page of a payment: facts that stay, what it settles, acts as buttons, each allowed and possible."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from invoicing.contrib.payments.models import Allocation, Payment, PaymentEvent, PaymentMethod
from invoicing.contrib.payments.services import refund, reverse_payment, undo_allocation
from tests.contrib.payments.admin.conftest import act, address, errors, said
from tests.contrib.payments.claims import MONDAY, TUESDAY, WEDNESDAY, claim, early, everything, history_of, pay, rows_of, stands
from tests.factories import make_company, make_party

pytestmark = pytest.mark.django_db


def offered(client, payment):
    """The acts that the page offers, by the last part of their addresses."""
    page = client.get(address("change", payment.pk))
    return [act["address"].rstrip("/").rsplit("/", 1)[-1] for act in page.context["acts"]]


def shown(client, payment):
    return client.get(address("change", payment.pk)).content.decode()


def fresh(payment):
    return Payment.objects.get(pk=payment.pk)


# What is read and what is written


def test_only_reference_and_note_are_written(admin_client):
    payment = pay(claim(), "190", reference="2026/1")

    form = admin_client.get(address("change", payment.pk)).context["adminform"].form
    response = admin_client.post(
        address("change", payment.pk), {"reference": "2026/1, part", "note": "Rest in December", "amount": "9", "party": "1"}
    )

    assert set(form.fields) == {"reference", "note"}
    assert response.status_code == 302
    row = fresh(payment)
    assert (row.reference, row.note, row.amount, row.allocated) == ("2026/1, part", "Rest in December", Decimal(190), Decimal(190))


def test_what_a_text_may_not_hold_is_said_beside_its_field(admin_client):
    payment = pay()

    assert list(errors(admin_client.post(address("change", payment.pk), {"reference": "a\x0bb", "note": ""}))) == ["reference"]
    assert fresh(payment).reference == ""


def test_the_page_shows_what_the_payment_settles(admin_client):
    invoice = early()
    payment = pay(invoice, "1166.20", on=TUESDAY)

    page = shown(admin_client, payment)

    # 2 % of 1,190.00 are 23.80: 20.00 of the base and 3.80 of the tax.
    assert "1166.20\N{NO-BREAK SPACE}EUR" in page
    assert "early-payment discount" in page
    assert "of it 20.00 base and 3.80 tax at 19 % (S)" in page
    assert f"/{invoice.pk}/change/" in page
    assert page.count("Undo…") == 2


def test_what_was_undone_stays_to_be_seen(admin_client):
    payment = pay(claim(), "190")
    undo_allocation(payment.allocations.get(), reason="Wrong invoice", on=TUESDAY)

    page = shown(admin_client, payment)

    assert "undone on 11/24/2026" in page
    assert "takes back that of 11/23/2026" in page
    assert "Wrong invoice" in page
    assert "Undo…" not in page


def test_a_refund_and_its_payment_point_at_each_other(admin_client):
    payment = pay(party=make_party())
    out = refund(payment, on=TUESDAY, amount="40")

    assert address("change", out.pk) in shown(admin_client, payment)
    assert address("change", payment.pk) in shown(admin_client, out)


def test_a_reversed_payment_says_why(admin_client):
    payment = pay()
    reverse_payment(payment, reason="Returned by the bank", on=TUESDAY)

    page = shown(admin_client, payment)

    assert "Returned by the bank" in page
    assert "Nov. 24, 2026" in page


def test_a_payment_is_never_deleted(admin_client):
    payment = pay()

    assert admin_client.post(address("delete", payment.pk), {"post": "yes"}).status_code == 403
    admin_client.post(address("changelist"), {"action": "delete_selected", "_selected_action": [payment.pk], "post": "yes"})
    assert Payment.objects.get() == payment


def test_the_page_costs_the_same_however_much_it_settles(admin_client, django_assert_max_num_queries):
    few, many = pay([claim("10") for _each in range(2)], "1000"), pay([claim("10") for _each in range(12)], "1000")
    shown(admin_client, few)

    with django_assert_max_num_queries(60) as small:
        shown(admin_client, few)
    with django_assert_max_num_queries(60) as large:
        shown(admin_client, many)

    assert len(large) == len(small)


# Which acts


def test_what_a_received_payment_offers(admin_client):
    rest = ["allocate_oldest", "allocate", "refund"]

    assert offered(admin_client, pay(party=make_party())) == [*rest, "reverse"]
    assert offered(admin_client, pay(claim(party=make_party(code="B")), "1200")) == [*rest, "undo_allocation", "reverse"]
    assert offered(admin_client, pay(claim(), "190")) == ["undo_allocation", "reverse"]
    assert offered(admin_client, pay()) == ["allocate", "refund", "reverse"]


def test_what_a_payment_offers_that_is_not_there(admin_client):
    pending = pay(party=make_party(), status="PENDING")
    assert offered(admin_client, pending) == ["confirm", "fail"]

    act(admin_client, pending, "fail", reason="Card refused")
    reversed_payment = pay()
    reverse_payment(reversed_payment, reason="Bounced")

    assert offered(admin_client, pending) == []
    assert offered(admin_client, reversed_payment) == []


@pytest.mark.parametrize(
    ("actions", "acts"),
    [
        (("view",), []),
        (("view", "add", "delete"), []),
        (("view", "change"), ["allocate_oldest", "allocate", "undo_allocation"]),
        (("view", "change", "add"), ["allocate_oldest", "allocate", "refund", "undo_allocation"]),
        (("view", "change", "delete"), ["allocate_oldest", "allocate", "undo_allocation", "reverse"]),
    ],
)
def test_who_may_do_what(clerk, actions, acts):
    client, payment = clerk(*actions), pay(claim(party=make_party()), "1200")

    assert offered(client, payment) == acts
    assert ("Undo…" in shown(client, payment)) == ("undo_allocation" in acts)
    for name in {"allocate_oldest", "allocate", "refund", "undo_allocation", "reverse"} - set(acts):
        assert act(client, payment, name, reason="No").status_code == 403


def test_an_act_needs_a_post_and_a_token(admin_user):
    payment, client = pay(party=make_party()), Client(enforce_csrf_checks=True)
    client.force_login(admin_user)

    assert client.get(address("act", payment.pk, "allocate_oldest")).status_code == 405
    assert act(client, payment, "reverse", reason="No", date="2026-11-24").status_code == 403
    assert fresh(payment).status == "RECEIVED"


def test_an_act_that_is_none_is_not_found(admin_client):
    assert act(admin_client, pay(), "delete").status_code == 404


# What each does


def test_settle_the_oldest_invoices(admin_client, admin_user):
    party = make_party()
    payment = pay(party=party, amount="150")
    late, soon = claim("100", party=party), claim("100", party=party, date_due=date(2026, 11, 30))

    response = act(admin_client, payment, "allocate_oldest")

    assert response.url == address("change", payment.pk)
    assert [row.amount for row in payment.allocations.all()] == [Decimal("119.00"), Decimal("31.00")]
    assert (stands(soon)[2], stands(late)[3]) == ("PAID", "PARTIALLY_PAID")
    assert payment.allocations.first().actor_name == "admin"
    assert admin_user.logentry_set.get().object_id == str(payment.pk)


def test_nothing_open_is_said(admin_client):
    payment = pay(party=make_party())

    assert said(act(admin_client, payment, "allocate_oldest")) == [
        "2026-11-23 100.00 EUR stays as it is: Alpenblick Hotelbetriebe GmbH has nothing open in EUR that it could settle."
    ]


@pytest.mark.parametrize(("typed", "given"), [("40", "40.00"), ("", "100.00")])
def test_settle_an_invoice(admin_client, typed, given):
    payment, invoice = pay(), claim()

    act(admin_client, payment, "allocate", invoice=invoice.pk, amount=typed)

    assert [str(row.amount) for row in Allocation.objects.of_document(invoice.pk)] == [given]


@pytest.mark.parametrize(
    ("field", "data", "fields"),
    [
        ("amount", {"amount": "100.01"}, {}),
        ("amount", {"amount": "0"}, {}),
        ("amount", {"amount": "0.005"}, {}),
        ("invoice", {}, {"currency": "CHF"}),
        ("invoice", {"invoice": ""}, {}),
    ],
)
def test_what_cannot_be_settled_is_said_beside_its_field(admin_client, field, data, fields):
    payment, invoice = pay(), claim(**fields)
    before = everything()

    page = act(admin_client, payment, "allocate", **{"invoice": invoice.pk, **data})

    assert list(errors(page)) == [field]
    assert everything() == before


def test_the_form_of_an_act_says_what_is_left_and_finds_invoices(admin_client):
    page = admin_client.get(address("act", pay(claim(), "1200").pk, "allocate")).content.decode()

    assert "10.00\N{NO-BREAK SPACE}EUR is left of the payment" in page
    assert "admin/js/autocomplete.js" in page


def test_confirm_a_pending_payment(admin_client):
    invoice = claim()
    payment = pay(invoice, "1190", status="PENDING")

    form = admin_client.get(address("act", payment.pk, "confirm")).context["form"]
    act(admin_client, payment, "confirm", date="2026-11-25")

    assert form["date"].value() == MONDAY
    assert (fresh(payment).status, fresh(payment).date, rows_of(invoice)) == ("RECEIVED", WEDNESDAY, [("PAYMENT", "1190.00", WEDNESDAY)])


def test_a_pending_payment_fails_with_a_reason(admin_client):
    payment = pay(status="PENDING")

    assert list(errors(act(admin_client, payment, "fail", reason=" "))) == ["reason"]
    act(admin_client, payment, "fail", reason="Card refused")

    assert (fresh(payment).status, PaymentEvent.objects.last().reason) == ("FAILED", "Card refused")
    assert "Card refused" in shown(admin_client, payment)


def test_refund_what_is_left(admin_client):
    payment = pay(claim(), "1200")
    cash = PaymentMethod.objects.get(code="CASH")

    form = admin_client.get(address("act", payment.pk, "refund")).context["form"]
    response = act(admin_client, payment, "refund", amount="4", date="2026-11-24", method=cash.pk, reference="Change")

    assert (form["amount"].value(), form["method"].value()) == (Decimal("10.00"), payment.method_id)
    assert response.url == address("change", payment.pk)
    out = Payment.objects.get(direction="OUT")
    assert (out.amount, out.date, out.method, out.reference, out.actor_name) == (Decimal(4), TUESDAY, cash, "Change", "admin")
    assert fresh(payment).unallocated == Decimal("6.00")


def test_more_than_is_left_is_not_refunded(admin_client):
    payment = pay(claim(), "1200")

    page = act(admin_client, payment, "refund", amount="10.01", date="2026-11-24", method=payment.method_id)

    assert errors(page) == {"amount": ["10.01 EUR is more than is left of 2026-11-23 1200.00 EUR: 10.00 EUR."]}
    assert not Payment.objects.filter(direction="OUT").exists()


def test_undo_one_allocation(admin_client):
    one, two = claim("100"), claim("100")
    payment = pay([one, two], "238")
    wrong = payment.allocations.get(invoice=one)

    page = admin_client.get(address("act", payment.pk, "undo_allocation"), {"allocation": wrong.pk})
    act(admin_client, payment, "undo_allocation", allocation=wrong.pk, reason="Meant for December", date="2026-11-25")

    assert (
        f'<option value="{wrong.pk}" selected>2026-11-23 · 2026/1 · 119.00\N{NO-BREAK SPACE}EUR (payment)</option>' in page.content.decode()
    )
    assert (stands(one)[3], stands(two)[3]) == ("UNPAID", "PAID")
    assert wrong.undone_by.reason == "Meant for December"
    assert fresh(payment).unallocated == Decimal("119.00")


def test_no_other_payments_allocation_is_undone(admin_client):
    payment, other = pay(claim(), "190"), pay(claim(), "190")

    page = act(admin_client, payment, "undo_allocation", allocation=other.allocations.get().pk, reason="No", date="2026-11-25")

    assert list(errors(page)) == ["allocation"]


def test_reverse_a_payment(admin_client):
    invoice = claim()
    payment = pay(invoice, "1190")

    assert list(errors(act(admin_client, payment, "reverse", reason="", date="2026-11-24"))) == ["reason"]
    act(admin_client, payment, "reverse", reason="Returned by the bank", date="2026-11-24")

    row = fresh(payment)
    assert (row.status, row.reversed_on, row.reversal_reason) == ("REVERSED", TUESDAY, "Returned by the bank")
    assert (history_of(payment), PaymentEvent.objects.last().actor_name) == (["RECORDED", "REVERSED"], "admin")
    assert stands(invoice) == ("0.00", "1190.00", "NEW", "UNPAID", False)


def test_a_locked_day_is_refused_beside_the_date(admin_client):
    company = make_company()
    payment = pay(company=company)
    company.lock_books(WEDNESDAY, reason="November is done")

    assert list(errors(act(admin_client, payment, "reverse", reason="Bounced", date="2026-11-24"))) == ["date"]
    assert fresh(payment).status == "RECEIVED"
