"""How often a user may read, write and send."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from invoicing.contrib.api.rates import parsed_rate
from invoicing.contrib.api.throttling import ActThrottle


class View:
    def __init__(self, kind):
        self.throttle_kind = kind


class ViewOfActions:
    throttle_kind = "read"

    def get_throttle_kind(self):
        return "send"


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def _rates(settings):
    settings.INVOICING_API_THROTTLE_RATES = {"read": "3/min", "write": "1/hour", "send": None}


def allowed(kind, *, user=1, address="203.0.113.7", view=None):
    plain = Request(APIRequestFactory().get("/", REMOTE_ADDR=address))
    plain.user = User(pk=user) if user else AnonymousUser()
    return ActThrottle().allow_request(plain, view or View(kind))


def test_without_rates_nobody_is_throttled():
    assert [allowed("read") for _ in range(20)] == [True] * 20


@pytest.mark.usefixtures("_rates")
def test_each_kind_counts_by_itself():
    assert [allowed("read") for _ in range(5)] == [True, True, True, False, False]
    assert [allowed("write") for _ in range(2)] == [True, False]
    assert [allowed("send") for _ in range(5)] == [True] * 5
    assert [allowed(None) for _ in range(5)] == [True] * 5


@pytest.mark.usefixtures("_rates")
def test_users_count_by_themselves_wherever_they_are():
    assert [allowed("write", user=1), allowed("write", user=2), allowed("write", user=1, address="203.0.113.8")] == [True, True, False]


@pytest.mark.usefixtures("_rates")
def test_nobody_counts_by_address():
    asked = [("203.0.113.7", True), ("203.0.113.8", True), ("203.0.113.7", False), ("x " * 500, True)]

    assert [allowed("write", user=None, address=address) for address, _ in asked] == [expected for _, expected in asked]


@pytest.mark.usefixtures("_rates")
def test_a_view_can_say_the_kind_of_each_action(settings):
    settings.INVOICING_API_THROTTLE_RATES = {"read": "5/min", "send": "1/min"}

    assert [allowed("read", view=ViewOfActions()) for _ in range(2)] == [True, False]


@pytest.mark.usefixtures("_rates")
def test_who_is_refused_hears_how_long_to_wait(monkeypatch):
    moment = 1_000_000.0
    monkeypatch.setattr(ActThrottle, "timer", lambda _self: moment)
    assert allowed("write") is True

    moment = 1_000_900.0
    plain = Request(APIRequestFactory().get("/"))
    plain.user = User(pk=1)
    throttle = ActThrottle()
    assert throttle.allow_request(plain, View("write")) is False
    assert throttle.wait() == 2700

    moment = 1_003_600.0
    assert allowed("write") is True


@pytest.mark.parametrize(
    ("text", "rate"),
    [("600/min", (600, 60)), ("1/s", (1, 1)), ("2/second", (2, 1)), ("3/hour", (3, 3600)), ("4/d", (4, 86_400)), ("5/m", (5, 60))],
)
def test_rates_are_read(text, rate):
    assert parsed_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "600", "600/", "/min", "0/min", "-1/min", "1.5/min", "600/month", "600 / min", "²/min", 600, None, b"1/s"]
)
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ValueError, match="is no rate"):
        parsed_rate(text)
