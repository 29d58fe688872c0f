"""The admin of delivery, registered unless INVOICING_ADMIN is False."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from invoicing.conf import conf
from invoicing.contrib.delivery.admin.delivery import DeliveryAdmin, LinkRevocationAdmin
from invoicing.contrib.delivery.admin.reminders import DunningLevelAdmin, ReminderAdmin, ReminderPauseAdmin
from invoicing.contrib.delivery.models import Delivery, DunningLevel, LinkRevocation, Reminder, ReminderPause

PAGES: dict[Any, Any] = {
    Delivery: DeliveryAdmin,
    LinkRevocation: LinkRevocationAdmin,
    DunningLevel: DunningLevelAdmin,
    Reminder: ReminderAdmin,
    ReminderPause: ReminderPauseAdmin,
}


def register(site: admin.AdminSite) -> None:
    """Register every model that the site does not show yet: what a host registered itself stays."""
    for model, page in PAGES.items():
        if not site.is_registered(model):
            site.register(model, page)


if conf.admin:
    register(admin.site)
