"""A number is what its format says, over plain values, and a format that could repeat one is found out."""

import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import override_settings
from django.utils import translation
from django.utils.safestring import mark_safe

from invoicing.domain.choices import CounterPeriod, InvoiceType
from invoicing.domain.number_format import compile_format, problems, render_number
from invoicing.domain.number_language import plain
from invoicing.exceptions import InvalidDataError

DEFAULT = "{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence }}"


def values(**change):
    usual = {
        "sequence": 1,
        "pk": 1,
        "type": InvoiceType.INVOICE,
        "origin": "ISSUED",
        "date_issue": date(2025, 12, 9),
        "date_tax_point": None,
        "fiscal_year": 2025,
        "period": "2025",
        "company_code": "NW",
        "customer_code": "st",
        "supplier_country": "SK",
        "customer_country": "DE",
        "currency": "EUR",
        "prefix": "",
    }
    return {"invoice": {**usual, **change}}


@pytest.mark.parametrize(
    ("fmt", "number"),
    [
        (DEFAULT, "2025/1"),
        ("{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence|stringformat:'04d' }}", "2025/0001"),
        ("INV-{{ invoice.fiscal_year }}-{{ invoice.sequence|stringformat:'05d' }}", "INV-2025-00001"),
        ("{{ invoice.customer_code }}{{ invoice.pk }}{{ invoice.date_issue|date:'M'|upper }}{{ invoice.date_issue|date:'y' }}", "st1DEC25"),
        ("{{ invoice.date_issue }}-{{ invoice.sequence }}", "2025-12-09-1"),
        ("{{ invoice.date_issue|date:'j.n. l W z \\\\Y' }}/{{ invoice.sequence }}", "9.12. Tuesday 50 343 Y/1"),
        ("{% if invoice.type == 'CREDIT_NOTE' %}CN{% else %}IN{% endif %}{{ invoice.sequence }}", "IN1"),
        ("{% with n=invoice.sequence|stringformat:'03d' %}{{ invoice.type|slice:':3' }}-{{ n }}{% endwith %}", "INV-001"),
        ("{% firstof invoice.prefix invoice.company_code %}{{ invoice.sequence }}{# a note #}", "NW1"),
        ("A{{ invoice.date_tax_point }}{{ invoice.date_tax_point|date:'Y' }}-{{ invoice.sequence }}", "A-1"),
        ("  {{ invoice.sequence|add:1000 }} ", "1001"),
    ],
)
def test_a_format_writes_its_number(fmt, number):
    assert render_number(fmt, values()) == number


def test_numbers_are_neither_localised_nor_escaped_nor_translated():
    fmt = "{{ invoice.customer_code }}/{{ invoice.date_issue|date:'F' }}/{{ invoice.date_issue }}/{{ invoice.sequence }}"

    with translation.override("de"), override_settings(USE_THOUSAND_SEPARATOR=True, DATE_FORMAT="d", TEMPLATES=[]):
        number = render_number(fmt, values(sequence=1234567, customer_code="A&B<"))

    assert number == "A&B</December/2025-12-09/1234567"


def test_a_number_needs_no_settings_at_all():
    program = (
        "from datetime import date; from invoicing.domain.number_format import render_number; print(render_number("
        "\"{{ invoice.date_issue|date:'M' }}{{ invoice.date_issue }}/{{ invoice.sequence }}\","
        "{'invoice': {'sequence': 1000, 'date_issue': date(2026, 5, 4)}}))"
    )

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={})  # noqa: S603 - our own text

    assert printed.stdout == "May2026-05-04/1000\n"


