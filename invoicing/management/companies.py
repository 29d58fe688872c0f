"""How a command is told which companies it is about."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management.base import CommandError

from invoicing.models import Company

NO_COMPANY = "-"
"""Stands for the documents of a host that has no rows of companies."""

MISUSED = 2
"""The exit code of a command that was called wrongly."""


def companies_named(names: Sequence[str], *, using: str) -> list[int | None]:
    """The keys of the companies that are named by code, or by key where no code is the same. Raises CommandError."""
    companies = Company.objects.using(using)
    keys: list[int | None] = []
    for name in names:
        found: list[int | None] = list(companies.filter(code=name).values_list("pk", flat=True)) if name else []
        if not found and name == NO_COMPANY:
            found = [None]
        if not found and name.isdecimal():
            found = list(companies.filter(pk=name).values_list("pk", flat=True))
        if not found:
            known = ", ".join(company.code or str(company.pk) for company in companies) or "none"
            raise CommandError(f"There is no company “{name}”. Known: {known}.", returncode=MISUSED)
        keys += found
    return keys
