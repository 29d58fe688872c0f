"""Payment methods: the four words of the library, and the codes that others add to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from django.utils.translation import gettext_lazy as _

from invoicing.domain.choices import PaymentMethod
from invoicing.exceptions import InvalidDataError

Source: TypeAlias = "Callable[[str], Mapping[str, str]]"
"""Called with the alias of a database; gives the name of each code that documents in it may have, the four words or not."""

CODE: Final = r"^[A-Z][A-Z0-9_]*\Z"

LONGEST: Final = 16

_sources: list[Source] = []


def register(source: Source) -> None:
    """Add the codes of a source, from now on and in this process; `AppConfig.ready()` is the place. The same source counts once."""
    if source not in _sources:
        _sources.append(source)


def has_sources() -> bool:
    """Whether anybody has codes beside the four words."""
    return bool(_sources)


def is_code(code: object) -> bool:
    """Whether it is written as a code is, known or not."""
    return isinstance(code, str) and len(code) <= LONGEST and re.match(CODE, code) is not None


def names(*, using: str) -> dict[str, str]:
    """The name of every code that is known in a database: the four words first, in the language of the moment."""
    known = {str(code): str(label) for code, label in PaymentMethod.choices}
    for source in _sources:
        known = {**{str(code): str(name) for code, name in source(using).items()}, **known}
    return {code: known[code] for code in (*PaymentMethod.values, *sorted(known.keys() - set(PaymentMethod.values)))}


def is_known(code: str, *, using: str) -> bool:
    """Whether documents may have this code. The four words are known without a look at any source."""
    return code in PaymentMethod.values or any(code in source(using) for source in _sources)


def name_of(code: str, *, using: str) -> str:
    """What people call it: one of the four words in the language of the moment; the code itself where nobody knows it any more."""
    if code in PaymentMethod.values:
        return str(PaymentMethod(code).label)
    found = (str(source(using).get(code) or "") for source in _sources) if code else iter(())
    return next((name for name in found if name), code)


def check(code: str, *, using: str) -> None:
    """Raise InvalidDataError that lists the known codes for one that is none of them."""
    if not is_known(code, using=using):
        text = _("“{code}” is no payment method: use one of {known}.").format(code=code, known=", ".join(names(using=using)))
        raise InvalidDataError({"payment_method": [text]})
