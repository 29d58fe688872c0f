"""Pages by several printers: processor time, time on the clock, memory, and several processes. They take turns as in a race."""

import os
import shutil
from dataclasses import dataclass

from bench.races import Contestant, Race

OURS, PAGE, PLAIN, ARCHIVED = "ours, from the invoice", "ours, from the HTML", "plain WeasyPrint", "plain WeasyPrint, PDF/A-3u, tagged"
ONE = "one process"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A race, and what its table shows: of each contestant the medians of answers, and ratios to another one's answers."""

    race: Race
    columns: tuple[tuple[str, str], ...]
    """Headings and the answers below them."""
    ratios: tuple[tuple[str, str, str], ...] = ()
    """Headings, whose answer it is compared with, and which answer."""


def browser() -> str | None:
    """The Chromium that BENCH_CHROMIUM names or that is on PATH."""
    return os.environ.get("BENCH_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def sheets(*, renders: int, documents: int) -> tuple[Sheet, ...]:
    """All that can be measured; memory grows over so many renders, and so many documents are shared out among processes."""
    return (
        _prints("one-page", "one page, 10 lines", lines=10),
        _prints("twenty-pages", "20 pages, 500 lines", lines=500, share=0.4),
        _memory(renders),
        _processes(documents),
    )


def _prints(name: str, title: str, *, lines: int, share: float = 1) -> Sheet:
    def printer(who: str, worker: str, race: str = "print") -> Contestant:
        return Contestant(title=who, worker=worker, race=race, arguments={"lines": lines}, reads="cpu")

    return Sheet(
        race=Race(
            name=name,
            title=title,
            contestants=(
                # Each in a process of its own: what one leaves behind must not be in the other's way.
                printer(OURS, "ours"),
                printer(PAGE, "ours page", "print page"),
                printer(PLAIN, "plain"),
                printer(ARCHIVED, "plain archived", "print archived"),
                printer("Typst", "typst"),
                printer("ReportLab", "reportlab"),
                printer("Chromium", "chromium"),
            ),
            against=(PLAIN, ARCHIVED),
            share=share,
        ),
        columns=(("CPU, ms", "cpu"), ("clock, ms", "wall"), ("pages", "pages"), ("kB", "kilobytes")),
        ratios=(("× plain, CPU", PLAIN, "cpu"), ("× plain, clock", PLAIN, "wall"), ("× plain tagged, CPU", ARCHIVED, "cpu")),
    )


def _memory(renders: int) -> Sheet:
    return Sheet(
        race=Race(
            name="memory",
            title=f"resident memory, {renders} renders of one page",
            contestants=tuple(
                # Fresh processes, whose memory nothing has touched before.
                Contestant(title=who, worker=f"{module} memory", race="grow", arguments={"renders": renders}, reads="grown")
                for who, module in ((PAGE, "ours"), (PLAIN, "plain"))
            ),
            share=0,
        ),
        columns=(("MB after 50", "before"), (f"MB after {50 + renders:,}", "after"), ("MB grown", "grown")),
    )


def _processes(documents: int) -> Sheet:
    return Sheet(
        race=Race(
            name="processes",
            title=f"{documents} invoices of 10 lines",
            contestants=(
                *(
                    Contestant(
                        title=who,
                        worker="ours many",
                        race="many",
                        arguments={"documents": documents, "processes": processes},
                        reads="rate",
                    )
                    for who, processes in ((ONE, 1), ("two processes", 2))
                ),
                Contestant(title="two programs apart", worker="ours many", race="apart", arguments={"documents": documents}, reads="rate"),
            ),
            share=0.2,
        ),
        columns=(("seconds", "wall"), ("CPU, seconds", "cpu"), ("a second", "rate")),
        ratios=((f"× {ONE}", ONE, "rate"),),
    )
