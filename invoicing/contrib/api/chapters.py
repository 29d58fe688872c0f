"""Chapters: what the OpenAPI document calls the groups of operations, and each operation in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Chapter:
    """Operations on one kind of row, under a title."""

    title: str
    about: str


CHAPTERS: Final[Mapping[str, Chapter]] = {
    "invoice": Chapter("Invoices", "Documents with their items: invoices, advance and proforma invoices, credit notes."),
    "delivery": Chapter("Sending", "Documents by mail, and what became of each mail."),
    "comment": Chapter("Comments", "What people write about a document, among themselves."),
    "attachment": Chapter("Files", "Files of a document."),
    "payment": Chapter("Payments", "Money that came in or went out, and what it settles."),
    "payment_method": Chapter("Payment methods", "Ways to pay. All companies share them."),
    "payment_term": Chapter("Payment terms", "When an invoice is due. All companies share them."),
    "party": Chapter("Parties", "The address book: customers and suppliers."),
    "product": Chapter("Products", "What is sold, at which price."),
    "report": Chapter("Reports", "Sums and lists, as a page of rows or as a file."),
    "company": Chapter("Companies", "The companies that the user works for."),
    "webhook": Chapter("Webhooks", "Programs that are told of news, and what was sent to them."),
}
"""By the tag of their views, in the order in which they are shown."""

NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    "invoice": ("an invoice", "invoices"),
    "delivery": ("a mail", "mails of an invoice"),
    "comment": ("a comment", "comments of an invoice"),
    "attachment": ("a file", "files of an invoice"),
    "payment": ("a payment", "payments"),
    "invoice_payment": ("a payment of an invoice", "payments of an invoice"),
    "payment_method": ("a payment method", "payment methods"),
    "payment_term": ("a payment term", "payment terms"),
    "party": ("a party", "parties"),
    "product": ("a product", "products"),
    "report": ("a report", "reports"),
    "company": ("a company", "companies"),
    "webhook": ("a webhook", "webhooks"),
    "webhook_delivery": ("a message to a webhook", "messages to a webhook"),
}
"""By the resource of a view: one of them, and several."""

USUAL: Final[Mapping[str, str]] = {
    "list": "List {several}",
    "retrieve": "Read {one}",
    "create": "Make {one}",
    "update": "Change {one}",
    "partial_update": "Change {one}",
    "destroy": "Delete {one}",
}

OWN: Final[Mapping[tuple[str, str], str]] = {
    ("invoice", "outstanding"): "List invoices that wait for money",
    ("invoice", "issue"): "Issue an invoice",
    ("invoice", "cancel"): "Void an invoice",
    ("invoice", "credit"): "Credit an invoice, or a part of it",
    ("invoice", "copy"): "Copy an invoice",
    ("invoice", "write_off"): "Write an invoice off",
    ("invoice", "set_status"): "Bring an invoice to a status",
    ("invoice", "items"): "List items of an invoice",
    ("invoice", "add_items"): "Add an item to an invoice",
    ("invoice", "preview"): "Read an invoice as HTML",
    ("invoice", "pdf"): "Download an invoice as PDF",
    ("invoice", "download"): "Download an invoice as PDF",
    ("invoice", "explain"): "Explain totals and tax of an invoice",
    ("invoice", "history"): "List what happened to an invoice",
    ("delivery", "send"): "Send an invoice",
    ("comment", "create"): "Comment on an invoice",
    ("attachment", "create"): "Attach a file to an invoice",
    ("attachment", "download"): "Download a file",
    ("payment", "create"): "Record a payment",
    ("payment", "destroy"): "Take a payment back",
    ("payment", "allocations"): "List what a payment settles",
    ("payment", "add_allocations"): "Let a payment settle invoices",
    ("payment", "undo"): "Take an allocation back",
    ("payment", "refund"): "Pay a payment back, or a part of it",
    ("payment", "confirm"): "Confirm a pending payment",
    ("payment", "fail"): "Give a pending payment up",
    ("invoice_payment", "create"): "Record a payment of an invoice",
    ("report", "file"): "Download a report as a file",
    ("company", "current"): "Read the company of the request",
    ("company", "activate"): "Make a company the active one",
    ("webhook", "create"): "Set a webhook up",
    ("webhook", "rotate_secret"): "Give a webhook a new secret",
    ("webhook", "ping"): "Send a webhook a ping",
    ("webhook_delivery", "replay"): "Send a message again",
}


def title_of(tag: str) -> str:
    """What the chapter of a tag is called."""
    chapter = CHAPTERS.get(tag)
    return chapter.title if chapter else tag


def summary_of(resource: str, action: str) -> str | None:
    """An operation in a few words; None for one of a host's own."""
    one, several = NOUNS.get(resource, ("", ""))
    if not one:
        return None
    own = OWN.get((resource, action))
    if own:
        return own
    return USUAL[action].format(one=one, several=several) if action in USUAL else None


def described(used: set[str]) -> list[dict[str, Any]]:
    """The chapters that a document has, as OpenAPI writes them."""
    return [{"name": chapter.title, "description": chapter.about} for chapter in CHAPTERS.values() if chapter.title in used]
