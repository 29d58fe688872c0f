"""The tables of payments: facts that stay, and constraints with a check in front of each."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from invoicing.contrib.payments.exceptions import PaymentFrozenError
from invoicing.contrib.payments.models import Allocation, Payment, PaymentEvent, PaymentMethod, Settlement, TaxCorrection
from invoicing.contrib.payments.services import reverse_payment
from invoicing.exceptions import AppendOnlyError, InvalidDataError
from tests.contrib.payments.claims import MONDAY, TUESDAY, claim, early, pay, stands
from tests.factories import make_company, make_invoice, make_party

pytestmark = pytest.mark.django_db

OTHER = {
    "amount": Decimal(7),
    "allocated": Decimal(1),
    "currency": "CHF",
    "date": TUESDAY,
    "direction": "OUT",
    "status": "REVERSED",
    "provider": "bank",
    "provider_id": "9",
    "payer_name": "Somebody",
    "payer_iban": "DE1",
    "reversed_on": TUESDAY,
    "reversal_reason": "no",
    "actor_name": "nobody",
}


def made(**facts):
    """A payment by hand, as an admin or a shell makes it."""
    return Payment(**{"amount": Decimal(5), "currency": "EUR", "date": MONDAY, "method": PaymentMethod.objects.get(code="CASH"), **facts})


# Payments are facts


@pytest.mark.parametrize("name", sorted(OTHER))
def test_a_fact_is_not_changed(name):
    payment = pay()
    setattr(payment, name, OTHER[name])

    with pytest.raises(PaymentFrozenError, match=name):
        payment.save()
    with pytest.raises(PaymentFrozenError, match=name):
        payment.save(update_fields=[name])
    with pytest.raises(PaymentFrozenError, match=name):
        Payment.objects.update(**{name: OTHER[name]})
    with pytest.raises(PaymentFrozenError, match=name), transaction.atomic():
        Payment.objects.bulk_update([payment], [name])

    assert getattr(Payment.objects.get(), name) != OTHER[name]


def test_relations_are_facts_too():
    payment = pay()
    for name, value in (("company", make_company()), ("party", make_party()), ("method", PaymentMethod.objects.get(code="CASH"))):
        row = Payment.objects.get(pk=payment.pk)
        setattr(row, name, value)
        with pytest.raises(PaymentFrozenError, match=name):
            row.save()


def test_words_may_change():
    payment, invoice = pay(), claim()
    payment.note, payment.reference, payment.invoice = "told by telephone", "RE 7", invoice
    payment.save()
    Payment.objects.update(note="told by mail")

    payment.refresh_from_db()
    assert (payment.note, payment.reference, payment.invoice) == ("told by mail", "RE 7", invoice)


def test_a_payment_is_not_deleted():
    payment = pay(claim())

    for act in (payment.delete, Payment.objects.all().delete, lambda: Payment.objects.filter(pk=payment.pk).delete()):
        with pytest.raises(PaymentFrozenError, match="Reverse it"):
            act()
    with pytest.raises(PaymentFrozenError):
        Payment.objects.bulk_create([made()])

    assert Payment.objects.count() == 1


def test_a_fresh_instance_with_the_key_of_a_stored_one_overwrites_nothing():
    payment = pay(amount="100")

    with pytest.raises(PaymentFrozenError, match="amount"):
        made(pk=payment.pk).save()

    assert str(Payment.objects.get().amount) == "100.00"


def test_what_a_payment_is_of_stays():
    party, company = make_party(), make_company()
    pay(party=party)
    pay(company=company)

    for row in (party, company, PaymentMethod.objects.get(code="BANK_TRANSFER")):
        with pytest.raises(ProtectedError):
            row.delete()


def test_a_draft_that_was_meant_may_go():
    draft = make_invoice(status="DRAFT")
    payment = made(invoice=draft)
    payment.save()

    draft.delete()

    payment.refresh_from_db()
    assert payment.invoice is None


def test_what_was_read_in_part_is_saved():
    payment = pay(amount="100")
    row = Payment.objects.only("note").get(pk=payment.pk)
    row.note = "told by telephone"
    row.save()

    assert (Payment.objects.get().note, str(Payment.objects.get().amount)) == ("told by telephone", "100.00")


def test_questions_of_payments():
    one, two = pay(claim(), "100"), pay(amount="50")
    out, pending = pay(amount="7", direction="OUT"), pay(status="PENDING")
    bounced = reverse_payment(pay(), reason="bounced")

    assert set(Payment.objects.received()) == {one, two, out}
    assert set(Payment.objects.incoming()) == {one, two, pending, bounced}
    assert set(Payment.objects.outgoing()) == {out}
    assert set(Payment.objects.unallocated()) == {two, out}
    assert str(one) == "2026-11-23 100.00 EUR"


# Constraints, and what stands in front of them


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal(-5)}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"amount": 5.5}, "amount"),
        ({"amount": Decimal(10) ** 11}, "amount"),
        ({"allocated": Decimal(6)}, "allocated"),
        ({"allocated": Decimal(1)}, "allocated"),
        ({"currency": "XXQ"}, "currency"),
        ({"provider_id": "9"}, "provider"),
        ({"status": "LOST"}, "status"),
        ({"direction": ""}, "direction"),
        ({"date": None}, "date"),
    ],
)
def test_values_are_checked_before_the_database_has_to(facts, field):
    with pytest.raises(InvalidDataError) as refusal:
        made(**facts).save()

    assert list(refusal.value.errors) == [field]


def raw(row, **values):
    """Write past all rules."""
    models.QuerySet(type(row)).filter(pk=row.pk).update(**values)


@pytest.mark.parametrize(
    "values", [{"amount": 0}, {"amount": -1}, {"allocated": -1}, {"allocated": Decimal("100.01")}, {"amount": Decimal("59.49")}]
)
def test_the_database_holds_payments_to_their_amounts(values):
    payment = pay(claim("50"), "100")

    with pytest.raises(IntegrityError), transaction.atomic():
        raw(payment, **values)


@pytest.mark.parametrize("values", [{"settled": -1}, {"settled": Decimal("1190.01")}, {"due": 99}])
def test_the_database_holds_settlements_to_their_totals(values):
    invoice = claim()
    pay(invoice, "100")

    with pytest.raises(IntegrityError), transaction.atomic():
        raw(Settlement.objects.get(pk=invoice.pk), **values)


def test_the_database_knows_an_id_of_a_provider_once():
    first, second = pay(provider="bank", provider_id="1"), pay(provider="bank", provider_id="2")

    with pytest.raises(IntegrityError), transaction.atomic():
        raw(second, provider_key=first.provider_key)


@pytest.mark.parametrize(
    "shape",
    [
        {"kind": "PAYMENT"},
        {"kind": "PAYMENT", "invoice": True},
        {"kind": "PAYMENT", "payment": True},
        {"kind": "PAYMENT", "invoice": True, "payment": True, "refund": True},
        {"kind": "PAYMENT", "invoice": True, "payment": True, "credit_note": True},
        {"kind": "CREDIT_NOTE", "invoice": True},
        {"kind": "CREDIT_NOTE", "invoice": True, "credit_note": True, "payment": True},
        {"kind": "REFUND", "payment": True},
        {"kind": "REFUND", "payment": True, "refund": True, "invoice": True},
        {"kind": "DISCOUNT", "payment": True},
        {"kind": "WRITE_OFF", "invoice": True, "credit_note": True},
        {"kind": "OPENING"},
        {"kind": "GIFT", "invoice": True, "payment": True},
    ],
    ids=str,
)
def test_the_database_knows_the_ends_of_each_kind(shape):
    payment, invoice = pay(), claim()
    ends = {"invoice": invoice, "credit_note": invoice, "payment": payment, "refund": payment}
    values = {name: ends[name] if value is True else value for name, value in shape.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Allocation).create(date=MONDAY, amount=Decimal(1), currency="EUR", **values)


def test_an_allocation_of_nothing_is_none():
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation(kind="WRITE_OFF", date=MONDAY, amount=Decimal(0), currency="EUR", invoice=claim()).save()


def test_a_row_is_undone_by_one_other():
    invoice = claim()
    pay(invoice)
    row = Allocation.objects.get()
    undoing = {"kind": "PAYMENT", "date": MONDAY, "amount": -row.amount, "currency": "EUR", "invoice": invoice, "payment": row.payment}
    Allocation(undoes=row, **undoing).save()

    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation(undoes=row, **undoing).save()


# History


@pytest.mark.parametrize("model", [Allocation, PaymentEvent, TaxCorrection])
def test_history_is_added_to_and_never_changed(model):
    pay(early(), "1166.20")
    row = model.objects.first()

    for act in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(pk=row.pk),
        lambda: model.objects.bulk_update([row], [model._meta.concrete_fields[1].name]),
    ):
        with pytest.raises(AppendOnlyError):
            act()


def test_questions_of_allocations():
    invoice = claim()
    pay(invoice, "100")
    bounced = pay(invoice, "200")
    reverse_payment(bounced, reason="bounced")

    assert [str(row.amount) for row in Allocation.objects.of_document(invoice.pk)] == ["100.00", "200.00", "-200.00"]
    assert [str(row.amount) for row in Allocation.objects.of_document(invoice.pk).standing()] == ["100.00"]
    assert str(Allocation.objects.first()) == "payment 100.00 EUR"
    assert str(Settlement.objects.get().left.normalize()) == "1.09E+3"
    assert stands(invoice)[0] == "100.00"


# Methods


def test_the_methods_of_the_start():
    found = PaymentMethod.objects.order_by("code").values_list("code", "means_code", "is_cash")

    assert list(found) == [
        ("BANK_TRANSFER", "30", False),
        ("CASH", "10", True),
        ("CASH_ON_DELIVERY", "10", True),
        ("PAYMENT_CARD", "48", False),
    ]


@pytest.mark.parametrize(
    "facts", [{"code": "direct debit"}, {"code": ""}, {"code": "1ST"}, {"code": "X" * 17}, {"means_code": "1000"}, {"name": ""}]
)
def test_a_code_that_an_invoice_could_not_hold(facts):
    with pytest.raises(ValidationError):
        PaymentMethod(**{"code": "DIRECT_DEBIT", "name": "Direct debit", **facts}).save()


def test_methods_are_known_by_their_codes():
    method = PaymentMethod.objects.get_by_natural_key("CASH")

    assert (method.natural_key(), str(method)) == (("CASH",), "Cash")
