"""The language that number formats are written in: Django's template syntax, cut down to a few variables, filters and tags.

Formats are typed by people, so nothing that they can name may be called, loaded, translated, localised or told the time. Of Django
only the parser and filters are used that never ask the settings, so a number is the same in every host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, wraps
from typing import Any, NoReturn, TypeAlias

from django.template import Engine, Library, Template, TemplateSyntaxError, defaultfilters, defaulttags
from django.template.base import FilterExpression, Lexer, NodeList, Parser, Token, Variable
from django.utils.functional import Promise

VARIABLES: Mapping[str, str] = {
    "invoice.sequence": "the counter's value, a whole number",
    "invoice.pk": "the primary key, known only once the invoice is stored",
    "invoice.type": "INVOICE, ADVANCE, PROFORMA or CREDIT_NOTE",
    "invoice.origin": "ISSUED or RECEIVED",
    "invoice.date_issue": "the day of issue",
    "invoice.date_tax_point": "the day of the tax point, or nothing",
    "invoice.fiscal_year": "the year in which the fiscal year started, a whole number",
    "invoice.period": "the counter's period, such as 2026-11; nothing for INFINITE",
    "invoice.company_code": "the code of the company that issues",
    "invoice.customer_code": "the code of the customer",
    "invoice.supplier_country": "two letters",
    "invoice.customer_country": "two letters",
    "invoice.currency": "three letters",
    "invoice.prefix": "the prefix of the series, or nothing",
}
"""What a format may show, and what it is."""

WIDEST = 128
"""The largest width a filter may pad to: a number is no longer than that, and a huge width would eat the memory."""

Plain: TypeAlias = "str | int | Decimal | Day | dict[str, Plain]"


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A date as a format sees it: shown as 2026-11-21, whatever the settings say of dates. Django would localise a plain `date`."""

    value: date

    def __str__(self) -> str:
        return self.value.isoformat()


def plain(value: object) -> Plain:
    """What a template may be given of a value: text, number, day, truth, nothing, or a mapping of these. Raises TypeError for all else."""
    match value:
        case None:
            return ""
        case bool() | Decimal():
            return value
        case str():
            # str() takes the members of TextChoices to the word that is stored.
            return str(value)
        case int():
            return int(value)
        case date() if not isinstance(value, datetime):
            return Day(value)
        case Mapping():
            return {_key(key): plain(item) for key, item in value.items()}
        case _:
            raise TypeError(f"A number format is given plain values only, not {type(value).__name__}.")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"A number format finds values by name, not by {type(key).__name__}.")
    return key


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# English whatever the language is: a number must not depend on who happens to save the invoice.
DATE_LETTERS: Mapping[str, Callable[[date], str]] = {
    "Y": lambda day: f"{day.year:04d}",
    "y": lambda day: f"{day.year % 100:02d}",
    "m": lambda day: f"{day.month:02d}",
    "n": lambda day: str(day.month),
    "M": lambda day: MONTHS[day.month - 1][:3],
    "b": lambda day: MONTHS[day.month - 1][:3].lower(),
    "F": lambda day: MONTHS[day.month - 1],
    "d": lambda day: f"{day.day:02d}",
    "j": lambda day: str(day.day),
    "D": lambda day: WEEKDAYS[day.weekday()][:3],
    "l": lambda day: WEEKDAYS[day.weekday()],
    "o": lambda day: f"{day.isocalendar().year:04d}",
    "W": lambda day: f"{day.isocalendar().week:02d}",
    "z": lambda day: f"{day.timetuple().tm_yday:03d}",
}
"""The letters of `|date:"…"`, as Django's filter has them; only W and z are padded with zeros, lest they run into what follows."""


def show_date(value: object, letters: str = "Y-m-d") -> str:
    """The `date` filter. A backslash takes the letter after it as it is."""
    if value == "":
        return ""
    if not isinstance(value, Day):
        raise TemplateSyntaxError("the filter “date” needs a day, such as invoice.date_issue")
    day = value.value
    return re.sub(r"\\(.)|([A-Za-z])", lambda found: found[1] or _date_part(day, found[2]), str(letters))


