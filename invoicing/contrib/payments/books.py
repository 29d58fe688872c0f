"""Books: nothing is entered into a period that is locked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from invoicing.actor import current_actor
from invoicing.exceptions import BooksLockedError
from invoicing.models import LockExemption
from invoicing.models.lifecycle import lock_date


def check_books(company_id: Any, day: date, *, using: str) -> None:
    """Raise BooksLockedError for a day in the locked books of a company, unless whoever acts is exempted from the lock."""
    locked_until = lock_date(company_id, using=using)
    if locked_until is None or day > locked_until:
        return
    if not LockExemption.objects.using(using).in_force(company_id=company_id, actor=current_actor()):
        raise BooksLockedError(locked_until=locked_until, number=_("the payment"), day=day)
