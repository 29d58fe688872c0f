"""What the API can do, by a few requests that are made in this process, and lines to try against the site."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.test import Client

from example.companies import USERS
from invoicing.models import Company, Party

Say = Callable[[str], Any]

ORDER: Final = {
    "title": "Baristakurs",
    "date_issue": "2026-09-21",
    "items": [{"title": "Baristakurs, ein Tag", "quantity": "2", "unit": "DAY", "unit_price": "640.00"}],
}
KEY: Final = "order-4711"


def tell_of_api(say: Say) -> None:
    """Make requests as people of different roles, and print what is answered."""
    say("\nPrograms ask the API. Two of Nordlicht, and one of another company:")
    felix, viktor, rohan = (_Caller(name, say) for name in ("felix", "viktor", "rohan"))
    customer = Party.objects.get(company__code="NW", code="HOTEL")
    body = {"party": str(customer.uuid), **ORDER}
    made = felix.ask("POST", "/api/invoices/", body, key=KEY)
    felix.ask("POST", "/api/invoices/", body, key=KEY)
    address = f"/api/invoices/{made['id']}/"
    viktor.ask("POST", f"{address}issue/", {})
    rohan.ask("GET", address)
    viktor.ask("GET", "/api/invoices/?overdue=true&name=hotel&limit=1")


def lines_to_try(address: str, password: str) -> Iterator[str]:
    """Who can log in, and what to type next."""
    site = f"http://{address}"
    yield f"Everybody's password: {password}"
    yield f"Admin: {site}/admin/  login admin"
    yield f"API:   {site}/api/docs/  one of these logins"
    for _key, login, _first, _last, roles in USERS:
        yield f"  {login:<8} " + ", ".join(f"{role} of {code}" for code, role in roles.items())
    credentials = f"-d username=amira -d password={password}"
    yield f'  TOKEN=$(curl -s {site}/api/token/ {credentials} | sed \'s/.*"access":"\\([^"]*\\).*/\\1/\')'
    yield f'  curl -H "Authorization: Bearer $TOKEN" "{site}/api/invoices/?overdue=true"'
    other = Company.objects.get(code="ELA")
    yield f'  curl -H "Authorization: Bearer $TOKEN" -H "organization-id: {other.uuid}" {site}/api/invoices/'


class _Caller:
    """Somebody who is logged in."""

    def __init__(self, name: str, say: Say) -> None:
        self.name, self.say = name, say
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(get_user_model()._default_manager.get(username=name))

    def ask(self, method: str, address: str, body: Any = None, *, key: str = "") -> Any:
        """The answer, which is also printed."""
        headers = {"Idempotency-Key": key} if key else {}
        response = self.client.generic(method, address, _json(body), content_type="application/json", headers=headers)
        answer = response.json()
        replayed = ", the answer of before" if response.headers.get("Idempotent-Replayed") else ""
        self.say(f"{self.name:<7}{method:<5}{_short(address):<50}{response.status_code}  {_told(answer)}{replayed}")
        return answer


def _json(body: Any) -> str:
    return "" if body is None else json.dumps(body)


def _short(address: str) -> str:
    """An address with no more of a UUID than tells it from others."""
    return re.sub(r"([0-9a-f]{8})-[0-9a-f-]{27}", r"\1…", address)


def _told(answer: Mapping[str, Any]) -> str:
    """The one line of an answer that is worth reading."""
    if "error" in answer:
        return str(answer["error"])
    if "results" in answer:
        rows = answer["results"]
        told = "; ".join(f"{row['number']}, {row['to_pay']} {row['currency']} to pay" for row in rows)
        return f"{answer['count']} found: {told}{' …' if answer['next'] else ''}"
    return f"{answer['number']}: {answer['net_total']} + {answer['vat']} = {answer['total']} {answer['currency']}"
