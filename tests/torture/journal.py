"""What workers remember outside the database: a line is on disk before the worker goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """One file of one worker, a JSON object a line."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8")

    def write(self, kind: str, **facts: Any) -> None:
        """Add a line. What may not be lost with the process is forced to the disk."""
        self.file.write(json.dumps({"kind": kind, **facts}, default=str) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())


def entries(folder: Path) -> Iterator[dict[str, Any]]:
    """All lines of all workers. A line that its writer was killed in was never promised to anybody."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)
