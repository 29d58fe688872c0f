"""Keys of the agency dialect: primary keys outside, the keys of the canonical API inside, each of the company of the request alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import SAFE_METHODS

from invoicing.contrib.access.members import members_of
from invoicing.contrib.api.dialects.tables import Reading, Row
from invoicing.contrib.api.invoices.shown import item_id
from invoicing.contrib.api.related import user_column, user_key
from invoicing.models import Party, PaymentTerm, Product, get_invoice_model
from invoicing.scoping import of_company

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from invoicing.contrib.api.views import CompanyViewSet

if apps.is_installed("invoicing.contrib.payments"):
    from invoicing.contrib.payments.models import Payment, PaymentMethod

LONGEST: Final = 18
"""Digits of a key that every database can be asked for."""


def checked_key(value: Any) -> int | None:
    """A primary key as it was sent, as a number or as its digits; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None


def kept(row: Row, name: str) -> Any:
    """What the metadata of a document have under a name; None for nothing, and where others keep no object there."""
    return row["metadata"].get(name) if isinstance(row["metadata"], dict) else None


def rows_of(view: CompanyViewSet, model: Any) -> Any:
    """The rows of the company, of the database that the request is about."""
    rows = model._base_manager.all()
    if view.request.method not in SAFE_METHODS:
        rows = rows.using(view.database)
    return of_company(rows, view.company)


def found_row(rows: QuerySet[Any, Any], value: Any) -> Any:
    """The row with a primary key. Raises ValidationError."""
    key = checked_key(value)
    if key is None:
        raise ValidationError([ErrorDetail(_("A valid integer is required."), "invalid")])
    row = rows.filter(pk=key).first()
    if row is None:
        name = rows.model._meta.verbose_name
        raise ValidationError([ErrorDetail(_("There is no {name} with the id {value}.").format(name=name, value=key), "does_not_exist")])
    return row


def party_read(reading: Any, value: Any) -> dict[str, Any]:
    """A client is a party."""
    view = getattr(reading, "view", reading)
    return {"party": str(found_row(rows_of(view, Party), value).uuid)}


def line_key_reader(reading: Reading, value: Any) -> dict[str, Any]:
    """A service is a product."""
    if value is None:
        return {"product": None}
    return {"product": str(found_row(rows_of(reading.view, Product), value).uuid)}


def method_read(reading: Reading, value: Any) -> dict[str, Any]:
    """A payment mode is a payment method."""
    if not apps.is_installed("invoicing.contrib.payments"):
        raise ValidationError([ErrorDetail(_("There are no payment modes here."), "does_not_exist")])
    return {"payment_method": found_row(PaymentMethod._default_manager.using(reading.view.database), value).code}


def payment_method_read(reading: Reading, value: Any) -> dict[str, Any]:
    """The same, of a payment."""
    return {"method": method_read(reading, value)["payment_method"]}


def invoice_read(reading: Any, value: Any) -> dict[str, Any]:
    """A document by its number in the database."""
    view = getattr(reading, "view", reading)
    return {"invoice": str(found_row(rows_of(view, get_invoice_model()), value).uuid)}


def person_read(reading: Reading, value: Any) -> dict[str, Any]:
    """A person is a user who works for the company."""
    if value is None:
        return {"authorized_by": None}
    return {"authorized_by": user_key(found_row(members_of(reading.view.company), value))}


def invoice_facts(view: CompanyViewSet, rows: Sequence[Row], *, is_one: bool) -> dict[str, dict[str, Any]]:
    """What documents do not say of themselves: their keys and their clients'; of one alone, all that it points to."""
    model = get_invoice_model()
    asked = rows_of(view, model).filter(uuid__in=[row["id"] for row in rows])
    keys = asked.order_by().values_list("uuid", "pk", "party_id", "party__is_business")
    facts: dict[str, dict[str, Any]] = {row["id"]: {"pk": None, "party": None, "is_business": None, "product": None} for row in rows}
    for uuid, pk, party, business in keys:
        facts[str(uuid)] |= {"pk": pk, "party": party, "is_business": business}
    if is_one:
        row = rows[0]
        found = facts[row["id"]]
        # An answer that is given again may be about a document that is gone.
        for invoice in asked.only("uuid"):
            lines = model.item_model()._base_manager.using(asked.db).filter(invoice_id=invoice.pk).only("product")
            found |= {item_id(line, invoice=invoice): {"pk": line.pk, "product": line.product_id} for line in lines}
        found |= {"method": _method(row, using=asked.db), "term": _term(row, using=asked.db), "person": _person(row, using=asked.db)}
    return facts


def payment_facts(view: CompanyViewSet, rows: Sequence[Row], *, is_one: bool) -> dict[str, dict[str, Any]]:  # noqa: ARG001
    """What payments do not say of themselves: keys, and the name of the method."""
    asked = rows_of(view, Payment).filter(uuid__in=[row["id"] for row in rows]).order_by()
    keys = asked.values_list("uuid", "pk", "invoice_id", "method_id", "method__name")
    return {str(uuid): {"pk": pk, "invoice": invoice, "method": {"id": method, "name": name}} for uuid, pk, invoice, method, name in keys}


def method_facts(view: CompanyViewSet, rows: Sequence[Row], *, is_one: bool) -> dict[str, dict[str, Any]]:  # noqa: ARG001
    """The keys of payment methods."""
    methods = PaymentMethod._base_manager.using(view.get_queryset().db)
    keys = dict(methods.filter(code__in=[row["id"] for row in rows]).values_list("code", "pk"))
    return {row["id"]: {"pk": keys.get(row["id"])} for row in rows}


def _method(row: Row, *, using: str) -> Row:
    code = row["payment_method"]
    if apps.is_installed("invoicing.contrib.payments"):
        found = PaymentMethod._base_manager.using(using).filter(code=code).first()
        if found is not None:
            return {"id": found.pk, "name": found.name}
    return {"id": None, "name": code}


def _term(row: Row, *, using: str) -> Row | None:
    """The term that the document was made with, or one of as many days."""
    terms = PaymentTerm._base_manager.using(using)
    key = checked_key(kept(row, "payment_term"))
    found = terms.filter(pk=key).first() if key is not None else None
    if found is None:
        plain = terms.filter(months=0, end_of_month=False, day_of_month=None)
        found = plain.filter(days=row["payment_term"]).order_by("pk").first() if row["payment_term"] >= 0 else None
    return {"id": found.pk, "name": found.name, "days": found.days} if found else None


def _person(row: Row, *, using: str) -> Row | None:
    key = row.get("authorized_by")
    if key is None:
        return None
    user: Any = get_user_model()._base_manager.using(using).filter(**{user_column(): key}).first()
    if user is None:
        return None
    return {"id": user.pk, "first_name": getattr(user, "first_name", ""), "last_name": getattr(user, "last_name", "")}
