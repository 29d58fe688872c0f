"""One message over the network: to the address that was looked at, in time, and never anything but an answer."""

import socket
import ssl

import pytest

from invoicing.contrib.api.webhooks import transport
from invoicing.contrib.api.webhooks.transport import post
from tests.contrib.api.webhooks.receivers import CERTIFICATE, receiving

PUBLIC = "93.184.215.14"


def send(url, timeout=5.0):
    return post(url, body=b"{}", headers={}, timeout=timeout)


class CalledError(ConnectionError):
    """Somebody was about to connect."""


def test_the_name_is_asked_for_once_and_what_was_looked_at_is_called(names, monkeypatch):
    names["hooks.example.com"] = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]
    called = []

    def connect(_sock, address):
        called.append(address)
        raise CalledError

    monkeypatch.setattr(socket.socket, "connect", connect)
    answer = send("https://hooks.example.com/")

    assert answer.error == "CalledError: "
    assert (called, names.asked) == ([(PUBLIC, 443)], ["hooks.example.com"])


def test_a_name_that_is_bound_anew_between_two_questions_is_refused(names):
    names["hooks.example.com"] = [[PUBLIC], ["127.0.0.1"]]

    transport.resolve(transport.read("https://hooks.example.com/"))
    assert send("https://hooks.example.com/").error == "url: Its host is not a public one."


def test_the_next_address_is_tried_where_one_does_not_answer(names, monkeypatch):
    names["hooks.example.com"] = [PUBLIC, "93.184.215.15"]
    called = []

    def connect(_sock, address):
        called.append(address[0])
        raise ConnectionRefusedError(address[0])

    monkeypatch.setattr(socket.socket, "connect", connect)

    assert send("https://hooks.example.com/").error == "ConnectionRefusedError: 93.184.215.15"
    assert called == [PUBLIC, "93.184.215.15"]


@pytest.fixture
def secured(settings, names):
    """A receiver with a certificate of hooks.example.com, which two names lead to."""
    settings.INVOICING_WEBHOOK_PRIVATE_HOSTS = ["hooks.example.com", "other.example.com"]
    names["hooks.example.com"] = names["other.example.com"] = ["127.0.0.1"]
    with receiving(tls=True) as found:
        yield found


@pytest.fixture
def trusting(monkeypatch):
    """We trust whoever signed the certificate of the tests."""
    monkeypatch.setattr(transport, "trust", lambda: ssl.create_default_context(cafile=CERTIFICATE))


def test_a_certificate_for_the_name_is_asked_for(secured, trusting):
    right = send(f"https://hooks.example.com:{secured.port}/")
    wrong = send(f"https://other.example.com:{secured.port}/")

    assert (right.status_code, right.error) == (204, "")
    assert (wrong.status_code, "CERTIFICATE_VERIFY_FAILED" in wrong.error) == (None, True)
    assert secured.got[0][1]["host"] == f"hooks.example.com:{secured.port}"
    assert len(secured.got) == 1


def test_a_certificate_of_nobody_we_trust_is_refused(secured):
    transport.trust.cache_clear()
    answer = send(f"https://hooks.example.com:{secured.port}/")

    assert (answer.status_code, secured.got) == (None, [])
    assert "CERTIFICATE_VERIFY_FAILED" in answer.error


def test_nobody_who_listens_is_no_exception(settings):
    settings.INVOICING_WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/"
        answer = send(url)

    assert (answer.status_code, answer.is_accepted) == (None, False)
    assert "ConnectionRefusedError" in answer.error


def test_a_receiver_that_doles_out_its_bytes_is_given_up_in_time(receiver):
    def dole_out(handler):
        # A byte now and then: no single wait is long.
        handler.connection.settimeout(0.02)
        while True:
            try:
                handler.wfile.write(b"H")
                if not handler.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    receiver.answer = dole_out
    answer = send(receiver.url, timeout=0.3)

    assert (answer.status_code, answer.error.partition(":")[0]) == (None, "TimeoutError")


def test_a_receiver_that_says_nothing_is_given_up_in_time(receiver):
    receiver.answer = lambda handler: handler.connection.recv(1)
    answer = send(receiver.url, timeout=0.2)

    assert (answer.status_code, answer.error.partition(":")[0]) == (None, "TimeoutError")
    assert answer.duration >= 200


def test_a_receiver_that_breaks_off_after_its_status_took_the_message(receiver):
    def break_off(handler):
        handler.wfile.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\nthank")
        handler.connection.shutdown(socket.SHUT_RDWR)

    receiver.answer = break_off
    answer = send(receiver.url)

    assert (answer.status_code, answer.is_accepted) == (202, True)


@pytest.mark.parametrize(
    "said",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 " + 70_000 * b"9" + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + 200 * b"X-A: b\r\n" + b"\r\n",
        b"",
    ],
)
def test_what_is_no_answer_is_no_exception(receiver, said):
    def say(handler):
        handler.wfile.write(said)
        handler.connection.shutdown(socket.SHUT_RDWR)

    receiver.answer = say
    answer = send(receiver.url)

    assert (answer.status_code, bool(answer.error)) == (None, True)


def test_an_answer_without_end_is_read_to_a_limit(receiver):
    def go_on(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                handler.wfile.write(10_000 * b"x")
        except OSError:
            return

    receiver.answer = go_on
    answer = send(receiver.url)

    assert (answer.status_code, answer.text) == (200, 1000 * "x")
