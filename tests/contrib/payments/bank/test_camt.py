"""camt.053: what each element means, and what is refused with its line."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.contrib.payments.bank.exceptions import StatementRefusedError, StatementUnbalancedError
from invoicing.contrib.payments.bank.reading import read_statements
from tests.contrib.payments.bank.samples import changed, content, read

BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>"""


def only(name):
    (statement,) = read(name).statements
    return statement


def test_an_austrian_statement_of_version_08():
    statement = only("alpenbank.xml")

    assert (statement.account, statement.currency, statement.number) == ("AT611904300234573201", "EUR", "214")
    assert (statement.opening_balance, statement.closing_balance) == (Decimal("8400.00"), Decimal("11084.40"))
    assert [entry.amount for entry in statement.entries] == [Decimal(text) for text in ("1190.00", "952.00", "952.00", "-409.60")]
    assert statement.entries[0].creditor_reference == "RF842026000118"
    assert statement.entries[0].end_to_end_id == ""
    assert (statement.entries[0].counterparty, statement.entries[0].iban) == ("Alpenblick Hotelbetriebe GmbH", "AT483200000012345864")
    assert (statement.entries[3].date, statement.entries[3].booked_on) == (date(2026, 11, 24), date(2026, 11, 23))
    assert statement.entries[3].counterparty == "Papierhaus Kern e.U."


def test_the_transactions_of_a_batch_are_entries_of_their_own():
    parts = only("alpenbank.xml").entries[1:3]

    assert [(part.text, part.counterparty) for part in parts] == [
        ("RE 2026/14 Danke", "Buchhandlung Sommer KG"),
        ("Facture 2026/15", "Camille Rivière"),
    ]
    assert [part.place for part in parts] == ["line 53", "line 59"]


def test_a_batch_whose_parts_do_not_add_up_stays_whole():
    file = read_statements(changed("alpenbank.xml", '<Amt Ccy="EUR">952.00', '<Amt Ccy="EUR">951.00'))

    entry = file.statements[0].entries[1]
    assert (entry.amount, entry.text) == (Decimal("1904.00"), "RE 2026/14 Danke Facture 2026/15")
    assert any("line 44" in notice for notice in file.notices)


def test_what_is_not_booked_yet_is_left_out_and_said():
    assert read("alpenbank.xml").notices == ("line 85: an entry over 75.00 is not booked yet (PDNG) and was left out.",)


def test_a_german_statement_of_version_02_with_prefixes_and_a_debit_balance():
    statement = only("musterbank.xml")

    assert (statement.opening_balance, statement.closing_balance) == (Decimal("-120.50"), Decimal("800.50"))
    assert statement.entries[0].counterparty == "Bäckerei Grünwald"
    assert statement.entries[0].end_to_end_id == "2026/14"
    assert statement.entries[0].bank_reference == "2026112400017"


def test_a_reversal_keeps_the_sign_of_its_booking_and_names_who_paid_first():
    returned = only("musterbank.xml").entries[1]

    assert (returned.amount, returned.is_reversal, returned.counterparty) == (Decimal("-31.00"), True, "Jonas Petersen")


def test_a_swiss_statement_with_a_qr_reference():
    statement = only("bergbank.xml")

    assert (statement.account, statement.currency) == ("CH9300762011623852957", "CHF")
    assert statement.entries[0].creditor_reference == "210000000002026000000000146"
    assert (statement.entries[0].text, statement.entries[1].counterparty) == ("Rechnung 2026-14", "Gemeinde Oberwald")


def test_a_statement_that_does_not_add_up_is_refused_with_the_figures():
    with pytest.raises(StatementUnbalancedError) as refusal:
        read_statements(changed("alpenbank.xml", "11084.40", "11084.41"))

    assert all(figure in str(refusal.value) for figure in ("8400.00", "2684.40", "11084.40", "11084.41", "line 8"))


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ('<Amt Ccy="EUR">1190.00</Amt>', "", "line 25", "Ntry has no Amt"),
        ('<Amt Ccy="EUR">1190.00</Amt>', '<Amt Ccy="EUR">1.190,00</Amt>', "line 27", "1.190,00"),
        ('<Amt Ccy="EUR">1190.00</Amt>', '<Amt Ccy="USD">1190.00</Amt>', "line 27", "in USD"),
        ('<Amt Ccy="EUR">1190.00</Amt>', '<Amt Ccy="ZZZ">1190.00</Amt>', "line 27", "ZZZ"),
        ("<CdtDbtInd>CRDT</CdtDbtInd>\n        <Sts>", "<Sts>", "line 25", "CdtDbtInd"),
        ("<CdtDbtInd>CRDT</CdtDbtInd>\n        <Sts>", "<CdtDbtInd>KREDIT</CdtDbtInd><Sts>", "line 28", "KREDIT"),
        ("<ValDt><Dt>2026-11-23</Dt></ValDt>", "<ValDt><Dt>2026-13-23</Dt></ValDt>", "line 31", "2026-13-23"),
        ("</TxDtls>", "</TxDtl>", "line 4", "no complete XML"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(before, after, line, says):
    with pytest.raises(StatementRefusedError) as refusal:
        read_statements(changed("alpenbank.xml", before, after))

    assert refusal.value.place.startswith(line)
    assert says in refusal.value.reason


def test_a_day_is_missing():
    broken = changed("alpenbank.xml", "<BookgDt><Dt>2026-11-23</Dt></BookgDt>", "")
    broken = broken.replace(b"<ValDt><Dt>2026-11-23</Dt></ValDt>", b"", 1)

    with pytest.raises(StatementRefusedError, match="Ntry has no ValDt"):
        read_statements(broken)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (BOMB, "DOCTYPE"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "DOCTYPE"),
        (b"<a>" * 60, "nested"),
        (b"<Document/>", "no statement"),
        (b"<Document><BkToCstmrAcctRpt/></Document>", "camt.052"),
        (b"<Document><BkToCstmrDbtCdtNtfctn/></Document>", "camt.054"),
        (b'<?xml version="1.0" encoding="klingon"?><Document/>', "encoding"),
        (b"<Document>&unknown;</Document>", "no complete XML"),
    ],
)
def test_other_xml_is_refused(file, says):
    with pytest.raises(StatementRefusedError, match=says):
        read_statements(file)


def test_every_version_is_read_alike():
    for version in ("02", "04", "06", "10", "13"):
        assert read_statements(changed("alpenbank.xml", "camt.053.001.08", f"camt.053.001.{version}")) == read("alpenbank.xml")


def test_pages_are_joined_by_interim_balances():
    middle = changed("alpenbank.xml", ">OPBD<", ">ITBD<").replace(b">CLBD<", b">ITBD<")

    (statement,) = read_statements(middle).statements
    assert (statement.opening_balance, statement.closing_balance) == (Decimal("8400.00"), Decimal("11084.40"))


def test_an_unbalanced_page_in_the_middle_is_refused():
    middle = content("alpenbank.xml").replace(b">OPBD<", b">ITBD<").replace(b">CLBD<", b">ITBD<").replace(b"11084.40", b"11084.00")

    with pytest.raises(StatementUnbalancedError):
        read_statements(middle)
