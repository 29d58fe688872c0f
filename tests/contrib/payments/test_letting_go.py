"""What settles a document without money: early-payment discount and its tax, small differences, coins."""

from decimal import Decimal

import pytest

from invoicing.contrib.payments.exceptions import ClosedInvoiceError, OverAllocationError
from invoicing.contrib.payments.models import TaxCorrection
from invoicing.contrib.payments.services import allocate, allocate_credit_note, grant_discount, undo_allocation, write_off_rest
from invoicing.exceptions import BooksLockedError, InvalidDataError
from tests.contrib.payments.claims import MONDAY, TUESDAY, WEDNESDAY, claim, early, everything, pay, rows_of, stands
from tests.factories import ALPENBLICK, line, make_issued_invoice

pytestmark = pytest.mark.django_db


def corrected():
    """The corrections of tax that are written down: category, rate, base, tax."""
    return [(row.category, row.rate and f"{row.rate:.0f}", f"{row.base:.2f}", f"{row.tax:.2f}") for row in TaxCorrection.objects.all()]


def mixed(**fields):
    """1,000.00 at 19 % and 500.00 at 7 %: 1,190.00 and 535.00 with tax, 1,725.00 in all; 2 % are 34.50."""
    lines = [line(quantity=1, unit_price=Decimal(1000)), line("Book", quantity=1, unit_price=Decimal(500), tax_rate=Decimal(7))]
    return make_issued_invoice(lines, early_discount_percent=Decimal(2), early_discount_until=TUESDAY, **fields)


# Early-payment discount


def test_whoever_pays_soon_pays_less():
    invoice = early()

    payment = pay(invoice, "1166.20", on=TUESDAY)

    assert stands(invoice) == ("1190.00", "0.00", "PAID", "PAID", True)
    assert rows_of(invoice) == [("PAYMENT", "1166.20", TUESDAY), ("DISCOUNT", "23.80", TUESDAY)]
    assert (str(payment.allocated), str(payment.unallocated)) == ("1166.20", "0.00")


def test_two_percent_of_1190_lower_the_tax_by_3_80():
    pay(early(), "1166.20")

    assert corrected() == [("S", "19", "20.00", "3.80")]


def test_mixed_rates_share_the_discount_by_what_they_come_to():
    """34.50 × 1190 / 1725 = 23.80, of which 3.80 tax; 34.50 × 535 / 1725 = 10.70, of which 0.70 tax."""
    pay(mixed(), "1690.50")

    assert corrected() == [("S", "19", "20.00", "3.80"), ("S", "7", "10.00", "0.70")]


def test_a_discount_that_does_not_divide_is_shared_to_the_cent():
    """10.00 of 1725: 6.898… and 3.101…: 6.90 and 3.10; tax 6.90 × 19 / 119 = 1.10, 3.10 × 7 / 107 = 0.20."""
    grant_discount(mixed(), on=MONDAY, amount="10.00")

    assert corrected() == [("S", "19", "5.80", "1.10"), ("S", "7", "2.90", "0.20")]


def test_where_no_tax_was_charged_none_is_corrected():
    lines = [line(quantity=1, unit_price=Decimal(1000), tax_rate=None)]
    invoice = make_issued_invoice(
        lines,
        customer=ALPENBLICK,
        early_discount_percent=2,
        early_discount_until=TUESDAY,
        note="Reverse charge: VAT is due by the customer.",
    )

    pay(invoice, "980")

    assert (stands(invoice)[2], [row[2:] for row in corrected()]) == ("PAID", [("20.00", "0.00")])


def test_yen_share_whole_yen():
    """2 % of 1,190 are 23.8, so 24: tax 24 × 19 / 119 = 3.83, so 4."""
    pay(early(currency="JPY"), 1166)

    assert corrected() == [("S", "19", "20.00", "4.00")]


def test_a_day_too_late_it_is_all_owed():
    invoice = early()

    pay(invoice, "1166.20", on=WEDNESDAY)

    assert stands(invoice)[:3] == ("1166.20", "23.80", "NEW")
    assert corrected() == []


def test_the_day_of_the_money_counts_not_that_of_the_allocation():
    in_time, late = early(), early()
    soon, tardy = pay(amount="1166.20", on=TUESDAY), pay(amount="1166.20", on=WEDNESDAY)

    allocate(soon, in_time, on=WEDNESDAY)
    allocate(tardy, late, on=TUESDAY)

    assert (stands(in_time)[2], stands(late)[2]) == ("PAID", "NEW")


@pytest.mark.parametrize(("amount", "rows"), [("1166.19", 1), ("1166.21", 2), ("1189.99", 2), ("1190.00", 1), ("1200.00", 1)])
def test_no_more_than_the_discount_is_let_go(amount, rows):
    invoice = early()

    pay(invoice, amount)

    assert len(rows_of(invoice)) == rows
    assert sum(Decimal(row[1]) for row in rows_of(invoice)) == min(Decimal(amount) if rows == 1 else Decimal(1190), Decimal(1190))


