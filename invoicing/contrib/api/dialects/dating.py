"""Dating: the day of issue in dialects whose requests cannot say it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from invoicing.contrib.api.dialects.tables import Reading


def dated(reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    """Date a new document no later than it is due: one that was due before today was issued on that day at the latest.

    Such are documents of earlier years that a client brings along. Any other one is of today.
    """
    due = values.get("date_due")
    if not reading.is_new or "date_issue" in values or not isinstance(due, str):
        return values
    try:
        day = date.fromisoformat(due)
    except ValueError:
        return values  # The field says so itself.
    company = reading.view.company
    today = company.today() if company else timezone.localdate()
    return {**values, "date_issue": due} if day < today else values
