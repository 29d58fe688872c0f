# ruff: noqa: E402  # Django is set up before what needs it is imported
"""Makes the documents, then lets the contestants answer in turns. Told over standard output, a line of JSON each."""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "rest.settings"

import django

django.setup()

from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext, setup_databases, setup_test_environment, teardown_databases
from rest_framework.test import APIClient

from invoicing.contrib.access.models import Membership
from invoicing.models import Company, Invoice

DAY = date(2026, 11, 20)
SIDES = {
    "customer_name": "Buchhandlung Sommer KG",
    "customer_street": "Hauptstraße 21",
    "customer_zip": "01067",
    "customer_city": "Dresden",
    "customer_country": "DE",
}


def main() -> None:
    """Measure what was asked for."""
    asked = json.loads(sys.argv[1])
    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        company = Company.objects.create(
            name="Lindner & Vogt Medien GmbH", street="Kastanienallee 12", city="Berlin", country="DE", vat_id="DE987654328"
        )
        user = get_user_model().objects.create_user("petra")
        Membership.objects.create(user=user, company=company, role="ADMIN", is_active=True)
        Invoice.create_many((Invoice(company=company, date_issue=DAY, **SIDES), lines(5)) for _ in range(asked["invoices"]))
        client = APIClient()
        client.force_authenticate(user)
        tell({"library": "ours", "invoices": asked["invoices"], "vendor": connection.vendor})
        for name, contestants in jobs(client, company).items():
            tell(measured(name, contestants, rounds=asked["rounds"], requests=asked["requests"]))
    finally:
        teardown_databases(made, verbosity=0)


def lines(count: int) -> list[dict[str, Any]]:
    """So many lines of a document."""
    return [
        {"title": f"Assam, {place} kg", "quantity": 2, "unit_price": Decimal("19.99"), "tax_rate": Decimal(19)}
        for place in range(1, count + 1)
    ]


def jobs(client: APIClient, company: Company) -> dict[str, dict[str, Callable[[], Any]]]:
    """What is asked of each contestant."""
    newest = Invoice.objects.first()
    assert newest is not None
    sent = [{**line, "unit_price": "19.99", "tax_rate": "19"} for line in lines(5)]
    ours = {"date_issue": "2026-11-20", **SIDES, "items": sent}
    named = {
        "title": "",
        "company": company.pk,
        "supplier_name": company.name,
        "supplier_vat_id": company.vat_id,
        "currency": "EUR",
        "language": "en",
    }
    bare = {**ours, **named, "date_tax_point": "2026-11-20", "date_due": "2026-12-04", "payment_method": "CASH"}
    table = {**bare, "company_id": company.pk}
    del table["company"]
    return {
        "list of 50": {
            "ours": lambda: client.get("/api/invoices/?limit=50"),
            "models": lambda: client.get("/models/?limit=50"),
            "tables": lambda: client.get("/tables/?limit=50"),
        },
        "detail": {
            "ours": lambda: client.get(f"/api/invoices/{newest.uuid}/"),
            "models": lambda: client.get(f"/models/{newest.pk}/"),
            "tables": lambda: client.get(f"/tables/{newest.pk}/"),
        },
        "create with 5 items": {
            "ours": lambda: client.post("/api/invoices/", ours, format="json"),
            "models": lambda: client.post("/models/", bare, format="json"),
            "tables": lambda: client.post("/tables/", table, format="json"),
        },
    }


def measured(name: str, contestants: dict[str, Callable[[], Any]], *, rounds: int, requests: int) -> dict[str, Any]:
    """What each took by request, turn by turn, in milliseconds, and how many statements one request sends."""
    statements, taken = {}, {}
    for who, ask in contestants.items():
        with CaptureQueriesContext(connection) as sent:
            answer = ask()
        assert answer.status_code in {200, 201}, (name, who, answer.content[:500])
        statements[who], taken[who] = len(sent), list[float]()
    for turn in range(rounds):
        names = list(contestants)
        first = turn % len(names)
        for who in [*names[first:], *names[:first]]:
            gc.collect()
            start = time.perf_counter()
            for _ in range(requests):
                contestants[who]()
            taken[who].append((time.perf_counter() - start) * 1000 / requests)
    return {"job": name, "statements": statements, "taken": taken}


def tell(what: dict[str, Any]) -> None:
    """One line."""
    print(json.dumps(what), flush=True)


main()
