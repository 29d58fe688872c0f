"""What is wrong with the settings of delivery is said when the project starts."""

import pytest

from invoicing.contrib.delivery import checks


def ids(messages):
    return [message.id.partition(".")[2] for message in messages]


def test_a_host_that_sets_nothing_hears_nothing():
    found = [check() for check in (checks.check_sender, checks.check_base_url, checks.check_numbers, checks.check_tasks)]

    assert found == [[], [], [], []]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a@example.com", []), ("Tee <a@example.com>", []), ("nobody", ["E001"]), ("a@example.com\nBcc: e@example.com", ["E001"]), (7, [])],
)
def test_the_sender(settings, text, expected):
    settings.INVOICING_EMAIL_FROM = text

    assert ids(checks.check_sender()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("https://example.com", ["W001"]), ("example.com", ["E002"]), ("ftp://example.com", ["E002"]), ("https://example.com/?a=1", ["E002"])],
)
def test_the_address_of_the_host(settings, text, expected):
    settings.INVOICING_BASE_URL = text

    assert ids(checks.check_base_url()) == expected


@pytest.mark.urls("tests.contrib.delivery.urls")
def test_an_address_with_pages_is_right(settings):
    settings.INVOICING_BASE_URL = "https://example.com/billing/"

    assert checks.check_base_url() == []


@pytest.mark.parametrize("name", ["DELIVERY_ATTEMPTS", "DELIVERY_PAUSE", "DELIVERY_TIMEOUT", "DELIVERY_PATIENCE", "PUBLIC_LINK_DAYS"])
def test_numbers_that_are_too_small(settings, name):
    setattr(settings, f"INVOICING_{name}", 0)

    assert ids(checks.check_numbers()) == ["E003"]


@pytest.mark.parametrize(
    ("asked", "has_tasks", "expected"),
    [
        ({}, True, []),
        ({"INVOICING_TASK_BACKEND": "mail", "TASKS": {"default": {}, "mail": {}}}, True, []),
        ({"INVOICING_TASK_BACKEND": "mail", "TASKS": {"default": {}}}, True, ["E004"]),
        ({}, False, []),
        ({"TASKS": {"default": {}}}, False, ["E004"]),
        ({"INVOICING_TASK_BACKEND": "mail"}, False, ["E004"]),
    ],
)
def test_the_queue(settings, monkeypatch, asked, has_tasks, expected):
    for name, value in asked.items():
        setattr(settings, name, value)
    monkeypatch.setattr(checks, "HAS_TASKS", has_tasks)

    assert ids(checks.check_tasks()) == expected
