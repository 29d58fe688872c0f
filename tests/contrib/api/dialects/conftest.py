"""What the tests of dialects begin with: the dialects alone, each below its own name."""

import pytest


@pytest.fixture(autouse=True)
def addresses_of_the_api(settings):
    """The addresses below crm/api/, agency/api/ and erp/api/; the clients of the examples know names and not addresses of customers."""
    settings.ROOT_URLCONF = "tests.contrib.api.dialects.urls"
    settings.INVOICING_CONTENT_RULES = "BASIC"
