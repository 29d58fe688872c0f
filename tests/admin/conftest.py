"""Two people at the admin – one who may everything, one who may little – and the data of a filled page."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse

from invoicing.models import get_invoice_model
from tests.factories import LINDNER, SOMMER, columns

pytestmark = pytest.mark.django_db


def address(page: str, *args: Any) -> str:
    """The address of one of the invoice's pages, whichever model is the invoice."""
    opts = get_invoice_model()._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)


def page_data(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What a browser sends for a page with these lines; a line with an `id` is one that is stored."""
    data: dict[str, Any] = {
        "type": "INVOICE",
        "origin": "ISSUED",
        "status": "NEW",
        "date_issue": "2026-11-20",
        "date_tax_point": "2026-11-20",
        "date_due": "2026-12-04",
        "currency": "EUR",
        "credit": "0",
        "already_paid": "0",
        "metadata": "{}",
        "attachments": "null",
        "supplier_additional_info": "null",
        "customer_additional_info": "null",
        **columns("supplier", LINDNER),
        **columns("customer", SOMMER),
        **fields,
    }
    stored = sum("id" in line for line in lines)
    data |= {"item_set-TOTAL_FORMS": len(lines), "item_set-INITIAL_FORMS": stored}
    for index, line in enumerate(lines):
        defaults = {"quantity": "1", "unit": "PIECES", "discount": "0", "weight": "0", "title": "Website redesign", "unit_price": "80"}
        data |= {f"item_set-{index}-{name}": value for name, value in {**defaults, **line}.items()}
    return data


def said(response: Any) -> list[str]:
    """The messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response: Any) -> dict[str, list[str]]:
    """What the page says beside its fields; items as item_set-0-quantity."""
    assert response.status_code == 200, "the page was not shown again"
    found = {name: list(texts) for name, texts in response.context["adminform"].form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            found |= {f"{form.prefix}-{name}": list(texts) for name, texts in form.errors.items()}
    return found


@pytest.fixture
def user_who_may(django_user_model: Any) -> Any:
    """Make a member of staff who may do these things to invoices, and nothing else."""

    def make(*actions: str) -> Any:
        user = django_user_model.objects.create_user("petra", password="leipzig", is_staff=True)
        opts = get_invoice_model()._meta
        names = [get_permission_codename(action, opts) for action in actions]
        user.user_permissions.set(Permission.objects.filter(content_type__app_label=opts.app_label, codename__in=names))
        return user

    return make
