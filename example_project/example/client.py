"""A client of the API: amounts are decimals, a list is an iterator, and what is tried again has one effect."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from http.client import HTTPException
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen
from uuid import UUID, uuid4


class APIError(Exception):
    """The API refused something: `code` is for programs, `errors` has the sentences of each field."""

    def __init__(self, status: int, sentence: str, *, code: str = "", errors: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(f"{status}: {sentence}")
        self.status, self.code, self.errors = status, code, dict(errors or {})

    @property
    def is_passing(self) -> bool:
        """Whether the same may be asked again in a moment."""
        return self.code == "try_again" or self.status in {429, 502, 503, 504}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An item that is ordered. The tax policy of the company decides on its tax."""

    title: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    unit: str = "PIECES"
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvoice:
    """An invoice to be made, for an entry of the address book."""

    party: UUID
    items: tuple[Line, ...]
    title: str = ""
    date_issue: date | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of an invoice, with what it comes to."""

    id: UUID
    title: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal | None
    subtotal: Decimal
    vat: Decimal
    total: Decimal

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """The item that an answer tells of."""
        return cls(
            id=UUID(data["id"]),
            title=data["title"],
            quantity=Decimal(data["quantity"]),
            unit_price=Decimal(data["unit_price"]),
            tax_rate=None if data["tax_rate"] is None else Decimal(data["tax_rate"]),
            subtotal=Decimal(data["subtotal"]),
            vat=Decimal(data["vat"]),
            total=Decimal(data["total"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice as it was answered; `etag` is its version, where it was asked for alone."""

    id: UUID
    number: str
    title: str
    status: str
    payment_status: str
    is_issued: bool
    currency: str
    customer_name: str
    date_issue: date
    date_due: date
    net_total: Decimal
    vat: Decimal | None
    total: Decimal
    to_pay: Decimal
    items: tuple[Item, ...]
    etag: str = field(default="", compare=False)

    @classmethod
    def of(cls, data: Mapping[str, Any], *, etag: str = "") -> Self:
        """The invoice that an answer tells of."""
        return cls(
            id=UUID(data["id"]),
            number=data["number"],
            title=data["title"],
            status=data["status"],
            payment_status=data["payment_status"],
            is_issued=data["is_issued"],
            currency=data["currency"],
            customer_name=data["customer_name"],
            date_issue=date.fromisoformat(data["date_issue"]),
            date_due=date.fromisoformat(data["date_due"]),
            net_total=Decimal(data["net_total"]),
            vat=None if data["vat"] is None else Decimal(data["vat"]),
            total=Decimal(data["total"]),
            to_pay=Decimal(data["to_pay"]),
            items=tuple(Item.of(item) for item in data["items"]),
            etag=etag,
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    etag: str

    def data(self) -> Any:
        return json.loads(self.body) if self.body else None


class Client:
    """Talks to the API of one site, for one company.

    Without a company, it is the one that the user works in. Raises APIError for what is refused, and OSError where nobody answers.
    """

    def __init__(self, site: str, token: str, *, company: UUID | None = None, attempts: int = 4, timeout: float = 30) -> None:
        self.site = site.rstrip("/")
        self.attempts, self.timeout = attempts, timeout
        self._headers = {"Authorization": f"Bearer {token}"}
        if company:
            self._headers["organization-id"] = str(company)

    @classmethod
    def login(cls, site: str, username: str, password: str, *, company: UUID | None = None) -> Self:
        """A client with a token of its own."""
        nobody = cls(site, "")
        del nobody._headers["Authorization"]
        answer = nobody._ask("POST", "token/", {"username": username, "password": password})
        return cls(site, answer.data()["access"], company=company)

    def invoices(self, **filters: str) -> Iterator[Invoice]:
        """All invoices that fit the filters, read page by page."""
        query = {"limit": "100", "cursor": "", **filters}
        address: str | None = f"invoices/?{urlencode(query)}"
        while address:
            page = self._ask("GET", address).data()
            yield from (Invoice.of(row) for row in page["results"])
            # Only the query is taken over: the token goes to this site alone.
            address = f"invoices/?{urlsplit(page['next']).query}" if page["next"] else None

    def invoice(self, key: UUID) -> Invoice:
        """One invoice, with its version."""
        return self._invoice("GET", f"invoices/{key}/")

    def create(self, invoice: NewInvoice, *, key: str = "") -> Invoice:
        """Make an invoice. Whoever calls twice with the same key, such as the number of an order, makes one."""
        lines = [_texts(line) for line in invoice.items]
        return self._invoice("POST", "invoices/", {**_texts(invoice), "items": lines}, key=key)

    def update(self, invoice: Invoice, **changes: Any) -> Invoice:
        """Change what is named, unless somebody else was quicker: then APIError with the code "precondition_failed"."""
        return self._invoice("PATCH", f"invoices/{invoice.id}/", changes, etag=invoice.etag)

    def issue(self, invoice: Invoice) -> Invoice:
        """From now on it is frozen."""
        return self._invoice("POST", f"invoices/{invoice.id}/issue/", {})

    def credit(self, invoice: Invoice, *, reason: str, key: str = "") -> Invoice:
        """Take back all that is left of it. The credit note is returned."""
        return self._invoice("POST", f"invoices/{invoice.id}/credit/", {"reason": reason}, key=key)

    def delete(self, invoice: Invoice) -> None:
        """Delete a draft, or the last of its series; others are voided, and keep their number."""
        self._ask("DELETE", f"invoices/{invoice.id}/", etag=invoice.etag)

    def pdf(self, invoice: Invoice) -> bytes:
        """The document."""
        return self._ask("GET", f"invoices/{invoice.id}/pdf/").body

    def _invoice(self, method: str, address: str, body: Any = None, *, key: str = "", etag: str = "") -> Invoice:
        answer = self._ask(method, address, body, key=key, etag=etag)
        return Invoice.of(answer.data(), etag=answer.etag)

    def _ask(self, method: str, address: str, body: Any = None, *, key: str = "", etag: str = "") -> _Answer:
        """Ask, and ask again where that has no second effect: reading has none, and a POST carries a key."""
        headers = {"Content-Type": "application/json", **self._headers}
        if method == "POST":
            headers["Idempotency-Key"] = quote(key) or str(uuid4())
        if etag:
            headers["If-Match"] = etag
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.site}/api/{address}", data, headers, method=method)
        attempts = self.attempts if method in {"GET", "POST"} else 1
        while True:
            attempts -= 1
            pause = 2.0 ** (self.attempts - attempts) / 8
            try:
                with urlopen(request, timeout=self.timeout) as response:
                    return _Answer(response.read(), response.headers.get("ETag", ""))
            except HTTPError as error:
                refusal = _refusal(error)
                if not attempts or not refusal.is_passing:
                    raise refusal from error
                pause = float(error.headers.get("Retry-After", pause))
            except (OSError, HTTPException):
                if not attempts:
                    raise
            time.sleep(min(pause, self.timeout))


def _refusal(error: HTTPError) -> APIError:
    """What an answer says of what went wrong; a proxy in between may say it in another way."""
    try:
        told = json.loads(error.read())
        return APIError(error.code, told["error"], code=told["code"], errors=told["errors"])
    except (ValueError, TypeError, KeyError):
        return APIError(error.code, error.reason)


def _texts(values: Line | NewInvoice) -> dict[str, str]:
    """What is given of a dataclass, as it travels: amounts and days are texts."""
    given = {column.name: getattr(values, column.name) for column in fields(values) if column.name != "items"}
    return {name: str(value) for name, value in given.items() if value not in {None, ""}}
