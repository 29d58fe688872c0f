"""The page of guarantees names tests that exist, and counts what they count."""

import re

import pytest

from tests.docs.pages import DOCS, ROOT, quoted, table
from tests.properties.mistakes import MISTAKES
from tests.protection.ways import WAYS

PAGE = DOCS / "explanation/guarantees.md"
HEADINGS = ["## Numbers", "## The freeze", "## The chain", "## Locked books", "## Money", "## Mail", "## The API", "## Bad luck"]
PROOFS = [name for heading in HEADINGS for row in table(PAGE, after=heading) for name in quoted(row[1])]


@pytest.mark.parametrize("proof", sorted(set(PROOFS)))
def test_a_proof_is_a_test_that_exists(proof):
    path, _, name = proof.partition("::")

    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_promise_has_a_proof(heading):
    rows = table(PAGE, after=heading)

    assert rows
    assert [promise for promise, proofs, _ in rows if not quoted(proofs)] == []


def test_a_promise_is_one_sentence():
    promises = [promise for heading in HEADINGS for promise, *_ in table(PAGE, after=heading)]

    assert [promise for promise in promises if ". " in promise or not promise.endswith((".", " …"))] == []


def test_as_many_ways_and_mistakes_were_tried_as_there_are():
    text = PAGE.read_text(encoding="utf-8")
    ways = [[way for way in WAYS if vendor in way.vendors] for vendor in ("sqlite", "mysql", "postgresql")]
    (all_lite, all_maria, all_post), (lite, maria, post) = map(len, ways), (sum(way.goes_round for way in known) for known in ways)

    assert f"0 ways of {all_lite} on SQLite, {all_maria} on MariaDB, {all_post} on PostgreSQL" in text
    assert f"0 ways of {all_lite}, {all_maria}, {all_post} |" in text
    assert f"{lite} ways of {all_lite}, {maria} of {all_maria}, {post} of {all_post}," in text
    assert f"{len(MISTAKES)} of {len(MISTAKES)} mistakes found" in text
