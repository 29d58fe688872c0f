"""What is compared: a job, how big, in which transaction, and by which ways of ours."""

from dataclasses import dataclass

MAKERS = ("plain", "batch", "add_items", "whole")
FLOOR = "raw"
"""The way that is no way of a library: raw SQL with the same inserts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One job. `theirs` is None where only ours is asked; `share` is the part of the rounds that a long job gets."""

    name: str
    title: str
    lines: int
    ours: tuple[str, ...]
    theirs: str | None
    transaction: str = "one"
    share: float = 1
    is_warmed_up: bool = True
    """Whether each way runs once untimed before, which also counts its statements."""


def _create(lines: int, *, name: str = "", title: str = "", transaction: str = "one", share: float = 1) -> Case:
    ways = tuple(f"create/{way}" for way in (*MAKERS, FLOOR))
    return Case(
        name=name or f"create-{lines}",
        title=title or f"new invoice, {lines} line{'s' * (lines > 1)}",
        lines=lines,
        ours=ways,
        theirs="create",
        transaction=transaction,
        share=share,
    )


CASES = (
    _create(1),
    _create(10),
    _create(100),
    _create(100, name="create-100-autocommit", title="new invoice, 100 lines, autocommit", transaction="own", share=0.5),
    Case(name="copy-100", title="copy, 100 lines", lines=100, ours=("copy",), theirs="copy"),
    Case(name="delete-100", title="delete, 100 lines", lines=100, ours=("delete",), theirs="delete"),
    Case(name="html-10", title="HTML, 10 lines", lines=10, ours=("html",), theirs="html"),
    Case(name="html-100", title="HTML, 100 lines", lines=100, ours=("html",), theirs="html"),
    Case(name="pdf-10", title="PDF, 10 lines", lines=10, ours=("pdf",), theirs="pdf", share=0.5),
    Case(name="pdf-100", title="PDF, 100 lines", lines=100, ours=("pdf",), theirs="pdf", share=0.3),
    Case(
        name="threads-10",
        title="8 threads × 50 invoices, 10 lines",
        lines=10,
        ours=tuple(f"threads/{way}" for way in (*MAKERS, FLOOR)),
        theirs="threads",
        transaction="own",
        share=0.2,
        is_warmed_up=False,
    ),
    Case(
        name="create-10000",
        title="new invoice, 10,000 lines",
        lines=10_000,
        ours=tuple(f"create/{way}" for way in ("batch", "add_items", "whole", FLOOR)),
        theirs=None,
        share=0.3,
    ),
)

LONG = Case(
    name="theirs-10000",
    title="new invoice, 10,000 lines, theirs",
    lines=10_000,
    ours=("create/add_items", "create/whole"),
    theirs="create",
    share=0,
    is_warmed_up=False,
)
"""Takes minutes: asked for by --long."""
