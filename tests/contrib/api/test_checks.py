"""What is wrong with the settings of the API is said when the project starts, also where its packages are missing."""

import subprocess
import sys

import pytest

from invoicing.contrib.api import checks

ALL = (checks.check_packages, checks.check_throttle_rates, checks.check_page_sizes, checks.check_numbers)


def ids(messages):
    return [message.id.partition(".")[2] for message in messages]


def test_a_host_that_sets_nothing_hears_nothing():
    assert [check() for check in ALL] == [[]] * len(ALL)


def test_a_package_that_is_missing(monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda name: None if name == "rest_framework" else "found")
    (message,) = checks.check_packages()

    assert message.id == "invoicing_api.E001"
    assert "rest_framework" in message.msg
    assert message.hint == "pip install 'django-invoicekit[api]'"


def test_an_app_that_is_not_installed(settings):
    settings.INSTALLED_APPS = [name for name in settings.INSTALLED_APPS if name != "django_filters"]
    (message,) = checks.check_packages()

    assert (message.id, message.hint) == ("invoicing_api.E001", "Add to INSTALLED_APPS: 'django_filters'.")


WITHOUT = """
import sys

for name in ("rest_framework", "drf_spectacular", "django_filters"):
    sys.modules[name] = None  # Importing it fails.

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "invoicing", "invoicing.contrib.access", "invoicing.contrib.api"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    USE_TZ=True,
)
django.setup()
from invoicing.contrib.api import checks

checks.find_spec = lambda name: None
print([message.id for message in checks.check_packages()])
"""


def test_a_project_starts_without_the_packages_and_says_so():
    run = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)  # noqa: S603  # our own lines

    assert run.stderr == ""
    assert run.stdout == "['invoicing_api.E001']\n"


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ({"read": "600/min", "write": None}, []),
        ({"read": "often"}, ["E002"]),
        ({"read": 600, "send": "0/s"}, ["E002", "E002"]),
        ({"reads": "600/min"}, ["E002"]),
        ("600/min", []),
    ],
)
def test_rates(settings, rates, expected):
    settings.INVOICING_API_THROTTLE_RATES = rates

    assert ids(checks.check_throttle_rates()) == expected


@pytest.mark.parametrize(
    ("size", "largest", "expected"),
    [(10, 10, []), (10, 9, ["E003"]), (0, 200, ["E003"]), (-1, 0, ["E003", "E003"]), ("10", 200, []), (10, None, [])],
)
def test_page_sizes(settings, size, largest, expected):
    settings.INVOICING_API_PAGE_SIZE = size
    settings.INVOICING_API_MAX_PAGE_SIZE = largest

    assert ids(checks.check_page_sizes()) == expected


@pytest.mark.parametrize(("name", "value"), [("API_MAX_BYTES", 1023), ("IDEMPOTENCY_DAYS", 0), ("API_MAX_BYTES", -1)])
def test_numbers_that_are_too_small(settings, name, value):
    setattr(settings, f"INVOICING_{name}", value)

    assert ids(checks.check_numbers()) == ["E004"]
