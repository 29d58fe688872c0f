"""Rates: each country on a day, each change on the eve and on the day, and what is not in the tables."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.exceptions import InvalidDataError
from invoicing.taxation.eu import EUTaxationPolicy
from invoicing.taxation.rate_tables import rate_table
from invoicing.taxation.territories import MEMBER_STATES

# Standard, REDUCED, SECOND_REDUCED, SUPER_REDUCED on 1 October 2026; "-" where a country has none.
TODAY = """
AT 20   10   13  4.9
BE 21   12   6   -
BG 20   9    -   -
CY 19   9    5   3
CZ 21   12   -   -
DE 19   7    -   -
DK 25   -    -   -
EE 24   9    13  -
ES 21   10   -   4
FI 25.5 13.5 10  -
FR 20   10   5.5 2.1
GR 24   13   6   -
HR 25   13   5   -
HU 27   18   5   -
IE 23   13.5 9   4.8
IT 22   10   5   4
LT 21   12   5   -
LU 17   8    -   3
LV 21   12   5   -
MT 18   7    5   -
NL 21   9    -   -
PL 23   8    5   -
PT 23   13   6   -
RO 21   11   -   -
SE 25   12   6   -
SI 22   9.5  5   -
SK 23   19   5   -
XI 20   5    -   -
"""
CLASSES = ("STANDARD", "REDUCED", "SECOND_REDUCED", "SUPER_REDUCED")

# Country, class, first day of the new rate, the rate before, the rate from then on.
CHANGES = """
AT SECOND_REDUCED 2016-01-01 -    13
AT SUPER_REDUCED  2026-07-01 -    4.9
CY SUPER_REDUCED  2023-07-21 -    3
CZ REDUCED        2024-01-01 15   12
CZ SECOND_REDUCED 2024-01-01 10   -
DE STANDARD       2020-07-01 19   16
DE STANDARD       2021-01-01 16   19
DE REDUCED        2020-07-01 7    5
DE REDUCED        2021-01-01 5    7
EE STANDARD       2024-01-01 20   22
EE STANDARD       2025-07-01 22   24
EE SECOND_REDUCED 2022-08-01 -    5
EE SECOND_REDUCED 2025-01-01 5    13
FI STANDARD       2024-09-01 24   25.5
FI REDUCED        2026-01-01 14   13.5
GR STANDARD       2016-06-01 23   24
GR SECOND_REDUCED 2015-07-20 6.5  6
IE STANDARD       2020-09-01 23   21
IE STANDARD       2021-03-01 21   23
IT SECOND_REDUCED 2016-01-01 -    5
LT REDUCED        2026-01-01 9    12
LU STANDARD       2023-01-01 17   16
LU STANDARD       2024-01-01 16   17
LU REDUCED        2023-01-01 8    7
LU REDUCED        2024-01-01 7    8
LV SECOND_REDUCED 2018-01-01 -    5
NL REDUCED        2019-01-01 6    9
RO STANDARD       2016-01-01 24   20
RO STANDARD       2017-01-01 20   19
RO STANDARD       2025-08-01 19   21
RO REDUCED        2025-08-01 9    11
RO SECOND_REDUCED 2025-08-01 5    -
SI SECOND_REDUCED 2020-01-01 -    5
SK STANDARD       2025-01-01 20   23
SK REDUCED        2025-01-01 10   19
SK SECOND_REDUCED 2023-01-01 -    5
"""


def cells(table):
    return [line.split() for line in table.strip().splitlines()]


def rate_or_dash(country, tax_class, *, on):
    try:
        return str(EUTaxationPolicy.rate(country, tax_class, on=on))
    except InvalidDataError:
        return "-"


@pytest.mark.parametrize(("country", "rates"), [(line[0], line[1:]) for line in cells(TODAY)])
def test_each_country_has_its_rates(country, rates):
    assert [rate_or_dash(country, tax_class, on=date(2026, 10, 1)) for tax_class in CLASSES] == rates


@pytest.mark.parametrize(("country", "tax_class", "day", "before", "after"), cells(CHANGES))
def test_a_change_begins_on_its_day(country, tax_class, day, before, after):
    first = date.fromisoformat(day)

    assert rate_or_dash(country, tax_class, on=date.fromordinal(first.toordinal() - 1)) == before
    assert rate_or_dash(country, tax_class, on=first) == after


def test_every_change_in_the_file_is_in_the_table_above():
    begun = {
        (country, tax_class, str(row.valid_from))
        for country, classes in rate_table("eu").rows.items()
        for tax_class, rows in classes.items()
        for row in rows
        if row.valid_from > date(2015, 1, 1) and country != "XI"
    }

    assert begun == {(c, k, day) for c, k, day, _, after in cells(CHANGES) if after != "-"}


def test_every_member_state_has_a_standard_rate_since_2015():
    assert all(EUTaxationPolicy.standard_rate(state, on=date(2015, 1, 1)) >= 17 for state in MEMBER_STATES)


def test_every_row_names_its_source():
    rows = [row for name in ("eu", "india") for classes in rate_table(name).rows.values() for found in classes.values() for row in found]

    assert len(rows) == 115
    assert all(row.source for row in rows)


def test_a_class_that_a_country_lacks_is_named_with_those_it_has():
    with pytest.raises(InvalidDataError) as raised:
        EUTaxationPolicy.rate("DE", "SUPER_REDUCED", on=date(2026, 1, 1))

    assert raised.value.errors == {"tax_class": ["DE has no SUPER_REDUCED rate on 2026-01-01; it has: STANDARD, REDUCED."]}


def test_a_day_before_the_first_rate_is_an_error():
    with pytest.raises(InvalidDataError, match="known from 2015-01-01 on, not for 2014-12-31"):
        EUTaxationPolicy.standard_rate("DE", on=date(2014, 12, 31))
    with pytest.raises(InvalidDataError, match="known from 2021-01-01 on"):
        EUTaxationPolicy.standard_rate("XI", on=date(2020, 12, 31))


@pytest.mark.parametrize("country", ["US", "CH", ""])
def test_a_country_without_rates_is_an_error(country):
    with pytest.raises(InvalidDataError, match="No rates are known"):
        EUTaxationPolicy.standard_rate(country, on=date(2026, 1, 1))


def test_zero_is_a_rate_and_exempt_is_none():
    assert EUTaxationPolicy.rate("DK", "ZERO", on=date(2026, 1, 1)) == Decimal(0)
    with pytest.raises(InvalidDataError, match="DK has no EXEMPT rate"):
        EUTaxationPolicy.rate("DK", "EXEMPT", on=date(2026, 1, 1))


@pytest.mark.parametrize("spelling", ["GR", "EL", "el", " gr "])
def test_greece_is_found_by_either_code(spelling):
    assert EUTaxationPolicy.standard_rate(spelling, on=date(2026, 1, 1)) == 24


def test_the_rates_agree_with_an_independent_collection():
    # Optional: a small package that follows the Commission's database day by day.
    collection = pytest.importorskip("eu_vat_rates_data", reason="eu-vat-rates-data is not installed")
    day = date.fromisoformat(collection.data_version)

    for country in MEMBER_STATES:
        theirs = collection.get_rate(country)
        others = {str(Decimal(str(rate)).normalize()) for rate in [*theirs["reduced"], theirs["super_reduced"]] if rate}
        assert EUTaxationPolicy.standard_rate(country, on=day) == Decimal(str(theirs["standard"]))
        # Ireland's 4.8 % for livestock is not in the Commission's list of reduced rates.
        ours = {str(Decimal(rate_or_dash(country, k, on=day)).normalize()) for k in CLASSES[1:] if rate_or_dash(country, k, on=day) != "-"}
        assert ours - others <= {"4.8"}, country
