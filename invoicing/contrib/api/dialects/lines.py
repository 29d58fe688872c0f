"""What dialects say alike of the lines, amounts and addresses of a document."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from invoicing.conf import conf
from invoicing.contrib.api.dialects.tables import Row
from invoicing.models.parties import BANK_KEYS, ENTITY_KEYS, ISSUER_KEYS


def only_line(row: Row) -> Row | None:
    """The item of a document that has one alone."""
    items = row["items"]
    return items[0] if len(items) == 1 else None


def whole_or_text(text: str) -> int | str:
    """A quantity: a number where it is whole, a text where it has a fraction, which no float holds exactly."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else text


def with_digits(text: str, digits: int) -> str:
    """A decimal with at least so many digits after the point: 10.00 becomes 10.000."""
    whole, _point, rest = text.partition(".")
    return f"{whole}.{rest.ljust(digits, '0')}"


def one_line(row: Row, prefix: str) -> str:
    """An address of a document as one line."""
    place = " ".join(part for part in (row[f"{prefix}_zip"], row[f"{prefix}_city"]) if part)
    parts: list[Any] = [row[f"{prefix}_street"], place, row[f"{prefix}_state"], row[f"{prefix}_country"]]
    return ", ".join(part for part in parts if part)


def beside_the_name(values: Row, *, company: Any) -> dict[str, Any]:
    """Our side of a new document whose supplier is named in the request: what it leaves out comes from the company, all the same."""
    ours = company.snapshot() if company else dict(conf.supplier)
    sides = {"supplier": (ours, ENTITY_KEYS), "issuer": (ours.get("issuer") or {}, ISSUER_KEYS)}
    if not any(name.startswith("bank_") for name in values):
        # The account of one bank with the code of another is worse than a blank.
        sides["bank"] = (ours.get("bank") or {}, BANK_KEYS)
    found: dict[str, Any] = {}
    for side, (data, keys) in sides.items():
        named = {**data, "country": data.get("country_code") or data.get("country")}
        found |= {f"{side}_{key}": named[key] for key in keys if named.get(key)}
    return {**found, **values}
