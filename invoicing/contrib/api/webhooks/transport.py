"""Sending one message over the network: to the address that was looked at, and to no other, within one span of time."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from invoicing.contrib.api.webhooks.addresses import Target, read, resolve
from invoicing.contrib.api.webhooks.exceptions import WebhookAddressError

MOST_BYTES: Final = 65_536
"""What is read of an answer."""

MOST_CHARACTERS: Final = 1000
"""What is kept of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of an attempt: a status, or what went wrong. `duration` in milliseconds."""

    status_code: int | None = None
    error: str = ""
    text: str = ""
    retry_after: str = ""
    duration: int = 0

    @property
    def is_accepted(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that there is nobody any more: 410."""
        return self.status_code == http.HTTPStatus.GONE


def post(url: str, *, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """Post a message once, within `timeout` seconds. No redirect is followed. Never raises for what a receiver does."""
    began = time.monotonic()
    try:
        status, text, retry_after = _exchange(read(url), body=body, headers=headers, until=began + timeout)
    except WebhookAddressError as error:
        return Answer(error=str(error), duration=_since(began))
    except Exception as error:  # noqa: BLE001 -- a receiver may answer anything, or nothing
        return Answer(error=f"{type(error).__name__}: {error}".replace("\x00", "")[:MOST_CHARACTERS], duration=_since(began))
    return Answer(status_code=status, text=text, retry_after=retry_after, duration=_since(began))


def _exchange(target: Target, *, body: bytes, headers: Mapping[str, str], until: float) -> tuple[int, str, str]:
    # Asked once: the addresses that were looked at are those that are called.
    endpoints = resolve(target)
    with _connected(target, endpoints, until=until) as plain, _secured(plain, target, until=until) as sock:
        connection = http.client.HTTPConnection(target.host)
        connection.sock = TimedSocket(sock, until=until)
        connection.request("POST", target.path, body=body, headers={"Host": target.authority, "Connection": "close", **headers})
        response = connection.getresponse()
        content = b""
        # The status is what counts: whoever breaks off after it took the message.
        with suppress(Exception):
            content = response.read(MOST_BYTES)
        text = content.decode("utf-8", "replace").replace("\x00", "")[:MOST_CHARACTERS]
        return response.status, text, response.headers.get("Retry-After", "")


def _connected(target: Target, endpoints: list[Any], *, until: float) -> socket.socket:
    """A connection to the first address that answers."""
    failure: OSError = ConnectionError(target.host)
    for left, endpoint in zip(range(len(endpoints), 0, -1), endpoints, strict=True):
        sock = socket.socket(endpoint.family, socket.SOCK_STREAM)
        try:
            sock.settimeout(_left(until) / left)
            sock.connect(endpoint.address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def _secured(sock: socket.socket, target: Target, *, until: float) -> socket.socket:
    """The same connection, by TLS with a certificate for the name of the host."""
    sock.settimeout(_left(until))
    return trust().wrap_socket(sock, server_hostname=target.host) if target.scheme == "https" else sock


@cache
def trust() -> ssl.SSLContext:
    """Whom we trust: the authorities of the system."""
    return ssl.create_default_context()


class TimedSocket:
    """A socket that waits until one moment, however the other side doles out its bytes."""

    def __init__(self, sock: socket.socket, *, until: float) -> None:
        self._sock = sock
        self._until = until

    def sendall(self, data: bytes) -> None:
        """Send all of it in time."""
        rest = memoryview(data)
        while rest:
            self._sock.settimeout(_left(self._until))
            rest = rest[self._sock.send(rest) :]

    def recv_into(self, buffer: Any) -> int:
        """Receive what is there in time."""
        self._sock.settimeout(_left(self._until))
        return self._sock.recv_into(buffer)

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        """A file that reads in time."""
        return io.BufferedReader(_TimedFile(self))

    def close(self) -> None:
        """Nothing: whoever opened the socket closes it."""


class _TimedFile(io.RawIOBase):
    def __init__(self, sock: TimedSocket) -> None:
        super().__init__()
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._sock.recv_into(buffer)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _since(began: float) -> int:
    return max(0, int((time.monotonic() - began) * 1000))