@pytest.mark.parametrize(
    "fmt",
    [
        "{{ invoice.sequence.real }}",
        "{{ invoice.type.upper }}",
        "{{ invoice.type.format }}",
        "{{ invoice.type.encode }}",
        "{{ invoice.date_issue.value }}",
        "{{ invoice.date_issue.today }}",
        "{{ invoice.__class__ }}",
        "{{ invoice.items }}",
        "{{ invoice }}",
        "{{ settings.SECRET_KEY }}",
        "{{ invoice.delete }}",
        "{{ invoice..sequence }}",
        "{{ invoice.sequence|default:invoice.type.upper }}",
        "{% if invoice.type.upper %}{{ invoice.sequence }}{% endif %}",
        "{% firstof invoice.keys invoice.sequence %}",
        "{% with a=invoice.type %}{{ a.upper }}{% endwith %}{{ invoice.sequence }}",
        "{% with invoice=1 %}{{ invoice.sequence }}{% endwith %}",
        "{% with a=invoice.type.upper %}{{ a }}{% endwith %}{{ invoice.sequence }}",
        "{% include 'admin/base.html' %}",
        "{% extends 'admin/base.html' %}",
        "{% load i18n %}",
        "{% debug %}",
        "{% now 'Y' %}{{ invoice.sequence }}",
        "{% for c in invoice.type %}{{ c }}{% endfor %}",
        "{% csrf_token %}",
        "{{ invoice.sequence|random }}",
        "{{ invoice.sequence|floatformat }}",
        "{{ invoice.sequence|pprint }}",
        "{{ invoice.sequence|safe }}",
        "{{ _('January') }}{{ invoice.sequence }}",
        "{{ invoice.sequence|default:_('January') }}",
        "{{ invoice.sequence|stringformat:'0999999999d' }}",
        "{{ invoice.type|ljust:'999999999' }}",
        "{{ invoice.sequence|rjust:129 }}",
        "{{ invoice.date_issue|date:'H' }}",
        "{{ invoice.sequence|date:'Y' }}",
        "{{ invoice.sequence",
        "{{ }}",
        "{% if %}",
        "{% if invoice.type %}{{ invoice.sequence }}",
        "{{ invoice.sequence|upper:1 }}",
    ],
)
def test_what_reaches_further_than_the_plain_values_is_refused(fmt):
    if fmt == "{{ invoice.sequence":
        # An unclosed tag is text to Django; what it says can be a number, but never shows a sequence.
        assert problems(fmt, period=CounterPeriod.INFINITE, per_type=False)
        return
    with pytest.raises(InvalidDataError) as refused:
        compile_format(fmt)

    assert list(refused.value.errors) == ["number_format"]
    assert "The variables are invoice.sequence, invoice.pk" in refused.value.errors["number_format"][0]


@pytest.mark.parametrize(
    ("fmt", "reason"),
    [
        ("{{ invoice.total }}", "there is no {{ invoice.total }}"),
        ("{% load i18n %}", "“load” is not possible here, the tags are comment, firstof, if, with"),
        ("{{ invoice.sequence|zfill:3 }}", "there is no filter “zfill”, the filters are add"),
        ("{{ invoice.date_issue|date:'H' }}", "the filter “date” knows Y y m"),
    ],
)
def test_a_refusal_names_the_mend(fmt, reason):
    with pytest.raises(InvalidDataError) as refused:
        compile_format(fmt)

    assert reason in refused.value.errors["number_format"][0]


@pytest.mark.parametrize("fmt", ["", "   ", "x" * 513])
def test_a_format_has_a_length(fmt):
    with pytest.raises(InvalidDataError, match="A number format has 1 to 512 characters"):
        compile_format(fmt)


@pytest.mark.parametrize(
    ("prefix", "reason"),
    [
        ("A\nB", r"U\+000A"),
        ("A\x00", r"U\+0000"),
        ("\u202eA", r"U\+202E"),
        ("A\u200b", r"U\+200B"),
        ("A\u2028B", r"U\+2028"),
        ("", "The number is empty"),
        ("x" * 129, "The number has 129 characters, 128 are possible"),
    ],
)
def test_a_number_that_nobody_can_read_is_refused(prefix, reason):
    with pytest.raises(InvalidDataError, match=f"number: .*{reason}"):
        render_number("{{ invoice.prefix }}", values(prefix=prefix))


def test_a_number_of_any_script_is_fine():
    assert render_number("{{ invoice.prefix }}-{{ invoice.sequence }}", values(prefix="Číslo")) == "Číslo-1"


def test_values_that_were_not_given_are_named():
    with pytest.raises(InvalidDataError, match=r"needs invoice\.prefix, which was not given"):
        render_number("{{ invoice.prefix }}{{ invoice.sequence }}", {"invoice": {"sequence": 1}})


def test_a_primary_key_must_be_known_before_it_is_shown():
    with pytest.raises(InvalidDataError, match="known only once the invoice is stored"):
        render_number("{{ invoice.pk }}", values(pk=None))


@pytest.mark.parametrize("value", [object(), len, 1.5, [1], datetime(2026, 1, 1), InvoiceType, {1: 2}, b"a"])  # noqa: DTZ001 - refused
def test_only_plain_values_come_near_a_format(value):
    with pytest.raises(TypeError, match="A number format"):
        render_number("{{ invoice.sequence }}", values(extra=value))


def test_plain_values_lose_what_could_be_called():
    cleaned = plain({"type": InvoiceType.ADVANCE, "amount": Decimal("1.50"), "nothing": None, "yes": True, "safe": mark_safe("a")})

    assert cleaned == {"type": "ADVANCE", "amount": Decimal("1.50"), "nothing": "", "yes": True, "safe": "a"}
    assert type(cleaned["type"]) is str


def test_a_format_knows_what_it_uses():
    compiled = compile_format("{% if invoice.type == 'PROFORMA' %}P{% endif %}{{ invoice.date_issue|date:'Y-m' }}/{{ invoice.sequence }}")

    assert compiled.names == {"invoice.type", "invoice.date_issue", "invoice.sequence"}
    assert compiled.date_parts == {"year", "month"}
    assert not compiled.uses_pk
    assert compile_format("{{ invoice.fiscal_year }}/{{ invoice.pk }}").date_parts == {"fiscal_year"}
    assert compile_format("{{ invoice.pk }}").uses_pk
    assert compile_format(DEFAULT) is compile_format(DEFAULT)


