"""The project that the suite of the optional apps runs in: all of them installed."""

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
