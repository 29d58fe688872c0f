"""Receivers of mail that speak SMTP, and behave as servers do: well, refusing, slow, or gone in the middle."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Receiver:
    """A server that keeps what it accepts. A test sets what it answers; `sleep` is in seconds, before DATA is answered."""

    def __init__(self):
        self.accepted = []
        self.answers = {}
        self.refuses = {}
        self.sleep = 0
        self.hangs_up_after_data = False

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: ARG002, N802 -- the signature is aiosmtpd's
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002, N802
        answer = self.refuses.get(address, self.answers.get("RCPT", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802
        if self.sleep:
            await asyncio.sleep(self.sleep)
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.accepted.append((list(envelope.rcpt_tos), envelope.content))
        if self.hangs_up_after_data:
            server.transport.abort()
        return answer


@contextmanager
def receiving(**options) -> Iterator[Receiver]:
    """A receiver at a port of its own; its port is `receiver.port`."""
    receiver = Receiver()
    for name, value in options.items():
        setattr(receiver, name, value)
    controller = Controller(receiver, hostname="127.0.0.1", port=free_port())
    controller.start()
    receiver.port = controller.port
    try:
        yield receiver
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@contextmanager
def hanging_up(*, after: str) -> Iterator[int]:
    """The port of a server that hangs up when it hears a word of SMTP, such as MAIL or DATA, without an answer."""
    door = socket.create_server(("127.0.0.1", 0))
    door.settimeout(20)

    def serve():
        with door:
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line, line.makefile("rb") as heard:
                line.sendall(b"220 mail.example.com ready\r\n")
                while word := heard.readline():
                    if word.upper().startswith(after.encode()):
                        return
                    line.sendall(b"250 OK\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        door.close()
        thread.join(timeout=5)