@pytest.mark.parametrize(
    ("fmt", "period"),
    [
        (DEFAULT, "YEARLY"),
        ("{{ invoice.date_issue|date:'y' }}{{ invoice.sequence|stringformat:'04d' }}", "YEARLY"),
        ("{{ invoice.period }}/{{ invoice.sequence }}", "DAILY"),
        ("{{ invoice.date_issue|date:'Ymd' }}{{ invoice.sequence }}", "DAILY"),
        ("{{ invoice.date_issue|date:'Y-m' }}/{{ invoice.sequence }}", "MONTHLY"),
        ("{{ invoice.fiscal_year }}/{{ invoice.sequence }}", "FISCAL_YEAR"),
        (DEFAULT, "FISCAL_YEAR"),
        ("{{ invoice.sequence }}", "INFINITE"),
        ("{{ invoice.customer_code }}{{ invoice.pk }}{{ invoice.date_issue|date:'M'|upper }}{{ invoice.date_issue|date:'y' }}", "YEARLY"),
    ],
)
def test_a_format_that_shows_sequence_and_period_has_no_problems(fmt, period):
    assert problems(fmt, period=period, per_type=False) == []


@pytest.mark.parametrize(
    ("fmt", "period", "mend"),
    [
        ("{{ invoice.date_issue|date:'Y' }}", "YEARLY", "show {{ invoice.sequence }} whole"),
        (
            "{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence|stringformat:'03d'|slice:':3' }}",
            "YEARLY",
            "show {{ invoice.sequence }} whole",
        ),
        (
            "{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence|stringformat:'05d'|slice:'-5:' }}",
            "YEARLY",
            "{{ invoice.sequence }} whole",
        ),
        ("N{{ invoice.sequence|stringformat:'zz' }}", "INFINITE", "show {{ invoice.sequence }} whole"),
        ("{{ invoice.sequence }}", "YEARLY", "show the period, such as {{ invoice.date_issue|date:'Y' }}"),
        ("{{ invoice.date_issue|date:'m' }}/{{ invoice.sequence }}", "MONTHLY", "such as {{ invoice.date_issue|date:'Y-m' }}"),
        (DEFAULT, "MONTHLY", "such as {{ invoice.date_issue|date:'Y-m' }}"),
        ("{{ invoice.date_issue|date:'Y-m' }}/{{ invoice.sequence }}", "DAILY", "such as {{ invoice.date_issue|date:'Y-m-d' }}"),
        ("{{ invoice.date_issue|date:'o-W' }}/{{ invoice.sequence }}", "MONTHLY", "such as {{ invoice.date_issue|date:'Y-m' }}"),
        ("{{ invoice.date_issue|date:'o' }}/{{ invoice.sequence }}", "YEARLY", "such as {{ invoice.date_issue|date:'Y' }}"),
        ("{{ invoice.date_tax_point|date:'Y' }}/{{ invoice.sequence }}", "YEARLY", "such as {{ invoice.date_issue|date:'Y' }}"),
        ("{{ invoice.date_issue|date:'Yn' }}{{ invoice.sequence }}", "MONTHLY", "its parts run into one another"),
        ("{{ invoice.total }}", "YEARLY", "there is no {{ invoice.total }}"),
        ("{% if invoice.sequence > 1 %}{{ invoice.sequence }}{% endif %}", "INFINITE", "The number is empty"),
    ],
)
def test_a_format_that_can_repeat_a_number_says_the_mend(fmt, period, mend):
    found = problems(fmt, period=period, per_type=False)

    assert len(found) == 1
    assert mend in found[0]


def test_a_fiscal_year_is_not_the_calendar_year_unless_it_starts_in_january():
    found = problems(DEFAULT, period="FISCAL_YEAR", per_type=False, fiscal_year_start=4)

    assert found == [
        "The counter starts anew, and both FY2025 and FY2026 give “2026/1”: show the period, such as {{ invoice.fiscal_year }}.",
    ]


def test_types_with_counters_of_their_own_must_show():
    assert "show {{ invoice.type }}" in problems(DEFAULT, period="YEARLY", per_type=True)[0]
    assert problems("{{ invoice.type|first }}" + DEFAULT, period="YEARLY", per_type=True) == []
    advance_only = "{% if invoice.type == 'ADVANCE' %}A{% endif %}" + DEFAULT
    assert "INVOICE and PROFORMA" in problems(advance_only, period="YEARLY", per_type=True)[0]


def test_every_missing_part_is_said_at_once():
    found = problems("{{ invoice.prefix }}", period="YEARLY", per_type=True)

    assert [text.split()[0] for text in found] == ["The", "The", "Each"]
