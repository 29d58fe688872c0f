"""Results as a table for people (Markdown) and as JSON for programs."""

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.comparison import Comparison, Measured

HEAD = (
    "| job | way | theirs | ours | times faster | statements, theirs → ours | × raw SQL |",
    "|---|---|---:|---:|---:|---:|---:|",
)


def table(comparisons: list[Comparison]) -> str:
    """A row for each way of ours."""
    return "\n".join([*HEAD, *(_row(comparison, measured) for comparison in comparisons for measured in comparison.ours)])


def write_json(path: Path, *, database: str, hellos: list[dict[str, Any]], comparisons: list[Comparison]) -> None:
    """Everything that was measured, run by run."""
    path.parent.mkdir(exist_ok=True)
    cases = [asdict(comparison) for comparison in comparisons]
    path.write_text(json.dumps({"database": database, "machine": machine(), "workers": hellos, "cases": cases}, indent=1) + "\n")


def machine() -> str:
    """What it ran on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _row(comparison: Comparison, measured: Measured) -> str:
    theirs = comparison.theirs
    way = measured.way.partition("/")[2] or "–"
    cells = [
        comparison.case.title,
        way,
        _milliseconds(theirs),
        measured.unavailable or _milliseconds(measured),
        _times(comparison.times_faster(measured)),
        f"{_count(theirs)} → {_count(measured)}",
        _times(comparison.times_raw(measured)),
    ]
    return f"| {' | '.join(cells)} |"


def _milliseconds(measured: Measured | None) -> str:
    if measured is None or not measured.seconds:
        return "–"
    value = measured.median * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.1f} ms"


def _times(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.1f} ×"


def _count(measured: Measured | None) -> str:
    return "–" if measured is None or not measured.statements else f"{measured.statements:,}"
