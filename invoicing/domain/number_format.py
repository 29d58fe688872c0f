"""Number formats: how an invoice's sequence and dates are written out as its number, such as 2026/0001 (BT-1).

A format is a template (see `number_language`), rendered over plain values: texts, whole numbers, days.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from itertools import product

from django.template import Context, TemplateSyntaxError
from django.utils.translation import gettext as _

from invoicing.domain.choices import CounterPeriod, InvoiceType, Origin
from invoicing.domain.counters import fiscal_year, known_period, period_key
from invoicing.domain.number_language import VARIABLES, FormatTemplate, plain
from invoicing.exceptions import InvalidDataError

EXAMPLE = "{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence|stringformat:'04d' }}"
LONGEST_FORMAT = 512
LONGEST_NUMBER = 128

# Controls, line breaks, invisible marks and what is no character: two numbers that look alike must be alike.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# What a filter can raise on values that it does not fit; everything else is a fault of ours and shall be seen.
_RENDERING_ERRORS = (TemplateSyntaxError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True)
class NumberFormat:
    """A format that has been read and may be rendered by several threads at once. Made by `compile_format`."""

    source: str
    template: FormatTemplate = field(repr=False, compare=False)

    @property
    def names(self) -> frozenset[str]:
        """The variables it uses, as they are written: {"invoice.sequence", "invoice.date_issue"}."""
        return self.template.paths

    @property
    def uses_pk(self) -> bool:
        """Whether the number can only be rendered once the invoice has a primary key."""
        return "invoice.pk" in self.names

    @cached_property
    def date_parts(self) -> frozenset[str]:
        """Which of "year", "month", "day" and "fiscal_year" change what it shows, found out by rendering."""
        probes: dict[str, dict[str, object]] = {
            "year": {"date_issue": date(2027, 5, 5), "date_tax_point": date(2027, 5, 5), "period": "2027-05-05"},
            "month": {"date_issue": date(2026, 6, 5), "date_tax_point": date(2026, 6, 5), "period": "2026-06-05"},
            "day": {"date_issue": date(2026, 5, 6), "date_tax_point": date(2026, 5, 6), "period": "2026-05-06"},
            "fiscal_year": {"fiscal_year": 2027},
        }
        day = date(2026, 5, 5)
        usual = {**_probe_values(sequence=1, day=day), "date_tax_point": day, "period": "2026-05-05"}
        shown = self.text({"invoice": usual})
        return frozenset(part for part, change in probes.items() if self.text({"invoice": {**usual, **change}}) != shown)

    def render(self, values: Mapping[str, object]) -> str:
        """The number over `values`, a mapping {"invoice": {"sequence": 1, "date_issue": date(…), …}} that holds every name of `names`.

        Raises InvalidDataError on `number_format` if the format does not fit the values, on `number` if what comes out cannot be a number:
        empty, longer than 128 characters, or with characters that cannot be seen. Raises TypeError for values that are not plain.
        """
        invoice = values.get("invoice")
        given = {f"invoice.{name}": value for name, value in invoice.items()} if isinstance(invoice, Mapping) else {}
        if missing := sorted(self.names - given.keys()):
            raise InvalidDataError(
                {"number": [_("The number format needs %(names)s, which was not given.") % {"names": ", ".join(missing)}]}
            )
        if self.uses_pk and given["invoice.pk"] is None:
            raise InvalidDataError({"number": [_("The number format shows invoice.pk, which is known only once the invoice is stored.")]})
        return check_number(self.text(values))

    def text(self, values: Mapping[str, object]) -> str:
        """What it shows over `values`, be it fit to be a number or not."""
        context = Context({name: plain(value) for name, value in values.items()}, autoescape=False, use_l10n=False, use_tz=False)
        try:
            return self.template.render(context).strip()
        except _RENDERING_ERRORS as error:
            raise _refusal(error) from error


@lru_cache(maxsize=256)
def compile_format(fmt: str) -> NumberFormat:
    """Read a format and try it out once. Raises InvalidDataError on `number_format`, with a sentence that names the mend."""
    if not fmt.strip() or len(fmt) > LONGEST_FORMAT:
        text = _("A number format has 1 to %(most)d characters, such as %(example)s.")
        raise InvalidDataError({"number_format": [text % {"most": LONGEST_FORMAT, "example": EXAMPLE}]})
    try:
        compiled = NumberFormat(source=fmt, template=FormatTemplate(fmt))
    except _RENDERING_ERRORS as error:
        raise _refusal(error) from error
    compiled.text({"invoice": _probe_values(sequence=1, day=date(2026, 11, 21))})
    return compiled


def render_number(fmt: str, values: Mapping[str, object]) -> str:
    """Write a number out: `render_number("{{ invoice.sequence }}", {"invoice": {"sequence": 7}})` is "7". Errors as `render`."""
    return compile_format(fmt).render(values)


def _refusal(error: Exception) -> InvalidDataError:
    text = _("The number format cannot be used: %(reason)s. The variables are %(names)s.")
    return InvalidDataError({"number_format": [text % {"reason": str(error).rstrip("."), "names": ", ".join(VARIABLES)}]})


def check_number(number: str) -> str:
    """The number, if it can be one: not empty, of at most 128 characters that can be seen. Raises InvalidDataError."""
    if not number:
        raise InvalidDataError({"number": [_("The number is empty: show {{ invoice.sequence }} in the number format.")]})
    if len(number) > LONGEST_NUMBER:
        text = _("The number has %(length)d characters, %(most)d are possible: shorten the number format.")
        raise InvalidDataError({"number": [text % {"length": len(number), "most": LONGEST_NUMBER}]})
    unseen = sorted({f"U+{ord(character):04X}" for character in number if unicodedata.category(character) in _UNSEEN})
    if unseen:
        text = _("The number contains %(characters)s, which cannot be seen or breaks the line: take it out of the number format.")
        raise InvalidDataError({"number": [text % {"characters": ", ".join(unseen)}]})
    return number


# Sequences around every power of ten, so that cutting and padding show; and ones that read alike when they run into a date.
_SEQUENCES = (
    1,
    2,
    3,
    9,
    10,
    11,
    19,
    99,
    100,
    101,
    110,
    111,
    112,
    999,
    1000,
    1001,
    1111,
    9999,
    10000,
    10001,
    12345,
    99999,
    100000,
    100001,
    12345678,
)

# The same day, month, weekday and ISO week in different periods; ISO weeks that span two months and two years; two digits against one.
_DAYS = (
    date(2026, 1, 1),
    date(2026, 1, 8),
    date(2026, 1, 11),
    date(2026, 6, 29),
    date(2026, 7, 1),
    date(2026, 11, 1),
    date(2026, 11, 11),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 1, 11),
    date(2027, 11, 11),
    date(2036, 1, 11),
)

_PERIOD_MENDS = {
    CounterPeriod.DAILY: "{{ invoice.date_issue|date:'Y-m-d' }}",
    CounterPeriod.MONTHLY: "{{ invoice.date_issue|date:'Y-m' }}",
    CounterPeriod.YEARLY: "{{ invoice.date_issue|date:'Y' }}",
    CounterPeriod.FISCAL_YEAR: "{{ invoice.fiscal_year }}",
}


@dataclass(frozen=True)
class _Probe:
    """An invoice that might be, as far as its counter can tell it from others."""

    type: str
    period: str
    sequence: int


def problems(fmt: str, *, period: CounterPeriod | str, per_type: bool, fiscal_year_start: int = 1) -> list[str]:
    """Sentences on why a format can give two invoices of a company the same number; none if it cannot.

    `period` is the counter's, by the day of issue; `per_type` says that each type has a counter of its own. The format is judged by what it
    shows for a few hundred invoices that might be, not by how it is written, so cut-off sequences and parts that run into one another are
    found too. Not judged are codes of customers and companies; the database refuses a number that they repeat.
    """
    period = known_period(period)
    try:
        repeated = _repetitions(fmt, period=period, per_type=per_type, fiscal_year_start=fiscal_year_start)
    except InvalidDataError as error:
        return [text for texts in error.errors.values() for text in texts]
    return [_sentence(number, one, other, period=period) for number, one, other in repeated]


@lru_cache(maxsize=256)
def _repetitions(fmt: str, *, period: CounterPeriod, per_type: bool, fiscal_year_start: int) -> list[tuple[str, _Probe, _Probe]]:
    """One example for each way in which two probes get the same number."""
    compiled = compile_format(fmt)
    first_with: dict[str, _Probe] = {}
    found: dict[tuple[str, ...], tuple[str, _Probe, _Probe]] = {}
    for probe, values in _probes(period=period, per_type=per_type, fiscal_year_start=fiscal_year_start):
        number = compiled.render({"invoice": values})
        other = first_with.setdefault(number, probe)
        if other != probe:
            found.setdefault(_differences(other, probe), (number, other, probe))
    # Where a part is missing, that it also runs into others is no news.
    plainly = [example for differences, example in found.items() if len(differences) == 1]
    return plainly or list(found.values())[:1]


def _probes(*, period: CounterPeriod, per_type: bool, fiscal_year_start: int) -> Iterator[tuple[_Probe, dict[str, object]]]:
    types = InvoiceType.values if per_type else [InvoiceType.INVOICE.value]
    for pk, (kind, day, sequence) in enumerate(product(types, _DAYS, _SEQUENCES), start=1):
        key = period_key(period, day, fiscal_year_start=fiscal_year_start)
        year = fiscal_year(day, start=fiscal_year_start)
        values = _probe_values(sequence=sequence, day=day)
        yield _Probe(kind, key, sequence), {**values, "type": kind, "period": key, "fiscal_year": year, "pk": pk}


def _probe_values(*, sequence: int, day: date) -> dict[str, object]:
    """An invoice that might be. Its tax point says nothing of its counter, so it stays the same."""
    return {
        "sequence": sequence,
        "pk": sequence,
        "type": InvoiceType.INVOICE.value,
        "origin": Origin.ISSUED.value,
        "date_issue": day,
        "date_tax_point": date(2026, 5, 5),
        "fiscal_year": day.year,
        "period": f"{day.year:04d}",
        "company_code": "NW",
        "customer_code": "st",
        "supplier_country": "SK",
        "customer_country": "DE",
        "currency": "EUR",
        "prefix": "A",
    }


def _differences(one: _Probe, other: _Probe) -> tuple[str, ...]:
    return tuple(name for name in ("type", "period", "sequence") if getattr(one, name) != getattr(other, name))


def _sentence(number: str, one: _Probe, other: _Probe, *, period: CounterPeriod) -> str:
    """What two invoices with the same number do not share, and the mend."""
    match _differences(one, other):
        case ("sequence",):
            text = _("The sequences %(one)s and %(other)s both give “%(number)s”: show {{ invoice.sequence }} whole.")
            return text % {"one": one.sequence, "other": other.sequence, "number": number}
        case ("period",):
            text = _("The counter starts anew, and both %(one)s and %(other)s give “%(number)s”: show the period, such as %(example)s.")
            return text % {"one": one.period, "other": other.period, "number": number, "example": _PERIOD_MENDS[period]}
        case ("type",):
            text = _("Each type has its counter, and both %(one)s and %(other)s give “%(number)s”: show {{ invoice.type }}.")
            return text % {"one": one.type, "other": other.type, "number": number}
        case _:
            text = _(
                "“%(number)s” can be read in two ways, for its parts run into one another: put a character such as / or - between them."
            )
            return text % {"number": number}
