"""Results as a table for people (Markdown) and as JSON for programs."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from bench.comparison import Comparison, Measured
from bench.races import Raced, Run

HEAD = (
    "| job | way | theirs | ours | times faster | statements, theirs → ours | × raw SQL |",
    "|---|---|---:|---:|---:|---:|---:|",
)


def table(comparisons: list[Comparison]) -> str:
    """A row for each way of ours."""
    return "\n".join([*HEAD, *(_row(comparison, measured) for comparison in comparisons for measured in comparison.ours)])


def race_table(raced: list[Raced]) -> str:
    """A row for each contestant of races that are compared with the same ones."""
    against = raced[0].race.against
    head = ["job", "way", raced[0].race.unit, "least – most", "refused", *(f"× {title}" for title in against)]
    rows = [_race_row(one, run) for one in raced for run in one.runs]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---", "---", *["---:"] * (len(head) - 2)], *rows))


def sheet_table(raced: Raced, *, columns: Iterable[tuple[str, str]], ratios: Iterable[tuple[str, str, str]]) -> str:
    """A row for each contestant: the medians of what it answered, and the medians of its ratios to another one, turn by turn."""
    columns, ratios = list(columns), list(ratios)
    head = ["job", "way", *(title for title, _key in columns), "least – most", *(title for title, _other, _key in ratios)]
    runs = {run.contestant.title: run for run in raced.runs}
    rows = [
        [
            raced.race.title,
            title,
            *(_median(run.answered(key)) for _title, key in columns),
            f"{_number(min(run.values))} – {_number(max(run.values))}",
            *("–" if title == other else f"{run.times(runs[other], key):.2f}" for _title, other, key in ratios),
        ]
        for title, run in runs.items()
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---", "---", *["---:"] * (len(head) - 2)], *rows))


def write_json(path: Path, *, database: str, hellos: list[dict[str, Any]], **measured: list[Any]) -> None:
    """Everything that was measured, run by run."""
    path.parent.mkdir(exist_ok=True)
    told = {name: [asdict(one) for one in things] for name, things in measured.items()}
    path.write_text(json.dumps({"database": database, "machine": machine(), "workers": hellos, **told}, indent=1) + "\n")


def machine() -> str:
    """What it ran on."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def describe(hellos: list[dict[str, str]]) -> str:
    """Who was compared, in one line."""
    libraries = " and ".join(sorted({f"{hello['library']} {hello['version']}" for hello in hellos}))
    return f"{libraries} on Django {hellos[-1]['django']}, Python {hellos[-1]['python']}"


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


def _race_row(raced: Raced, run: Run) -> list[str]:
    values = run.values
    others = {other.contestant.title: other for other in raced.against()}
    ratios = [
        f"{run.times(others[title]):.2f}" if title in others and title != run.contestant.title else "–" for title in raced.race.against
    ]
    least, most = _number(min(values)), _number(max(values))
    errors = f"{run.errors:,}" if "errors" in run.answers[0] else "–"
    return [raced.race.title, run.contestant.title, _number(median(values)), f"{least} – {most}", errors, *ratios]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"


def _median(values: list[float]) -> str:
    if not values:
        return "–"
    return f"{median(values):,.0f}" if all(isinstance(value, int) for value in values) else _number(median(values))


def _milliseconds(measured: Measured | None) -> str:
    if measured is None or not measured.seconds:
        return "–"
    value = measured.median * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.1f} ms"


def _times(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.1f} ×"


def _count(measured: Measured | None) -> str:
    return "–" if measured is None or not measured.statements else f"{measured.statements:,}"
