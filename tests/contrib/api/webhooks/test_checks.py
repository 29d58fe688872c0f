"""The checks of webhooks: each finds its mistake, and is silent about a project that is right."""

import pytest

from invoicing.contrib.api.webhooks.checks import check_numbers, check_private_hosts


@pytest.mark.parametrize("name", ["ATTEMPTS", "PAUSE", "TIMEOUT"])
def test_a_number_that_is_too_small_is_found(settings, name):
    setattr(settings, f"INVOICING_WEBHOOK_{name}", 0)
    (message,) = check_numbers()

    assert (message.id, message.msg) == ("invoicing_api.E101", f"INVOICING_WEBHOOK_{name} is 0.")


def test_a_number_that_is_none_is_left_to_the_check_of_types(settings):
    settings.INVOICING_WEBHOOK_ATTEMPTS = "ten"

    assert check_numbers() == []


@pytest.mark.parametrize("host", ["http://hooks.internal", "hooks.internal:8000", "hooks.internal/x", "", "10.0.0.0/8", 7])
def test_what_is_no_host_is_found(settings, host):
    settings.INVOICING_WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1", host]
    (message,) = check_private_hosts()

    assert (message.id, message.msg) == ("invoicing_api.E102", f"INVOICING_WEBHOOK_PRIVATE_HOSTS has {host!r}.")


def test_what_is_right_is_silent(settings):
    settings.INVOICING_WEBHOOK_PRIVATE_HOSTS = ("hooks.internal", "10.0.0.7", "::1", "[fd00::7]")
    assert (check_private_hosts(), check_numbers()) == ([], [])

    settings.INVOICING_WEBHOOK_PRIVATE_HOSTS = "hooks.internal"
    assert check_private_hosts() == []
