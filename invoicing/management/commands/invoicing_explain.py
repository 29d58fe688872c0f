"""`manage.py invoicing_explain NUMBER`: prints how a total and a tax decision came about."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from invoicing.explaining import explain
from invoicing.management.explanation_text import as_text
from invoicing.models import AbstractInvoice, Company, get_invoice_model

NEAREST = 5
LOOKED_THROUGH = 10_000
"""Numbers that are compared with one that nobody has: the newest ones."""


class Command(BaseCommand):
    """Finds the document; `invoicing.explaining` does the rest."""

    help = "Explain an invoice: line by line how the total came about, and why the tax is what it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the invoice's number, or its uuid")
        parser.add_argument("--company", default="", help="code or name of the company, where several have the number")
        parser.add_argument("--json", action="store_true", help="print JSON; amounts are texts")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database to read from")

    def handle(self, **options: Any) -> None:
        invoices = self._of_company(options["company"], using=options["database"])
        explanation = explain(self._found(invoices, options["number"]))
        if options["json"]:
            self.stdout.write(json.dumps(explanation, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder))
        else:
            self.stdout.write(as_text(explanation))

    def _of_company(self, name: str, *, using: str) -> Any:
        invoices = get_invoice_model()._default_manager.using(using)
        if not name:
            return invoices.all()
        companies = Company.objects.using(using)
        found = companies.filter(Q(code=name) | Q(name=name))
        if not found:
            known = ", ".join(company.code or company.name for company in companies) or "none"
            raise CommandError(f"There is no company “{name}”. Known: {known}.")
        return invoices.filter(company__in=found)

    def _found(self, invoices: Any, number: str) -> AbstractInvoice:
        found = list(invoices.filter(number=number).select_related("company", "party", "customer_vat_id_check")[: NEAREST + 1])
        if not found and len(number) == 36:
            found = list(invoices.filter(uuid__in=_uuids(number)))
        if len(found) == 1:
            invoice: AbstractInvoice = found[0]
            return invoice
        if found:
            owners = "\n".join(f"  {invoice.uuid}  {invoice.origin}, {invoice.supplier_name}, {invoice.date_issue}" for invoice in found)
            raise CommandError(f"Several invoices have the number {number}: name the --company, or one of these ids:\n{owners}")
        numbers = invoices.exclude(number="").order_by("-pk").values_list("number", flat=True)[:LOOKED_THROUGH]
        near = get_close_matches(number, sorted(set(numbers)), n=NEAREST, cutoff=0.4)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise CommandError(f"No invoice has the number {number}.{hint}")


def _uuids(text: str) -> list[str]:
    """The id that a text is, if it is one."""
    try:
        return [str(UUID(text))]
    except ValueError:
        return []
