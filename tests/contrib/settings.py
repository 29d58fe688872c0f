"""The project that the suite of the optional apps runs in: all of them installed."""

from django.conf import global_settings

from tests import settings as core
from tests.settings import *  # noqa: F403 -- the test project with a few differences

INSTALLED_APPS = [
    *core.INSTALLED_APPS,
    "invoicing.contrib.access",
    "invoicing.contrib.payments",
    "invoicing.contrib.delivery",
    "invoicing.contrib.collaboration",
    "invoicing.contrib.reports",
    "invoicing.contrib.api",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
]
# Files that are attached in tests stay out of the checkout.
STORAGES = {**global_settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
