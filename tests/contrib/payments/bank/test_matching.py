"""Matching: who is named wins, alike is not named, more evidence is never less."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from invoicing.contrib.payments.bank.matching import WEIGHTS, OpenItem, OpenItems, Reason, match
from invoicing.contrib.payments.bank.mentions import folded, mentions, mentions_reference, variable_symbols
from invoicing.contrib.payments.bank.names import similar_names
from tests.contrib.payments.bank.samples import entry
from tests.factories import TODAY

IBAN = "DE75512108001245126199"


def item(key, amount="952.00", **fields):
    return OpenItem(key=key, open=Decimal(amount), **fields)


def matched(paid, *items):
    return [([key for key, _amount in found.amounts], found.score) for found in match(paid, OpenItems(items))]


def best(paid, *items):
    return next(iter(match(paid, OpenItems(items))), None)


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("Rechnung 2026/14", "2026/14", True),
        ("RE 2026-14 vom 20.11.2026", "2026/14", True),
        ("RE2026/14", "2026/14", True),
        ("202614", "2026/14", True),
        ("re-2026/0014, danke", "RE-2026/0014", True),
        ("RE 2026 0014", "RE-2026/0014", True),
        ("2026/14,2026/15", "2026/15", True),
        ("Faktura č. FV–2026–0012", "FV-2026-0012", True),
        ("2026/12", "2026/1", False),
        ("2026/120", "2026/12", False),
        ("12026/14", "2026/14", False),
        ("2026/14-2", "2026/14", False),
        ("2026/14-A", "2026/14", False),
        ("XRE-2026/14", "RE-2026/14", False),
        ("2026/14", "14", False),
        ("14.11.2026", "14", False),
        ("14 Stück", "14", True),
        ("Nr. 14", "14", True),
        ("2026", "2026/14", False),
        ("Danke", "DANKE", False),
        ("", "2026/14", False),
    ],
)
def test_mentions_of_numbers(text, number, expected):
    assert mentions(folded(text), number) is expected


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("RF84 2026 0001 18", "RF842026000118", True),
        ("rf842026000118 Rechnung", "RF84 2026 0001 18", True),
        ("21 00000 00002 02600 00000 00146", "210000000002026000000000146", True),
        ("RF8420260001189", "RF842026000118", False),
        ("RF842026000119", "RF842026000118", False),
    ],
)
def test_mentions_of_references(text, reference, expected):
    assert mentions_reference(folded(text), reference) is expected


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("VS2026000123 KS0308", {"2026000123"}),
        ("/VS/0000077001/SS//KS/0308", {"77001"}),
        ("VS: 12 SS 5", {"12"}),
        ("Variabilní symbol 123", {"123"}),
        ("AVS123", set()),
        ("VS12345678901", set()),
    ],
)
def test_variable_symbols(text, symbols):
    assert variable_symbols(folded(text)) == symbols


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("BUCHHANDLUNG SOMMER KG", "Buchhandlung Sommer KG", True),
        ("Sommer Buchhandlung", "Buchhandlung Sommer KG", True),
        ("BAECKEREI GRUENWALD", "Bäckerei Grünwald GmbH", True),
        ("Knihkupectvi Leto", "Knihkupectví Léto s.r.o.", True),
        ("Buchhandlung Sommr", "Buchhandlung Sommer", True),
        ("Buchhandlung Winter", "Buchhandlung Sommer", False),
        ("GmbH", "AG", False),
        ("", "Sommer", False),
    ],
)
def test_names(one, other, expected):
    assert similar_names(one, other) is expected


def test_the_scores_of_the_reference_page():
    paid = entry(text="Rechnung 2026/14", counterparty="Sommer", iban=IBAN)
    one = {"number": "2026/14", "names": ("Buchhandlung Sommer KG",), "ibans": frozenset({IBAN})}

    assert best(paid, item(1, **one)).score == 100
    assert best(entry(text="2026/14"), item(1, number="2026/14")).score == 80
    assert best(entry("100", text="2026/14"), item(1, number="2026/14")).score == 60
    assert best(entry(), item(1, number="2026/14")).score == 20
    assert best(entry(iban=IBAN), item(1, ibans=frozenset({IBAN}))).score == 32


def test_reasons_are_codes():
    found = best(entry(text="2026/14", counterparty="Sommer"), item(1, number="2026/14", names=("Sommer",)))

    assert found.reasons == (Reason.NUMBER, Reason.AMOUNT, Reason.NAME)


@pytest.mark.parametrize(
    "paid",
    [
        entry(creditor_reference="210000000002026000000000146"),
        entry(text="Ref. 21 00000 00002 02600 00000 00146"),
        entry(end_to_end_id="0210000000002026000000000146"),
    ],
)
def test_a_structured_reference(paid):
    found = best(paid, item(1, reference="21 00000 00002 02600 00000 00146"), item(2))

    assert (found.keys, found.score, found.reasons) == ({1}, 85, (Reason.REFERENCE, Reason.AMOUNT))


@pytest.mark.parametrize(
    "paid",
    [entry(variable_symbol="2026000123"), entry(text="/VS/2026000123/KS/0308"), entry(text="faktura 2026000123")],
)
def test_a_variable_symbol(paid):
    found = best(paid, item(1, variable_symbol="2026000123"), item(2, variable_symbol="2026000124"))

    assert (found.keys, found.reasons[0]) == ({1}, Reason.VARIABLE_SYMBOL)


def test_a_partial_payment_names_its_document():
    found = best(entry("500", text="Anzahlung 2026/14"), item(1, number="2026/14"))

    assert found.amounts == ((1, Decimal(500)),)


def test_an_overpayment_proposes_what_is_open():
    assert best(entry("1000", text="2026/14"), item(1, number="2026/14")).amounts == ((1, Decimal("952.00")),)


def test_a_discount_counts_until_its_day():
    discounted = {"number": "2026/14", "discounted": Decimal("932.96"), "discount_until": TODAY}
    paid = entry("932.96", text="2026/14")

    assert best(paid, item(1, **discounted)).reasons == (Reason.NUMBER, Reason.AMOUNT_DISCOUNTED)
    late = entry("932.96", text="2026/14", date=TODAY + timedelta(days=1))
    assert best(late, item(1, **discounted)).reasons == (Reason.NUMBER,)


def test_several_numbers_whose_amounts_add_up():
    found = best(entry("1052.00", text="2026/14 und 2026/15"), item(1, number="2026/14"), item(2, "100.00", number="2026/15"), item(3))

    assert dict(found.amounts) == {1: Decimal("952.00"), 2: Decimal("100.00")}
    assert (found.score, found.reasons) == (80, (Reason.NUMBER, Reason.AMOUNT_TOGETHER))


def test_several_numbers_less_their_discounts():
    discounts = {"discount_until": TODAY}
    items = [
        item(1, number="2026/14", discounted=Decimal("932.96"), **discounts),
        item(2, "100.00", number="2026/15", discounted=Decimal("98.00"), **discounts),
    ]

    found = best(entry("1030.96", text="2026/14, 2026/15"), *items)
    assert dict(found.amounts) == {1: Decimal("932.96"), 2: Decimal("98.00")}


def test_several_numbers_that_do_not_add_up_are_ambiguous():
    found = match(entry("500", text="2026/14 2026/15"), OpenItems([item(1, number="2026/14"), item(2, number="2026/15")]))

    assert [(one.score, one.is_ambiguous) for one in found] == [(40, True), (40, True)]


def test_two_open_documents_of_one_amount_lower_each_other():
    paid = entry(iban=IBAN)
    one, two = item(1, ibans=frozenset({IBAN})), item(2, ibans=frozenset({IBAN}))

    assert matched(paid, one) == [([1], 32)]
    assert matched(paid, one, two) == [([1], 12), ([2], 12)]


def test_the_longer_number_is_meant():
    found = match(entry("5", text="RE-2026/14"), OpenItems([item(1, number="2026/14"), item(2, number="RE-2026/14")]))

    assert found[0].keys == {2}
    assert not found[0].is_ambiguous


def test_a_number_without_its_letters_is_less():
    assert best(entry("5", text="2026/14"), item(1, number="RE-2026/14")).reasons == (Reason.NUMBER_DIGITS,)


def test_a_recorded_payment_comes_before_the_document_that_it_is_for():
    recorded = item("payment", number="2026/14", is_recorded=True, recorded_for="document")

    assert matched(entry(text="2026/14"), item("document", number="2026/14"), recorded) == [(["payment"], 83), (["document"], 80)]


def test_nothing_is_proposed_for_nothing():
    assert match(entry(text="Miete"), OpenItems([item(1, "10.00", number="2026/14", reference="RF842026000118")])) == []


numbers = st.integers(1000, 99_999)
amounts = st.sampled_from(["952.00", "100.00", "77.70"])
spellings = st.sampled_from(["RE-2026/{}", "re 2026 {}", "RE2026{}", "RE-2026-{}", "Rechnung RE 2026/{} vom 20.11."])


@given(st.tuples(numbers, numbers), spellings, amounts, amounts, st.booleans())
def test_a_wrong_number_never_wins_over_the_right_one(pair, spelling, open_right, paid, is_known):
    right, wrong = pair
    assume(right != wrong)
    alike = {"names": ("Sommer",), "ibans": frozenset({IBAN})} if is_known else {}
    items = [item("right", open_right, number=f"RE-2026/{right}"), item("wrong", paid, number=f"RE-2026/{wrong}", **alike)]
    found = match(entry(paid, text=spelling.format(right), iban=IBAN, counterparty="Sommer"), OpenItems(items))

    assert found[0].keys == {"right"}
    scores = {next(iter(one.keys)): one.score for one in found}
    assert scores["right"] > scores.get("wrong", 0)


@given(numbers, st.sets(numbers, min_size=1, max_size=30))
def test_the_right_one_of_many_is_found(right, others):
    items = [item(number, number=f"2026/{number}") for number in others | {right}]

    assert best(entry("1", text=f"Rg. 2026/{right}"), *items).keys == {right}


TEXTS = st.sampled_from(["RE-2026/14", "2026/14 RF842026000118", "VS2026014", "14", ""])
evidence = st.fixed_dictionaries(
    {},
    optional={
        "number": st.sampled_from(["RE-2026/14", "2026/14", "14", "RE-2026/15"]),
        "reference": st.just("RF842026000118"),
        "variable_symbol": st.sampled_from(["2026014", "5"]),
        "names": st.just(("Sommer",)),
        "ibans": st.just(frozenset({IBAN})),
    },
)


@given(
    evidence,
    evidence,
    st.tuples(evidence, amounts),
    amounts,
    st.sampled_from(["RE-2026/14", "2026/14 RF842026000118", "VS2026014", "14", ""]),
)
def test_more_evidence_never_lowers_a_score(first, more, other, open_first, text):
    rival, open_rival = other
    paid = entry("952.00", text=text, iban=IBAN, counterparty="Sommer")
    assume(not set(first) & set(more))
    rivals = [item("rival", open_rival, **rival)]

    def score(**fields):
        found = match(paid, OpenItems([item("one", open_first, **fields), *rivals]))
        return max((one.score for one in found if one.keys == {"one"}), default=0)

    assert score(**first, **more) >= score(**first)


@given(st.lists(st.builds(item, st.integers(), amounts, number=st.text(max_size=12)), max_size=6), st.text(max_size=60))
def test_scores_stay_between_0_and_100(items, text):
    paid = entry(text=text)

    assert all(0 < found.score <= 100 for found in match(paid, OpenItems(items)))


def test_among_thousands_of_one_amount_the_one_that_is_named_is_found_in_no_time():
    items = OpenItems([item(number, number=f"2026/{number}", names=(f"Kunde {number}",)) for number in range(1, 5001)])
    start = time.perf_counter()
    found = [match(entry(text=f"Rechnung 2026/{number}", counterparty="Kunde 7"), items) for number in range(1000, 1100)]

    assert [one[0].keys for one in found] == [{number} for number in range(1000, 1100)]
    assert match(entry(text="ohne Nummer"), items) == []
    assert time.perf_counter() - start < 10


def test_what_only_looks_alike_is_less_than_any_name():
    alike = WEIGHTS[Reason.AMOUNT] + WEIGHTS[Reason.IBAN] + WEIGHTS[Reason.NAME]

    assert alike < min(WEIGHTS[reason] for reason in (Reason.REFERENCE, Reason.NUMBER, Reason.NUMBER_DIGITS, Reason.NUMBER_SHORT))
