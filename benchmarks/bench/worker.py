"""A worker process: one library, one database, spoken to by lines of JSON."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).resolve().parent.parent


class WorkerError(Exception):
    """A worker ended instead of answering."""


class Worker:
    """A running worker; a context manager that ends it."""

    def __init__(self, library: str, *, python: Path, database: str, name: str, checkout: Path | None = None) -> None:
        self.library = library
        environment = {
            **os.environ,
            "BENCH_LIBRARY": library,
            "BENCH_DATABASE": database,
            "BENCH_NAME": name,
            # A checkout that stands before the installed one.
            "PYTHONPATH": str(checkout or ""),
            "PYTHONWARNINGS": "ignore",
        }
        self.process = subprocess.Popen(  # noqa: S603  # our own script
            [str(python), str(HERE / "workers" / "serve.py"), library],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.hello = self._read()

    def ask(self, way: str, *, lines: int, transaction: str, count: bool = False) -> dict[str, Any]:
        """Let it do something once; how long that took, or how many statements it sent."""
        assert self.process.stdin is not None
        print(json.dumps({"way": way, "lines": lines, "transaction": transaction, "count": count}), file=self.process.stdin, flush=True)
        return self._read()

    def race(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Let it do something that it measures itself; what it found out."""
        assert self.process.stdin is not None
        print(json.dumps({"race": name, **arguments}), file=self.process.stdin, flush=True)
        return self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise WorkerError(f"The worker of {self.library} ended with {self.process.wait()}; what it said is above.")
        answer: dict[str, Any] = json.loads(line)
        return answer
