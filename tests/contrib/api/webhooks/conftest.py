"""What the tests of webhooks share: a receiver on this machine, and an endpoint that leads there."""

import socket

import pytest

from invoicing.contrib.api.webhooks.services import add_endpoint
from tests.contrib.api.webhooks.receivers import receiving


@pytest.fixture
def receiver(settings):
    settings.INVOICING_WEBHOOK_PRIVATE_HOSTS = ("127.0.0.1",)
    with receiving() as found:
        yield found


@pytest.fixture
def endpoint(receiver, db):
    """An endpoint for documents without a company that wants all news."""
    return add_endpoint(company=None, url=receiver.url)


@pytest.fixture
def names(monkeypatch):
    """The names that are found, each with its addresses; all else is not found. It keeps what was asked for."""

    class Names(dict):
        asked: list = []

    known = Names()
    known.asked = []
    real = socket.getaddrinfo

    def look_up(host, port, *args, **options):
        if host not in known and not host.endswith(".example.com"):
            return real(host, port, *args, **options)
        known.asked.append(host)
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        found = known[host]
        found = found.pop(0) if isinstance(found[0], list) else found
        families = [socket.AF_INET6 if ":" in text else socket.AF_INET for text in found]
        return [(family, socket.SOCK_STREAM, 6, "", (text, port)) for family, text in zip(families, found, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known