def test_parts_that_come_soon_share_one_discount():
    invoice = early()

    pay(invoice, "600")
    pay(invoice, "566.20")

    assert [row[:2] for row in rows_of(invoice)] == [("PAYMENT", "600.00"), ("PAYMENT", "566.20"), ("DISCOUNT", "23.80")]


def test_what_was_granted_is_not_granted_again():
    invoice = early()
    grant_discount(invoice, on=MONDAY, amount="20")

    pay(invoice, "1160")

    assert stands(invoice)[:3] == ("1180.00", "10.00", "NEW")


def test_what_is_credited_earns_no_discount():
    """Of 1,190.00 half is taken back: 2 % of 595.00 are 11.90."""
    invoice = early("500")
    invoice = make_issued_invoice([line(quantity=2, unit_price=Decimal(500))], early_discount_percent=2, early_discount_until=TUESDAY)
    invoice.create_credit_note({invoice.item_set.get(): 1})

    pay(invoice, "583.10")

    assert [row[:2] for row in rows_of(invoice)] == [("CREDIT_NOTE", "595.00"), ("PAYMENT", "583.10"), ("DISCOUNT", "11.90")]
    assert corrected() == [("S", "19", "10.00", "1.90")]


def test_several_documents_have_a_discount_each():
    first, second = early(), early("100")

    pay([first, second], "1282.82")

    assert [stands(invoice)[2] for invoice in (first, second)] == ["PAID", "PAID"]
    assert [row[:2] for row in rows_of(second)] == [("PAYMENT", "116.62"), ("DISCOUNT", "2.38")]


def test_money_that_is_not_all_of_several_documents_pays_the_first_in_full():
    first, second = early(), early("100")

    pay([first, second], "1280")

    assert (stands(first)[2], stands(second)[:2]) == ("PAID", ("90.00", "29.00"))


def test_nothing_is_let_go_of_what_the_payment_could_still_pay():
    invoice = early()

    payment = pay({invoice: "1170"}, "1190")

    assert (stands(invoice)[:2], str(payment.unallocated)) == (("1170.00", "20.00"), "20.00")


def test_a_discount_of_what_is_credited_in_full_is_no_credit():
    """1,166.20 were paid, so 1,166.20 go back, and no tax is corrected twice."""
    invoice = early()
    pay(invoice, "1166.20")

    note = invoice.create_credit_note()

    assert [row[:2] for row in rows_of(invoice)] == [
        ("PAYMENT", "1166.20"),
        ("DISCOUNT", "23.80"),
        ("DISCOUNT", "-23.80"),
        ("CREDIT_NOTE", "23.80"),
    ]
    assert (str(note.to_pay), stands(invoice)[:3]) == ("1166.20", ("1190.00", "0.00", "CREDITED"))
    assert corrected() == [("S", "19", "20.00", "3.80"), ("S", "19", "-20.00", "-3.80")]


def test_several_documents_as_told_have_their_discounts():
    first, second = early(), early("100")

    pay({first: "1166.20", second: "116.62"}, "1282.82")

    assert (stands(first)[2], stands(second)[2]) == ("PAID", "PAID")


def test_what_was_promised_is_granted_by_hand_also_too_late():
    invoice = early()
    pay(invoice, "1166.20", on=WEDNESDAY)

    made = grant_discount(invoice, on=WEDNESDAY, reason="good customer")

    assert (made.kind, str(made.amount), made.reason) == ("DISCOUNT", "23.80", "good customer")
    assert (stands(invoice)[2], invoice.status) == ("PAID", "PAID")
    assert corrected() == [("S", "19", "20.00", "3.80")]


def test_nothing_is_granted_by_hand_where_nothing_was_promised():
    invoice = claim()

    with pytest.raises(OverAllocationError):
        grant_discount(invoice, on=MONDAY)
    grant_discount(invoice, on=MONDAY, amount="11.90")

    assert stands(invoice)[0] == "11.90"
    with pytest.raises(OverAllocationError):
        grant_discount(invoice, on=MONDAY, amount="1178.11")


# Small differences


@pytest.mark.parametrize(
    ("currency", "amount", "let_go"),
    [("EUR", "1189.50", "0.50"), ("EUR", "1189.49", None), ("EUR", "1190", None), ("CHF", "1189.10", "0.90"), ("USD", "1189.99", None)],
)
def test_small_differences_are_written_off_by_currency(settings, currency, amount, let_go):
    settings.INVOICING_SMALL_DIFFERENCES = {"EUR": "0.50", "CHF": Decimal(1)}
    invoice = claim(currency=currency)

    pay(invoice, amount)

    assert [row[1] for row in rows_of(invoice) if row[0] == "WRITE_OFF"] == ([let_go] if let_go else [])
    assert stands(invoice)[2] == ("NEW" if Decimal(amount) < 1190 and not let_go else "PAID")


def test_by_default_every_cent_is_owed():
    invoice = claim()

    pay(invoice, "1189.99")

    assert stands(invoice)[:3] == ("1189.99", "0.01", "NEW")


def test_a_credit_note_is_paid_out_to_the_cent(settings):
    settings.INVOICING_SMALL_DIFFERENCES = {"EUR": "0.50"}
    invoice = claim()
    pay(invoice, "1190")
    note = invoice.create_credit_note()

    pay(note, "1189.90")

    assert stands(note)[:2] == ("1189.90", "0.10")


