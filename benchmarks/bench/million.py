"""The tables of the million: each question by the library and by hand-written SQL, and what exports take."""

from collections.abc import Iterable
from statistics import median
from typing import Any

QUESTIONS = ("question", "rows", "statements", "ours, ms", "of it database", "SQL, ms", "× SQL", "database × SQL")
EXPORTS = ("export", "seconds", "MB at the peak", "MB of file", "× COPY", "× plain")


def question_table(answers: Iterable[dict[str, Any]]) -> str:
    """A row for each question; ratios are medians of the ratios turn by turn."""
    return _table(QUESTIONS, [_question(answer) for answer in answers])


def export_table(answers: Iterable[dict[str, Any]]) -> str:
    """A row for each way to write a file, beside COPY and beside the plain writer of its kind."""
    told = {answer["export"]: answer for answer in answers}
    return _table(EXPORTS, [_export(answer, told) for answer in told.values()])


def line(answer: dict[str, Any]) -> str:
    """One answer as soon as it is there."""
    if "export" in answer:
        return f"{answer['export']}: {answer['seconds']:.1f} s"
    ways = ", ".join(f"{way} {_milliseconds(answer[way])}" for way in ("ours", "database", "sql"))
    return f"{answer['question']}: {ways} ms{' – ANSWERS DIFFER' if answer['different'] else ''}"


def _question(answer: dict[str, Any]) -> list[str]:
    return [
        answer["title"] + (" – ANSWERS DIFFER" if answer["different"] else ""),
        f"{answer['rows']:,}",
        f"{answer['statements']:,}" if answer["ours"] else "–",
        *(_milliseconds(answer[way]) for way in ("ours", "database", "sql")),
        *("–" if answer[ratio] is None else f"{answer[ratio]:.2f}" for ratio in ("ratio", "database ratio")),
    ]


def _export(answer: dict[str, Any], told: dict[str, dict[str, Any]]) -> list[str]:
    others = (told.get("COPY"), told.get(f"{answer['export'].partition(',')[0]}, plain"))
    ratios = ["–" if other is None or other is answer else f"{answer['seconds'] / other['seconds']:.2f}" for other in others]
    megabytes = "–" if answer["megabytes"] is None else f"{answer['megabytes']:.1f}"
    return [answer["export"], f"{answer['seconds']:.1f}", megabytes, f"{answer['file']:.0f}", *ratios]


def _milliseconds(taken: list[float]) -> str:
    if not taken:
        return "–"
    value = median(taken)
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _table(head: Iterable[str], rows: list[list[str]]) -> str:
    head = list(head)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---", *["---:"] * (len(head) - 1)], *rows))
