"""What the tests of the API begin with: two companies, people in each role, and clients that speak for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from invoicing.contrib.access.models import Membership
from invoicing.models import Company
from tests.factories import make_company


@pytest.fixture(autouse=True)
def addresses_of_the_api(settings):
    """The addresses below api/."""
    settings.ROOT_URLCONF = "tests.contrib.api.urls"


@pytest.fixture
def company(db) -> Company:
    """The company that most requests are for."""
    return make_company()


@pytest.fixture
def other_company(db) -> Company:
    """A company that nothing is to be learned of."""
    return make_company(code="OTHER", name="Nordlicht Druck GmbH", vat_id="DE515000003", registration_id="HRB 5150 B")


@pytest.fixture
def client_of(company) -> Callable[..., APIClient]:
    """`client_of("VIEWER")`: a client that a new user with a role in a company, usually `company`, is logged in at."""

    def made(role: str, company: Company = company, **user: Any) -> APIClient:
        place = get_user_model().objects.count() + 1
        who = get_user_model().objects.create_user(**{"username": f"{role.lower()}-{place}", **user})
        Membership.objects.create(user=who, company=company, role=role, is_active=True)
        client = APIClient()
        client.force_authenticate(who)
        client.user = who
        client.default_format = "json"
        return client

    return made


@pytest.fixture
def admin(client_of) -> APIClient:
    """Whoever may everything in `company`."""
    return client_of("ADMIN", first_name="Petra", last_name="Lindner")


@pytest.fixture
def accountant(client_of) -> APIClient:
    """Whoever keeps the books of `company`."""
    return client_of("ACCOUNTANT")


@pytest.fixture
def sales(client_of) -> APIClient:
    """Whoever sells for `company`."""
    return client_of("SALES_MANAGER")


@pytest.fixture
def viewer(client_of) -> APIClient:
    """Whoever only looks on in `company`."""
    return client_of("VIEWER")


@pytest.fixture
def other_admin(client_of, other_company) -> APIClient:
    """Whoever may everything in `other_company`, and nothing in `company`."""
    return client_of("ADMIN", company=other_company)