def _date_part(day: date, letter: str) -> str:
    if letter not in DATE_LETTERS:
        raise TemplateSyntaxError(
            f"the filter “date” knows {' '.join(DATE_LETTERS)}, not {letter} (write \\{letter} for the letter itself)"
        )
    return DATE_LETTERS[letter](day)


def _bounded(padding: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
    """A filter of Django that pads, kept from padding without end."""

    @wraps(padding)
    def bounded(value: object, arg: object) -> str:
        if any(len(width) > len(str(WIDEST)) or int(width) > WIDEST for width in re.findall(r"[0-9]+", str(arg))):
            raise TemplateSyntaxError(f"a width may be {WIDEST} at most, not {arg!s:.40}")
        return padding(value, arg)

    return bounded


FILTERS: Mapping[str, Callable[..., object]] = {
    "add": defaultfilters.add,
    "capfirst": defaultfilters.capfirst,
    "center": _bounded(defaultfilters.center),
    "cut": defaultfilters.cut,
    "date": show_date,
    "default": defaultfilters.default,
    "first": defaultfilters.first,
    "last": defaultfilters.last,
    "ljust": _bounded(defaultfilters.ljust),
    "lower": defaultfilters.lower,
    "rjust": _bounded(defaultfilters.rjust),
    "slice": defaultfilters.slice_filter,
    "slugify": defaultfilters.slugify,
    "stringformat": _bounded(defaultfilters.stringformat),
    "title": defaultfilters.title,
    "upper": defaultfilters.upper,
}

TAGS: Mapping[str, Callable[..., Any]] = {
    "comment": defaulttags.comment,
    "firstof": defaulttags.firstof,
    "if": defaulttags.do_if,
    "with": defaulttags.do_with,
}


@cache
def engine() -> Engine:
    """An engine of our own, so that it is the same in every host: no loaders, no libraries, no escaping."""
    vocabulary = Library()
    for name, function in FILTERS.items():
        vocabulary.filter(name, function)
    for name, compiler in TAGS.items():
        vocabulary.tag(name, compiler)
    own = Engine(loaders=[], libraries={}, autoescape=False)
    own.template_builtins = [vocabulary]
    return own


class FormatParser(Parser):
    """Django's parser, which notes every variable, and says what may be used instead of what is not there."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens, libraries={}, builtins=engine().template_builtins)
        self.paths: set[str] = set()

    def compile_filter(self, token: str) -> FilterExpression:
        """Every way into an expression leads through here: variables, conditions, and the arguments of tags."""
        expression = super().compile_filter(token)
        arguments = [argument for _, pairs in expression.filters for _, argument in pairs]
        for part in (expression.var, *arguments):
            if isinstance(part, Promise) or (isinstance(part, Variable) and part.translate):
                raise TemplateSyntaxError("a number is the same in every language: write the text without _( )")
            if isinstance(part, Variable) and part.lookups is not None:
                self.paths.add(str(part))
        return expression

    def find_filter(self, filter_name: str) -> Callable[..., Any]:
        if filter_name not in self.filters:
            raise TemplateSyntaxError(f"there is no filter “{filter_name}”, the filters are {', '.join(FILTERS)}")
        return super().find_filter(filter_name)

    def invalid_block_tag(self, token: Token, command: str, parse_until: Iterable[str] | None = None) -> NoReturn:
        expected = parse_until or TAGS
        raise self.error(token, f"“{command}” is not possible here, the tags are {', '.join(expected)}")


class FormatTemplate(Template):
    """A template of the cut-down language."""

    paths: frozenset[str]

    def __init__(self, source: str) -> None:
        super().__init__(source, engine=engine())

    def compile_nodelist(self) -> NodeList:
        parser = FormatParser(Lexer(self.source).tokenize())
        nodes = parser.parse()
        self.extra_data = parser.extra_data
        nodes_with = (node for node in nodes.get_nodes_by_type(defaulttags.WithNode) if isinstance(node, defaulttags.WithNode))
        given_names = {name for node in nodes_with for name in node.extra_context}
        self.paths = frozenset(parser.paths - given_names - {"True", "False", "None"})
        if "invoice" in given_names:
            raise TemplateSyntaxError("the name “invoice” is taken")
        if unknown := sorted(self.paths - VARIABLES.keys()):
            raise TemplateSyntaxError(f"there is no {{{{ {unknown[0]} }}}}")
        return nodes
