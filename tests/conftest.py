"""What every test may count on: the hypothesis profiles, and the rule which tests cannot run here and why."""

import os
import shutil
from pathlib import Path

import pytest
from django.apps import apps
from hypothesis import HealthCheck, settings

from tests import databases

# A loaded machine is no reason to fail: neither deadlines nor slow generation.
settings.register_profile("ci", max_examples=500, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "dev")

OPTIONAL = Path(__file__).parent / "contrib"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switches for the tests that take minutes."""
    parser.addoption("--torture", action="store_true", help="also run the tests that kill, race and flood for minutes")
    parser.addoption("--torture-seconds", type=float, default=15, help="how long each of them goes on (default: 15)")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a run on a server that nobody answers at, before a thousand tests say so one by one."""
    if databases.KIND in databases.SERVERS and not databases.is_reachable(databases.KIND):
        host, port = databases.address(databases.KIND)
        raise pytest.UsageError(f"TEST_DATABASE is {databases.KIND}, and nothing answers at {host}:{port}.")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the optional apps to the project that has them installed."""
    return True if collection_path == OPTIONAL and not has_optional_apps() else None


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how the tests of the optional apps are run, where they are left out."""
    return None if has_optional_apps() else "without tests/contrib: they run by pytest --ds=tests.contrib.settings tests/contrib"


def has_optional_apps() -> bool:
    """Whether the project of this run has the optional apps."""
    return apps.is_installed("invoicing.contrib.payments")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what cannot run here, and say why."""
    reasons = {kind: f"runs on {kind} only: TEST_DATABASE={kind}" for kind in databases.SERVERS if kind != databases.KIND}
    if not config.getoption("--torture"):
        reasons["torture"] = "takes minutes: --torture"
    if not any(map(shutil.which, BROWSERS)):
        reasons["browser"] = f"no browser found (one of {', '.join(BROWSERS)})"
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def media_of_the_test(settings, tmp_path):
    """Files that a test stores go with the test."""
    settings.MEDIA_ROOT = tmp_path / "media"
