"""From nothing to an issued invoice with the core dependencies alone: `python smoke.py` in an environment that has just the wheel."""

import os
import sys
from datetime import date
from decimal import Decimal

import django
from django.core.management import call_command

OPTIONAL = (
    *("babel", "django_filters", "drf_spectacular", "lxml", "mt940", "pypdf", "qrbill"),
    *("rest_framework", "segno", "weasyprint", "xlsxwriter"),
)


def issue_an_invoice() -> None:
    """One line at 19 % within Germany: 2 × 50.00 net, 19.00 tax, 119.00 in all."""
    from invoicing.models import Invoice, Item

    invoice = Invoice(
        date_issue=date(2026, 3, 2),
        date_tax_point=date(2026, 3, 2),
        date_due=date(2026, 3, 16),
        currency="EUR",
        supplier_name="Teehaus Lindner GmbH",
        supplier_street="Marktstraße 4",
        supplier_city="Leipzig",
        supplier_zip="04109",
        supplier_country="DE",
        supplier_vat_id="DE136695976",
        customer_name="Buchhandlung Sommer",
        customer_street="Hauptstraße 21",
        customer_city="Dresden",
        customer_zip="01067",
        customer_country="DE",
    )
    invoice.save()
    Item(invoice=invoice, title="Assam, 1 kg", quantity=Decimal(2), unit_price=Decimal("50.00"), tax_rate=Decimal(19)).save()
    invoice.refresh_from_db()
    invoice.issue()
    invoice.refresh_from_db()
    assert invoice.number, "the invoice has no number"
    assert invoice.issued_at, "the invoice is not issued"
    assert (invoice.vat, invoice.total) == (Decimal("19.00"), Decimal("119.00")), (invoice.vat, invoice.total)
    print(f"issued {invoice.number}: {invoice.total} {invoice.currency}")


def main() -> None:
    """Set the project up and use it; whatever goes wrong ends with a traceback and a non-zero exit code."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    django.setup()
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    call_command("migrate", verbosity=0)
    issue_an_invoice()
    imported = [name for name in OPTIONAL if name in sys.modules]
    assert not imported, f"optional packages were imported: {imported}"


if __name__ == "__main__":
    main()
