"""Races: jobs that measure themselves, many connections at once or thousands of documents. PostgreSQL only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.worker import Worker

THEIRS, TABLE_LOCK, CEILING, COPY = "django-invoicing", "table lock + MAX", "no number", "COPY"
MOST = 16
"""The connections at which everything is compared."""

GRID = ((1, 1), *((connections, series) for connections in (2, 4, 8, MOST, 32) for series in (1, 8)))
"""Connections and series: one connection is in one series at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """Who takes part: a worker, what it is asked to do, and which of its answers counts."""

    title: str
    worker: str
    race: str
    arguments: dict[str, Any] = field(default_factory=dict)
    reads: str = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """Contestants that take turns. `against` are the titles of those that the others are compared with."""

    name: str
    title: str
    contestants: tuple[Contestant, ...]
    against: tuple[str, ...] = ()
    unit: str = "a second"
    share: float = 1
    """The part of the rounds that it gets."""


@dataclass(slots=True)
class Run:
    """What a contestant answered, turn by turn."""

    contestant: Contestant
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def values(self) -> list[float]:
        """What counts."""
        return self.answered(self.contestant.reads)

    @property
    def errors(self) -> int:
        """How often it was refused, in all turns."""
        return sum(answer.get("errors", 0) for answer in self.answers)

    def answered(self, key: str) -> list[float]:
        """One of its answers, turn by turn; nothing where it does not give that one."""
        return [answer[key] for answer in self.answers if key in answer]

    def times(self, other: "Run", key: str = "") -> float:
        """How many times the other's value, or its answer called `key`: the median of the ratios turn by turn."""
        mine, its = (run.answered(key or run.contestant.reads) for run in (self, other))
        return median(one / another for one, another in zip(mine, its, strict=True))


@dataclass(slots=True)
class Raced:
    """A race and what came of it."""

    race: Race
    runs: list[Run]

    def against(self) -> list[Run]:
        """The runs that the others are compared with."""
        return [run for title in self.race.against for run in self.runs if run.contestant.title == title]


def hold(race: Race, *, worker_of: Callable[[str], Worker | None], rounds: int) -> Raced:
    """Let the contestants take turns; each turn begins with another one. Who asks the same of a worker shares its answer."""
    runs = [Run(contestant) for contestant in race.contestants if worker_of(contestant.worker)]
    for turn in range(max(1, round(rounds * race.share))):
        told: dict[str, dict[str, Any]] = {}
        first = turn % len(runs)
        for run in [*runs[first:], *runs[:first]]:
            one = run.contestant
            key = repr((one.worker, one.race, one.arguments))
            if key not in told:
                worker = worker_of(one.worker)
                assert worker is not None
                told[key] = worker.race(one.race, **one.arguments)
            run.answers.append(told[key])
    return Raced(race, runs)


def _many_connections(act: str, *, connections: int, series: int) -> Race:
    """One job at so many connections, spread over so many series."""
    is_whole = connections == MOST
    arguments = {"connections": connections, "seconds": 2 if is_whole else 1.5}

    def ours(title: str, numbering: str, *, worker: str = "ours") -> Contestant:
        return Contestant(title=title, worker=worker, race=act, arguments={**arguments, "series": series, "numbering": numbering})

    contestants = [
        Contestant(title=THEIRS, worker="theirs", race="create", arguments=arguments),
        ours("ours", "last"),
        ours(TABLE_LOCK, "table lock"),
        ours(CEILING, "none"),
    ]
    if is_whole:
        contestants.append(ours("ours, triggers installed", "last", worker="protected"))
    if is_whole and act == "issue":
        contestants.append(ours("ours, no chain", "no chain"))
    connected = f"{connections} connection{'s' * (connections > 1)}"
    return Race(
        name=f"{act.replace(' ', '-')}-{connections}x{series}",
        title=f"{act}, {connected}, {series} series",
        contestants=tuple(contestants),
        against=(THEIRS, TABLE_LOCK, CEILING),
        share=1 if is_whole else 0.6,
    )


def _bulk(title: str, race: str, *, reads: str = "rate", documents: int = 10_000) -> Contestant:
    return Contestant(title=title, worker="bulk", race=race, arguments={"documents": documents}, reads=reads)


def _long_document(title: str, worker: str) -> Contestant:
    arguments = {"connections": 1, "series": 1, "numbering": "last", "lines": 500, "seconds": 3}
    return Contestant(title=title, worker=worker, race="save", arguments=arguments)


RACES = (
    *(_many_connections("issue", connections=connections, series=series) for connections, series in GRID),
    *(
        _many_connections(act, connections=connections, series=series)
        for act in ("save and issue", "draft and issue", "save")
        for connections, series in ((1, 1), (MOST, 1), (MOST, 8))
    ),
    Race(
        name="triggers",
        title="new document of 500 lines",
        contestants=(_long_document("ours", "ours"), _long_document("ours, triggers installed", "protected")),
        against=("ours",),
    ),
    Race(
        name="touch-then-copy",
        title="8 connections × 50: change one invoice, copy it",
        contestants=tuple(
            Contestant(title=title, worker=worker, race="touch-then-copy", arguments={"connections": 8, "times": 50})
            for title, worker in ((THEIRS, "theirs"), ("ours", "ours"))
        ),
        against=(THEIRS,),
        share=0.2,
    ),
    Race(
        name="bulk",
        title="10,000 documents of 5 lines",
        contestants=(
            Contestant(title=THEIRS, worker="theirs", race="one-by-one", arguments={"documents": 500}),
            _bulk("create_many", "create_many"),
            _bulk("create_many, making the instances not counted", "create_many", reads="rate alone"),
            _bulk("issue_many", "issue_many"),
            _bulk(COPY, "copy"),
        ),
        against=(THEIRS, COPY),
        share=0.6,
    ),
    Race(
        name="memory",
        title="memory at the peak",
        contestants=tuple(
            _bulk(f"{race}, {documents:,} documents", race, reads="megabytes", documents=documents)
            for race in ("create_many", "issue_many")
            for documents in (1_000, 10_000)
        ),
        unit="MB",
        share=0.2,
    ),
    Race(
        name="checks",
        title="10,000 issued documents",
        contestants=(
            _bulk("invoicing_audit_numbers", "checks", reads="audit_numbers"),
            _bulk("invoicing_verify_chain", "checks", reads="verify_chain"),
        ),
        unit="ms a document",
        share=0.6,
    ),
)
