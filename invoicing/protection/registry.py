"""Which rules there are: every app that keeps rows for good registers its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from invoicing.protection.rules import Rule

MakeRules = Callable[[], Iterable[Rule]]

_makers: list[MakeRules] = []


def register_rules(make: MakeRules) -> MakeRules:
    """Register a function that gives the rules of an app, as a decorator. It is called late: models may be swapped."""
    if make not in _makers:
        _makers.append(make)
    return make


def all_rules() -> list[Rule]:
    """The rules of all apps, as the models are now."""
    return [rule for make in _makers for rule in make()]
