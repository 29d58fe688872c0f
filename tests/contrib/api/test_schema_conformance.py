"""What the API answers is what its schema says, whatever is asked and whoever asks."""

from __future__ import annotations

import base64
import re
from collections import Counter
from types import ModuleType
from typing import Any

import pytest
import schemathesis
from django.contrib.auth import get_user_model
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.urls import include, path
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from invoicing.contrib.access.models import Membership
from invoicing.contrib.api.openapi import SchemaView, schema_of
from invoicing.contrib.api.routes import routes_of
from invoicing.contrib.api.testing import IsolationWalk
from tests.contrib.api.testing.population import populated

CHECKS = [status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]

STATUSES = [status_code_conformance, content_type_conformance, response_headers_conformance]
"""What holds of a dialect: its answers have words of their own, which its schema does not have."""

CANONICAL = "/api/schema/"

# Cases of each operation, by who asks.
FEW = {"ADMIN": 8, "ACCOUNTANT": 2, "SALES_MANAGER": 2, "VIEWER": 2, "": 1}
# In ten minutes of torture (--torture-seconds 600); in fewer, in proportion.
MANY = {"ADMIN": 150, "ACCOUNTANT": 50, "SALES_MANAGER": 50, "VIEWER": 50, "": 20}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def served_in_process(settings):
    """The requests come to localhost, and stay in the transaction of the test."""
    settings.ALLOWED_HOSTS = ["*"]
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def side():
    return populated("OURSIDE")


@pytest.fixture
def login(side):
    """The header that somebody with a role is logged in by; nothing for nobody."""

    def logged_in(role: str) -> dict[str, str]:
        if not role:
            return {}
        user = get_user_model().objects.create_user(f"somebody-{role}", password="pencil")
        Membership.objects.create(user=user, company=side.company, role=role, is_active=True)
        return {"Authorization": f"Basic {base64.b64encode(f'{user.get_username()}:pencil'.encode()).decode()}"}

    return logged_in


@pytest.fixture
def documented(settings):
    """A schema of each dialect, beside the addresses of the tests."""
    given = [route.callback.initkwargs.get("dialect") for route in routes_of()]
    dialects = {dialect.name: dialect for dialect in given if dialect is not None}
    addresses = ModuleType("documented_addresses")
    views = [path(f"{name}/schema/", schema_of(dialect).as_view()) for name, dialect in dialects.items()]
    addresses.urlpatterns = [path("", include(settings.ROOT_URLCONF)), *views]
    settings.ROOT_URLCONF = addresses


@pytest.mark.parametrize("role", FEW)
def test_every_answer_is_one_that_the_schema_knows(role, side, login, record_property):
    counts, failures = run_through([CANONICAL], side, headers=login(role), examples=FEW[role])

    record_property("cases", sum(counts.values()))
    assert counts
    assert min(counts.values()) > 0
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("dialect", ["crm", "agency", "erp"])
def test_every_status_of_a_dialect_is_one_that_its_schema_knows(dialect, side, login, documented, record_property):
    counts, failures = run_through([f"/{dialect}/schema/"], side, headers=login("ADMIN"), examples=4, checks=STATUSES)

    record_property("cases", sum(counts.values()))
    assert counts
    assert min(counts.values()) > 0
    assert not failures, "\n".join(failures)


@pytest.mark.torture
@pytest.mark.parametrize("role", MANY)
def test_every_answer_is_one_that_the_schemas_know_after_many_questions(role, side, login, record_property, pytestconfig):
    seconds = pytestconfig.getoption("--torture-seconds")
    counts, failures = run_through(schemas(), side, headers=login(role), examples=max(1, int(MANY[role] * seconds / 600)))

    record_property("cases", sum(counts.values()))
    assert min(counts.values()) > 0
    assert not failures, "\n".join(failures)


def schemas() -> list[str]:
    """The addresses of all schemas that are routed."""
    return [route.address for route in routes_of() if issubclass(route.view, SchemaView)]


def run_through(
    addresses: list[str], side: Any, *, headers: dict[str, str], examples: int, checks: Any = CHECKS
) -> tuple[Counter[str], list[str]]:
    """Ask every operation of the schemas; gives how often each was asked, and what was wrong with the answers."""
    counts: Counter[str] = Counter()
    failures: dict[str, str] = {}
    ids = ids_by_address(side)
    app = get_wsgi_application()
    for address in addresses:
        schema = schemathesis.openapi.from_wsgi(f"{address}?format=json", app)
        for found in schema.get_all_operations():
            operation = found.ok()
            known = ids.get(operation.full_path, [])
            ask_many(operation, known, headers=headers, examples=examples, checks=checks, counts=counts, failures=failures)
    return counts, [text for _key, text in sorted(failures.items())]


def ask_many(
    operation: Any, ids: list[list[str]], *, headers: Any, examples: int, checks: Any, counts: Counter[str], failures: dict[str, str]
) -> None:
    """Ask one operation with bodies that fit and bodies that do not, some of the time about rows that there are."""
    fitting, unfitting = (operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
    known = st.tuples(*map(st.sampled_from, ids)) if ids and all(ids) else st.none()

    @seed(1)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    @given(case=st.one_of(fitting, fitting, unfitting), real=known, is_real=st.integers(0, 3))
    def ask(case: Any, real: Any, is_real: int) -> None:
        if is_real and real is not None:
            case.path_parameters = dict(zip(case.path_parameters, real, strict=True))
        if is_real and case.headers:
            for name in ("organization-id", "If-Match"):
                case.headers.pop(name, None)
        counts[operation.label] += 1
        for text in wrong_with(case, headers=headers, checks=checks):
            failures.setdefault(f"{operation.label} {text[:200]}", f"{operation.label}: {text}")

    ask()


def wrong_with(case: Any, *, headers: dict[str, str], checks: Any) -> list[str]:
    """What is wrong with the answer to one request, which has no effect."""
    wrong = []
    with transaction.atomic():
        response = case.call(headers=headers)
        transaction.set_rollback(True)
    # Both say that something is not there now: a package, or a register that is asked.
    if response.status_code not in {501, 503}:
        checks = [not_a_server_error, *checks]
    for check in checks:
        try:
            case.validate_response(response, checks=[check])
        except FailureGroup as found:
            wrong += [f"{check.__name__} {response.status_code} {said(failure)}" for failure in found.exceptions]
    return wrong


def said(failure: Any) -> str:
    """A failure in one line."""
    return re.sub(r"\s+", " ", str(failure))[:700]


def ids_by_address(side: Any) -> dict[str, list[list[str]]]:
    """What the parameters of each address can be, by the rows that there are."""
    walker = IsolationWalk(side, side)
    walker.look_for_own()
    return {route.address: walker.own_choices(route) for route in routes_of() if route.parameters}


@pytest.mark.parametrize("address", [CANONICAL, "/crm/schema/", "/agency/schema/", "/erp/schema/"])
def test_a_schema_is_made_without_a_warning(address, client, documented):
    reset_generator_stats()
    response = client.get(address, {"format": "json"})

    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    assert (response.status_code, response.json()["openapi"]) == (200, "3.1.0")


def test_the_canonical_schema_is_routed():
    assert CANONICAL in schemas()
