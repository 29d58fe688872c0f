"""The context's reference page."""

import dataclasses
import re
from pathlib import Path

import pytest

from invoicing.documents import context

PAGE = Path(__file__).parents[2] / "docs/reference/document-context.md"


@pytest.mark.parametrize(
    "part",
    [
        context.DocumentContext,
        context.Look,
        context.PartyBlock,
        context.LineRow,
        context.TaxRow,
        context.PaymentBlock,
        context.EarlyDiscount,
        context.PaymentCode,
        context.SwissBill,
    ],
    ids=lambda part: part.__name__,
)
def test_the_reference_names_every_field(part):
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {part.__name__}\n")[1].split("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", section))

    assert {field.name for field in dataclasses.fields(part)} <= named


def test_a_value_shows_as_its_text():
    assert str(context.Money(value=1, figure="1.00", text="EUR 1.00")) == "EUR 1.00"
    assert str(context.Number(value=1, text="1%")) == "1%"
    assert str(context.Day(value=None, text="Nov. 20, 2026")) == "Nov. 20, 2026"
