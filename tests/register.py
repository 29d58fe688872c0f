"""A register of VAT ids on 127.0.0.1 that answers like VIES, well or badly, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

VALID = {
    "countryCode": "AT",
    "vatNumber": "U98765434",
    "requestDate": "2026-11-21T09:30:00.000Z",
    "valid": True,
    "requestIdentifier": "WAPIAAAAZ0000001",
    "name": "Alpenblick Hotelbetriebe GmbH",
    "address": "Seestraße 5\n5310 Mondsee",
}
INVALID = {**VALID, "valid": False, "requestIdentifier": "WAPIAAAAZ0000002", "name": "---", "address": "---"}
OVERLOADED = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}, {"error": "MS_MAX_CONCURRENT_REQ"}]}


class Register:
    """Where it is, what it answers, and the (path, question) pairs that came in."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.body = json.dumps(VALID).encode()
        self.asked: list[tuple[str, Any]] = []
        self.is_silent = False
        self.missing_bytes = 0
        self.released = Event()

    def answers(self, body: Any, *, status: int = 200) -> None:
        """Set the next answers: JSON of an object, or bytes as they are."""
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status = status


def _handler(register: Register) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            register.asked.append((self.path, json.loads(question)))
            if register.is_silent:
                register.released.wait(timeout=30)
                return
            self.send_response(register.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(register.body) + register.missing_bytes))
            self.end_headers()
            self.wfile.write(register.body)
            self.close_connection = True

        def log_message(self, *arguments: Any) -> None:
            """Stay quiet."""

    return Handler


@contextmanager
def running_register() -> Iterator[Register]:
    """Run a register for as long as the block lasts."""
    register = Register()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(register))
    register.url = f"http://127.0.0.1:{server.server_port}/rest-api"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield register
    finally:
        register.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
