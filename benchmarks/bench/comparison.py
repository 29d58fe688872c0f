"""Both libraries do a job in turns, so that a busy minute of the machine meets both; ratios are taken within a turn."""

from dataclasses import dataclass, field
from statistics import median

from bench.cases import FLOOR, Case
from bench.worker import Worker


@dataclass(slots=True)
class Measured:
    """What one way took, run by run, in seconds; and how many statements it sent."""

    way: str
    seconds: list[float] = field(default_factory=list)
    statements: int | None = None
    unavailable: str = ""

    @property
    def median(self) -> float:
        """The middle run, in seconds."""
        return median(self.seconds)


@dataclass(slots=True)
class Comparison:
    """A case and all that was measured in it."""

    case: Case
    theirs: Measured | None
    ours: list[Measured]

    def times_faster(self, ours: Measured) -> float | None:
        """How many times faster than theirs: the median of the ratios turn by turn."""
        if self.theirs is None or not self.theirs.seconds or not ours.seconds:
            return None
        return median(slow / fast for slow, fast in zip(self.theirs.seconds, ours.seconds, strict=True))

    def times_raw(self, ours: Measured) -> float | None:
        """How many times as long as raw SQL it took."""
        floor = next((one for one in self.ours if one.way.endswith(f"/{FLOOR}")), None)
        if floor is None or floor is ours or not floor.seconds or not ours.seconds:
            return None
        return median(slow / fast for slow, fast in zip(ours.seconds, floor.seconds, strict=True))


def compare(case: Case, *, theirs: Worker | None, ours: Worker, rounds: int) -> Comparison:
    """Run a case in turns; each way once before that, to warm up and to count its statements."""
    asked = [(theirs, Measured(case.theirs))] if theirs and case.theirs else []
    comparison = Comparison(case, theirs=asked[0][1] if asked else None, ours=[Measured(way) for way in case.ours])
    runners = [*asked, *((ours, measured) for measured in comparison.ours)]
    turns = max(1, int(rounds * case.share))
    if case.is_warmed_up:
        for worker, measured in runners:
            answer = worker.ask(measured.way, lines=case.lines, transaction=case.transaction, count=True)
            measured.statements, measured.unavailable = answer.get("statements"), answer.get("unavailable", "")
    for turn in range(turns):
        # Each turn begins with another one: whoever follows a long job finds other caches than whoever follows a short one.
        first = turn % len(runners)
        for worker, measured in [*runners[first:], *runners[:first]]:
            if measured.unavailable:
                continue
            answer = worker.ask(measured.way, lines=case.lines, transaction=case.transaction)
            measured.seconds.append(answer["seconds"])
    return comparison