def test_an_offset_writes_nothing_off(settings):
    settings.INVOICING_SMALL_DIFFERENCES = {"EUR": "0.50"}
    paid, invoice = claim(), claim("1000.10")
    pay(paid, "1190")

    allocate_credit_note(paid.create_credit_note(), invoice)

    assert stands(invoice)[:2] == ("1190.00", "0.12")


def test_a_rest_is_written_off_by_hand():
    invoice = claim()
    pay(invoice, "1187")

    made = write_off_rest(invoice, on=WEDNESDAY, reason="bank charges")

    assert (made.kind, str(made.amount), made.date, made.reason) == ("WRITE_OFF", "3.00", WEDNESDAY, "bank charges")
    assert (stands(invoice)[2], corrected()) == ("PAID", [])


def test_a_rest_needs_a_reason_and_has_to_be_there():
    invoice = claim()
    with pytest.raises(InvalidDataError, match="reason"):
        write_off_rest(invoice, on=MONDAY, reason=" ")
    pay(invoice, "1190")
    before = everything()

    with pytest.raises(OverAllocationError):
        write_off_rest(invoice, on=MONDAY, reason="bank charges")

    assert everything() == before


@pytest.mark.parametrize(
    "act", [lambda row, on: write_off_rest(row, on=on, reason="small"), lambda row, on: grant_discount(row, on=on, amount="1")]
)
def test_closed_documents_and_locked_books_stay_as_they_are(settings, act):
    canceled, invoice = claim(), claim()
    canceled.cancel("entered twice")
    with pytest.raises(ClosedInvoiceError):
        act(canceled, MONDAY)

    settings.INVOICING_LOCKED_UNTIL = TUESDAY
    with pytest.raises(BooksLockedError):
        act(invoice, TUESDAY)
    assert rows_of(invoice) == []


# Cash


@pytest.mark.parametrize(
    ("net", "total", "paid", "rounding"),
    [
        ("8.43", "10.03", "10.05", "-0.02"),
        ("8.45", "10.06", "10.05", "0.01"),
        ("8.47", "10.08", "10.10", "-0.02"),
        ("8.42", "10.02", "10.00", "0.02"),
    ],
)
def test_francs_in_coins(net, total, paid, rounding):
    invoice = claim(net, currency="CHF")

    payment = pay(invoice, paid, method="CASH")

    assert stands(invoice)[:3] == (total, "0.00", "PAID")
    assert [row[:2] for row in rows_of(invoice)] == [("PAYMENT", paid), ("ROUNDING", rounding)]
    assert (str(payment.allocated), str(payment.unallocated)) == (paid, "0.00")


def test_a_bank_knows_no_coins():
    up, down = claim("8.43", currency="CHF"), claim("8.45", currency="CHF")

    assert str(pay(up, "10.05").unallocated) == "0.02"
    pay(down, "10.05")

    assert stands(down)[:3] == ("10.05", "0.01", "NEW")


def test_euro_coins_by_the_country_of_the_supplier():
    here, there = claim("8.45"), claim("8.45", supplier_country="FI", supplier_vat_id="FI20774740")
    for invoice in (here, there):
        pay(invoice, "10.05", method="CASH")

    assert [stands(invoice)[2] for invoice in (here, there)] == ["NEW", "PAID"]


def test_more_cash_than_the_coins_is_credit():
    invoice = claim("8.43", currency="CHF")

    payment = pay(invoice, "20.00", method="CASH")

    assert (stands(invoice)[0], str(payment.unallocated)) == ("10.03", "9.97")


def test_the_rest_in_cash_after_a_part_by_bank():
    invoice = claim("8.43", currency="CHF")
    pay(invoice, "5.00")

    pay(invoice, "5.05", method="CASH")

    assert [row[1] for row in rows_of(invoice)] == ["5.00", "5.05", "-0.02"]


def test_a_credit_note_is_paid_out_in_coins():
    invoice = claim("8.43", currency="CHF")
    pay(invoice, "10.03")
    note = invoice.create_credit_note()

    pay(note, "10.05", method="CASH")

    assert stands(note)[:3] == ("10.03", "0.00", "PAID")


def test_what_was_credited_of_one_rate_has_no_part_in_the_discount():
    invoice = mixed()
    book = invoice.item_model().objects.get(invoice=invoice, title="Book")
    note = invoice.create_credit_note(reason="Sent back", lines={book: Decimal(1)})
    pay(invoice, "1166.20")

    # 535.00 are credited. 2 % of the 1,190.00 that are left are 23.80, all of them at 19 %: 20.00 and 3.80.
    assert corrected() == [("S", "19", "20.00", "3.80")]

    note.cancel("Not sent back after all")
    undo_allocation(invoice.allocations.get(kind="PAYMENT"), reason="Another invoice was meant")

    # What was corrected is taken back as it was.
    assert corrected() == [("S", "19", "20.00", "3.80"), ("S", "19", "-20.00", "-3.80")]
