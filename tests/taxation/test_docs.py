"""The pages on taxation: their examples run, and their table of rates is the data."""

import doctest
import re
from pathlib import Path

import pytest

from invoicing.taxation.rate_tables import rate_table

DOCS = Path(__file__).parents[2] / "docs"
CLASSES = ("STANDARD", "REDUCED", "SECOND_REDUCED", "SUPER_REDUCED")


@pytest.mark.parametrize("page", ["explanation/taxation.md", "how-to/taxation-policy.md", "reference/tax-rates.md"])
def test_the_examples_run(page):
    outcome = doctest.testfile(str(DOCS / page), module_relative=False, encoding="utf-8")

    assert outcome.attempted > 0
    assert outcome.failed == 0


def cell(rows, *, since):
    """Write the rows of one country and class as the page does."""
    begins = [f" from {row.valid_from}" if str(row.valid_from) != since else "" for row in rows]
    ends = [f" to {row.valid_to}" if row.valid_to else "" for row in rows]
    return ", ".join(f"{row.rate}{begin}{end}" for row, begin, end in zip(rows, begins, ends, strict=True)) or "–"


def test_the_table_of_rates_is_the_data():
    page = (DOCS / "reference/tax-rates.md").read_text(encoding="utf-8")
    shown = {line.split(" | ")[0].strip("| "): line for line in page.splitlines() if re.match(r"\| [A-Z]{2} \|", line)}
    countries = rate_table("eu").rows

    assert set(shown) == set(countries)
    for country, classes in countries.items():
        since = "2021-01-01" if country == "XI" else "2015-01-01"
        cells = [cell(classes.get(tax_class, ()), since=since) for tax_class in CLASSES]
        assert shown[country] == f"| {country} | {' | '.join(cells)} |"
