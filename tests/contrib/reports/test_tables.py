"""Every report runs over the same small trade, in every format."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest

from invoicing.contrib.payments.services import receive_payment
from invoicing.contrib.reports.exports import FORMATS
from invoicing.contrib.reports.tables import REPORTS, Asks
from tests.factories import line, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

ARGUMENTS = {
    Asks.PERIOD: {"first": date(2026, 11, 1), "last": date(2026, 11, 30)},
    Asks.DAY: {"on": date(2026, 12, 31)},
}


@pytest.fixture
def party():
    """A party with three invoices: one paid, one paid in part, one credited; and something paid on account."""
    party = make_party()
    paid, partly, credited = (make_issued_invoice([line()], party=party) for _ in range(3))
    receive_payment(paid, amount=Decimal(952), on=date(2026, 11, 25))
    receive_payment(partly, amount=Decimal(452), on=date(2026, 11, 26))
    credited.create_credit_note()
    receive_payment(amount=Decimal(30), on=date(2026, 11, 27), party=party, currency="EUR")
    return party


def asked(report, party):
    arguments = {name: value for asks, given in ARGUMENTS.items() if asks in report.asks for name, value in given.items()}
    return {**arguments, **({"party": party} if report.needs_party else {})}


@pytest.mark.parametrize("name", list(REPORTS))
@pytest.mark.parametrize("form", list(FORMATS.values()), ids=list(FORMATS))
def test_every_report_is_written_in_every_format(name, form, party):
    report = REPORTS[name]
    file = io.BytesIO() if form.is_binary else io.StringIO(newline="")
    rows = len(list(report.function(**asked(report, party))))

    assert form.write(report.table(**asked(report, party)), file) == rows > 0
    assert file.getvalue()


@pytest.mark.parametrize("name", list(REPORTS))
@pytest.mark.parametrize("form", list(FORMATS.values()), ids=list(FORMATS))
def test_nothing_is_written_of_nothing(name, form):
    report = REPORTS[name]
    file = io.BytesIO() if form.is_binary else io.StringIO(newline="")

    assert form.write(report.table(**asked(report, make_party())), file) == 0
    assert not file.getvalue()


@pytest.mark.parametrize("name", list(REPORTS))
def test_rows_have_what_the_columns_name(name, party):
    report = REPORTS[name]
    file = io.StringIO()
    FORMATS["json"].write(report.table(**asked(report, party)), file)

    assert list(json.loads(file.getvalue())[0]) == [column.name for column in report.columns]


@pytest.mark.parametrize("name", [name for name, report in REPORTS.items() if report.choice])
def test_every_choice_of_a_report_is_one_of_its_function(name, party):
    report = REPORTS[name]
    for choice in report.choices:
        given = {report.choice: choice} if choice else {}
        assert list(report.function(**asked(report, party), **given)) or choice == "OUT"
