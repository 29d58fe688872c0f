"""An explanation written out for a terminal, in sentences and sums."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any


def as_text(explanation: dict[str, Any]) -> str:
    """What `invoicing.explaining.explain` gave, as text."""
    parts = (_head_text, _lines_text, _tax_text, _totals_text, _decisions_text, _facts_text, _check_text, _related_text)
    return "\n".join(line for part in parts for line in part(explanation))


def _head_text(explanation: dict[str, Any]) -> Iterable[str]:
    head = explanation["invoice"]
    number = head["number"] or "(draft, no number yet)"
    yield f"{head['type']} {number} ({head['origin']}, {head['status']}), {head['date_issue']}, due {head['date_due']}"
    yield f"  from {head['supplier']} to {head['customer']}, in {head['currency']}"


def _lines_text(explanation: dict[str, Any]) -> Iterable[str]:
    yield ""
    yield "How the total came about"
    for place, line in enumerate(explanation["lines"], start=1):
        discount = f" − {_number(line['discount'])} %" if line["discount"] else ""
        with_tax = f" + tax {line['tax']}" if line["tax"] is not None else ""
        rate = "no tax" if line["tax_rate"] is None else f"{_number(line['tax_rate'])} %"
        yield f"  {place:>3}. {line['title']}"
        sum_text = f"{_number(line['quantity'])} × {_price(line['unit_price'], like=line['net'])}"
        if discount:
            sum_text += f" = {line['price']}{discount}"
        yield f"       {sum_text} = {line['net']} net{with_tax}  [{line['tax_category']}, {rate}{_kind(line)}]"


def _tax_text(explanation: dict[str, Any]) -> Iterable[str]:
    yield ""
    yield f"Tax: {explanation['rounding']['text']}"
    for group in explanation["tax"]:
        rate = "no tax" if group["rate"] is None else f"× {_number(group['rate'])} % = {group['tax']}"
        code = f" ({group['reason_code']})" if group["reason_code"] else ""
        yield f"  {group['category']} {group['meaning']}{code}: {group['base']} {rate}"
        yield f"    {group['explanation']}"


def _totals_text(explanation: dict[str, Any]) -> Iterable[str]:
    totals, currency = explanation["totals"], explanation["invoice"]["currency"]
    vat = "none" if totals["vat"] is None else totals["vat"]
    rows = [("net", totals["net"]), ("+ VAT", vat), ("− credit", totals["credit"]), ("= total", totals["total"])]
    rows += [("− already paid", totals["already_paid"]), ("= to pay", totals["to_pay"])]
    width = max(len(str(amount)) for label, amount in rows)
    yield ""
    yield f"Totals in {currency}"
    for label, amount in rows:
        yield f"  {label:<15} {amount!s:>{width}}"
    if not totals["is_as_stored"]:
        yield "  ! The stored totals differ from these: save the invoice anew, or report a defect."


def _decisions_text(explanation: dict[str, Any]) -> Iterable[str]:
    yield ""
    yield "How the tax was decided"
    if not explanation["decisions"]:
        yield "  No policy was asked: the rates were given with the lines."
    for made in explanation["decisions"]:
        rate = "no tax" if made["rate"] is None else f"{made['rate']} %"
        parts = " + ".join(f"{part['name']} {part['rate']} %" for part in made["parts"])
        code = f", {made['reason_code']}" if made["reason_code"] else ""
        yield f"  {made['category']}, {rate}{f' ({parts})' if parts else ''}{code}: {made['explanation']}"
        if made["note"]:
            yield f"    printed: {made['note']}"
        if made["citations"]:
            yield f"    by {'; '.join(made['citations'])}"
        yield f"    policy {made['policy']}{'' if made['is_followed'] else '; no line follows it'}"


def _facts_text(explanation: dict[str, Any]) -> Iterable[str]:
    yield ""
    yield "Facts that the policy knows"
    for name, value in explanation["facts"].items():
        if value not in ("", None):
            yield f"  {name:<24} {value}"


def _check_text(explanation: dict[str, Any]) -> Iterable[str]:
    check = explanation["vat_id_check"]
    if check is None:
        if explanation["facts"]["customer_vat_id"]:
            yield ""
            yield "The customer's VAT id was not verified with the register."
        return
    yield ""
    yield f"The register said on {check['asked_at']:%Y-%m-%d %H:%M} of {check['vat_id']}: {check['answer']}"
    if check["consultation_id"]:
        yield f"  consultation {check['consultation_id']}, {check['name']}"
    if check["detail"]:
        yield f"  {check['detail']}"


def _related_text(explanation: dict[str, Any]) -> Iterable[str]:
    if explanation["related"]:
        yield ""
        yield "Related documents"
    for other in explanation["related"]:
        yield f"  {other['type']} {other['number']} ({other['status']}), {other['total']} {other['currency']}"


def _number(value: Decimal) -> str:
    """A quantity, price or rate without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _price(value: Decimal, *, like: Decimal) -> str:
    """A unit price with the digits of an amount, or with more where it is finer."""
    short = _number(value)
    digits = -int(like.as_tuple().exponent)
    return short if len(short.partition(".")[2]) > digits else f"{value:.{digits}f}"


def _kind(line: dict[str, Any]) -> str:
    """What the product says: goods or services, and its rate."""
    if not line["product"]:
        return ""
    return f"; {line['product']}: {line['supply'].lower()}, {line['tax_class'].lower().replace('_', ' ')}"
