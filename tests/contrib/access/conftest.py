"""Two companies that know nothing of each other, and somebody in each."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from invoicing.contrib.access.models import Membership
from tests.factories import make_company


@pytest.fixture
def company() -> Any:
    return make_company(name="Teehaus Lindner")


@pytest.fixture
def other() -> Any:
    return make_company(name="Weinkontor Brandt")


@pytest.fixture
def make_user(django_user_model: Any) -> Any:
    def make(name: str = "petra", **fields: Any) -> Any:
        return django_user_model.objects.create_user(name, password="leipzig", **fields)

    return make


@pytest.fixture
def make_member(make_user: Any) -> Any:
    """Make a user who works for a company."""

    def make(company: Any, role: str = "VIEWER", name: str = "petra", *, is_active: bool | None = None, **fields: Any) -> Any:
        user = make_user(name, **fields)
        Membership(user=user, company=company, role=role, is_active=is_active).save()
        return user

    return make


@pytest.fixture
def request_of() -> Any:
    """Make a request of a user, perhaps for a company that it names."""

    def make(user: Any, company: Any = None) -> Any:
        headers = {} if company is None else {"organization-id": str(getattr(company, "uuid", company))}
        request = RequestFactory().get("/", headers=headers)
        request.user = user
        return request

    return make
