"""Whoever starts the workers, kills them, cuts their connections, and counts what became of it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.db import connection

from tests.torture.journal import entries
from tests.torture.plan import Plan

ROOT = Path(__file__).parents[2]

SETTLED_AFTER = 60
"""Seconds within which a server notices that clients are gone, and undoes what they left."""

ENOUGH = 1_000
"""Bytes that the workers write into their journals between two blows: about three transactions."""

OTHERS = {
    "postgresql": "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
}
"""How a server lists the connections of others to this database."""

BUSY = {
    "postgresql": " AND xact_start IS NOT NULL",
    "mysql": " AND id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx)",
}
"""Those of them that are in the middle of a transaction."""


def plan(role: str, folder: Path, *, connect: Mapping[str, Any] | None = None, **parts: Any) -> Plan:
    """A plan for workers on the database that the tests use; `connect` are options that lie over those of its connection."""
    own = connection.settings_dict
    database = {name: own[name] for name in ("HOST", "PORT", "USER", "PASSWORD")} | {"NAME": str(own["NAME"])}
    return Plan(role=role, journals=str(folder), database={**database, "OPTIONS": {**own["OPTIONS"], **(connect or {})}}, **parts)


@contextmanager
def workers(plan: Plan) -> Iterator[subprocess.Popen[str]]:
    """The process of the workers, when it is about to start them. However the block ends, none of them is left."""
    command = [sys.executable, "-m", "tests.torture.worker"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=plan.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        stdout: IO[str] | None = process.stdout
        assert stdout is not None
        assert stdout.readline() == "ready\n"
        yield process


def tell(process: subprocess.Popen[str], command: str) -> None:
    stdin: IO[str] | None = process.stdin
    assert stdin is not None
    stdin.write(f"{command}\n")
    stdin.flush()


def ended(process: subprocess.Popen[str], command: str) -> dict[str, Any]:
    """Give the last command; how it went."""
    said, _ = process.communicate(f"{command}\n", timeout=180)
    assert process.returncode == 0
    wait_until_alone()
    report: dict[str, Any] = json.loads(said)
    return report


def run_to_end(plan: Plan) -> dict[str, Any]:
    """Let workers do what they have to do."""
    with workers(plan) as process:
        return ended(process, "wait")


class Torture:
    """One run: workers that do anything at random, and worse that is done to them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.dice = random.Random(plan.seed)  # noqa: S311
        self.cuts: set[int] = set()
        self.figures: Counter[str] = Counter()

    def run(self, seconds: float) -> None:
        """Torture for so long, then let the workers end in peace."""
        with workers(self.plan) as process:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                self.wait_for_work()
                if connection.vendor == "sqlite" or self.dice.random() < 0.5:
                    tell(process, f"kill {self.dice.randrange(self.plan.workers)}")
                else:
                    self.cut()
            report = ended(process, "finish")
        self.figures["kills"], self.figures["cuts"] = report["kills"], len(self.cuts)
        assert report["failed"] == []
        self.count()

    def wait_for_work(self) -> None:
        """Let the workers do something, for a moment longer or shorter: on a busy machine none of them would get far."""
        written, end = self.written(), time.monotonic() + 2
        time.sleep(self.dice.uniform(0.05, 0.3))
        while self.written() < written + ENOUGH and time.monotonic() < end:
            time.sleep(0.02)

    def written(self) -> int:
        return sum(path.stat().st_size for path in Path(self.plan.journals).iterdir())

    def cut(self) -> None:
        """Cut a connection in the middle of a transaction."""
        with connection.cursor() as cursor:
            cursor.execute(OTHERS[connection.vendor] + BUSY[connection.vendor])
            if found := sorted(row[0] for row in cursor.fetchall()):
                session = self.dice.choice(found)
                self.cuts.add(session)
                end_session(cursor, session)

    def count(self) -> None:
        """Count what the workers wrote down."""
        for entry in entries(Path(self.plan.journals)):
            self.figures[entry["kind"]] += 1
            if entry["kind"] == "done":
                self.figures["done at a later attempt"] += entry["attempts"] > 1
                self.figures["documents made"] += sum("made" in made for made in entry["facts"])
                self.figures["documents issued or changed"] += sum("made" not in made for made in entry["facts"])
            elif entry["kind"] == "unexpected":
                self.figures[f"unexpected: {entry['error'][:100]}"] += 1
            elif entry["kind"] in ("conflict", "gave up", "lost", "unconnected"):
                self.figures[f"{entry['kind']}: {entry['error']}"] += 1
            elif entry["kind"] == "refused":
                self.figures[f"refused: {entry['act']}: {entry['error']}"] += 1

    def surprises(self) -> list[str]:
        """Errors that nobody can explain: neither a refusal, nor a conflict, nor a connection that was cut."""
        surprises: dict[str, str] = {}
        for entry in entries(Path(self.plan.journals)):
            if entry["kind"] == "unexpected":
                # One of each kind is enough to look at.
                surprises[entry["error"]] = f"{', '.join(entry['acts'])}: {entry['error']}\n{entry['trace']}"
            if entry["kind"] == "lost" and entry["backend"] not in self.cuts:
                surprises["lost"] = f"Connection {entry['backend']} was lost, and nobody had cut it: {entry['error']}"
        if self.figures["unconnected"] > len(self.cuts):
            surprises["unconnected"] = f"{self.figures['unconnected']} connections could not be made"
        return [*surprises.values()]


def end_session(cursor: Any, session: int) -> None:
    """Cut a connection from the server's side. One that is gone already stays gone."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_terminate_backend(%s)", [session])
        return
    try:
        cursor.execute(f"KILL {int(session)}")
    except Exception as error:
        if error.args[0] != UNKNOWN_THREAD:
            raise


UNKNOWN_THREAD = 1094


def wait_until_alone() -> None:
    """Wait until the server has undone what killed clients left in the middle."""
    if connection.vendor == "sqlite":
        return
    end = time.monotonic() + SETTLED_AFTER
    while True:
        with connection.cursor() as cursor:
            cursor.execute(OTHERS[connection.vendor])
            others = cursor.fetchall()
        if not others:
            return
        assert time.monotonic() < end, f"still connected: {others}"
        time.sleep(0.05)
