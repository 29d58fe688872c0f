"""`manage.py invoicing_verify_chain` says what was changed, what to do about it, and so by its exit code."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from invoicing.chain import GENESIS, digest
from invoicing.management.commands.invoicing_verify_chain import MENDS
from invoicing.models import Register
from invoicing.verifying import ChainCheck, Finding
from tests.chains import chained, change_row, remove_row
from tests.docs.pages import DOCS, quoted, table
from tests.factories import make_company, make_issued_invoice

PAGE = DOCS / "how-to/verify-the-chain.md"


def verified(capsys, *arguments):
    """What is printed, and the exit code."""
    try:
        call_command("invoicing_verify_chain", *arguments)
    except CommandError as error:
        return capsys.readouterr().out, error.returncode
    return capsys.readouterr().out, 0


@pytest.fixture
def company(db):
    """A company with three events of two documents."""
    company = make_company()
    make_issued_invoice(company=company).mark_sent()
    make_issued_invoice(company=company)
    return company


@pytest.mark.django_db
def test_nothing_to_tell(capsys):
    assert verified(capsys) == ("0 chains: nothing was changed.\n", 0)


def test_a_chain_that_holds(company, capsys):
    head = Register.objects.get().head

    assert verified(capsys) == (
        f"{company.pk} (LV)\n  3 events, 2 documents, head {head}, no problem\n1 chain: nothing was changed.\n",
        0,
    )


def test_what_was_changed_as_text(company, capsys):
    change_row(chained(position=2), reason="none")
    document = company.invoice_set.get(number="2026/2")
    change_row(document, note="Changed", status="PAID")

    text, code = verified(capsys)

    assert code == 1
    assert text.splitlines() == [
        f"{company.pk} (LV)",
        "  ! Event 2 (2026/1) does not say what its record says: reason.",
        f"    What to do: {MENDS[Finding.EVENT]}",
        "  ! Document 2026/2 is not what Event 3 (2026/2) sealed: note.",
        f"    What to do: {MENDS[Finding.DOCUMENT]}",
        "  ! Document 2026/2 is PAID, and its last step, event 3, made it NEW.",
        f"    What to do: {MENDS[Finding.STATUS]}",
        f"  3 events, 2 documents, head {Register.objects.get().head}, 3 problems",
        "1 chain: what is marked with ! was changed past the library.",
    ]


def test_what_was_changed_as_json(company, capsys):
    document = company.invoice_set.get(number="2026/2")
    change_row(document, note="Changed")

    text, code = verified(capsys, "--json")

    assert code == 1
    assert json.loads(text) == {
        "is_intact": False,
        "chains": [
            {
                "chain": str(company.pk),
                "company": "LV",
                "events": 3,
                "documents": 2,
                "head": Register.objects.get().head,
                "problems": [
                    {
                        "finding": "document",
                        "chain": str(company.pk),
                        "company": "LV",
                        "position": 3,
                        "uuid": str(document.uuid),
                        "number": "2026/2",
                        "columns": ["note"],
                        "what": "Document 2026/2 is not what Event 3 (2026/2) sealed: note.",
                    }
                ],
            }
        ],
        "noted_heads": [],
    }


def test_a_noted_head_that_still_occurs(company, capsys):
    noted = chained(position=2).hash

    text, code = verified(capsys, "--head", noted.upper())

    assert code == 0
    assert f"The noted head {noted} is that of event 2 of the chain {company.pk}.\n" in text
    assert verified(capsys, "--head", GENESIS)[1] == 0


def test_a_noted_head_that_is_gone(company, capsys):
    last = chained(position=3)
    change_row(last, register=None, position=None, hash="")
    remove_row(last)
    change_row(Register.objects.get(), length=2, head=chained(position=2).hash)

    text, code = verified(capsys, "--head", last.hash, chained(position=1).hash)

    assert code == 1
    assert f"! The noted head {last.hash} does not occur.\n  What to do: {MENDS[Finding.NOTED_HEAD]}\n" in text
    assert json.loads(verified(capsys, "--json", "--head", last.hash)[0])["noted_heads"] == [
        {"head": last.hash, "chain": "", "position": None}
    ]


def test_a_noted_head_of_another_company(company, capsys):
    other = make_company(code="OTHER")
    make_issued_invoice(company=other)

    assert verified(capsys, "--company", "OTHER", "--head", chained(register__company=company, position=1).hash)[1] == 1


@pytest.mark.parametrize("text", ["", "abc", "z" * 64, digest("x") + "0"])
def test_a_head_that_is_none_is_refused(company, text):
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        call_command("invoicing_verify_chain", "--head", text)


def test_companies_by_code_or_key(company, capsys):
    other = make_company(code="OTHER")
    change_row(make_issued_invoice(company=other), note="Changed")
    change_row(make_issued_invoice(), note="Changed")

    assert verified(capsys, "--company", "LV")[1] == 0
    assert verified(capsys, "--company", str(company.pk), "--json")[1] == 0
    assert verified(capsys, "--company", "-")[0].splitlines()[0] == "-"
    assert "2 chains: what is marked" in verified(capsys, "--company", "LV", "OTHER")[0]
    assert "3 chains: what is marked" in verified(capsys)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["GONE", "", "987654321", "²"])
def test_an_unknown_company_is_no_finding(company, name):
    with pytest.raises(CommandError, match=rf"There is no company “{name}”\. Known: LV\.") as caught:
        call_command("invoicing_verify_chain", "--company", name)

    assert caught.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_it_reads_in_a_transaction_of_its_own(capsys):
    make_issued_invoice()

    assert verified(capsys)[1] == 0
    assert connection.get_autocommit()
    make_issued_invoice()


# The docs


def test_the_page_says_what_to_do_about_each_finding():
    listed = [quoted(row[0])[0] for row in table(PAGE, after="## What to do about a finding")]

    assert listed == [finding.value for finding in Finding]
    assert set(MENDS) == set(Finding)


def test_the_page_lists_every_key_of_the_json(company):
    listed = [name for row in table(PAGE, after="## The JSON document") for name in quoted(row[0])]
    check = ChainCheck(company.pk, Register.objects.get(), is_for_all=True, using="default")

    assert set(listed) == {"is_intact", "chains", "noted_heads", *check.summary(), "problems"}
