"""The admin of the API, registered unless INVOICING_ADMIN is False."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from invoicing.conf import conf
from invoicing.contrib.api.admin.webhooks import WebhookDeliveryAdmin, WebhookEndpointAdmin, WebhookEventAdmin
from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint, WebhookEvent

PAGES: dict[Any, Any] = {
    WebhookEndpoint: WebhookEndpointAdmin,
    WebhookEvent: WebhookEventAdmin,
    WebhookDelivery: WebhookDeliveryAdmin,
}


def register(site: admin.AdminSite) -> None:
    """Register every model that the site does not show yet: what a host registered itself stays."""
    for model, page in PAGES.items():
        if not site.is_registered(model):
            site.register(model, page)


if conf.admin:
    register(admin.site)
