"""The project of the optional apps, with the invoice model swapped."""

from tests.contrib import settings as everything
from tests.contrib.settings import *  # noqa: F403 -- a host is the test project with a few differences

INSTALLED_APPS = [*everything.INSTALLED_APPS, "tests.hosts.swapped"]
INVOICING_INVOICE_MODEL = "swapped.Invoice"
