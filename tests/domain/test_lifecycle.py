"""The table of acts, against a copy that was written down by hand."""

import pytest

from invoicing.domain.choices import Status
from invoicing.domain.lifecycle import SETTLED, WRITABLE, Act, act_between, allowed_acts, outcome

# Rows are statuses; columns: issue, mark_sent, mark_paid, mark_returned, cancel, credit, write_off, send_to_collection.
EXPECTED = """
DRAFT          NEW  SENT  PAID  -         CANCELED  -         -              -
NEW            NEW  SENT  PAID  -         CANCELED  CREDITED  UNCOLLECTIBLE  IN_COLLECTION
SENT           -    SENT  PAID  RETURNED  CANCELED  CREDITED  UNCOLLECTIBLE  IN_COLLECTION
RETURNED       -    SENT  PAID  -         CANCELED  CREDITED  UNCOLLECTIBLE  IN_COLLECTION
PAID           -    -     -     -         -         CREDITED  -              -
IN_COLLECTION  -    -     PAID  -         CANCELED  CREDITED  UNCOLLECTIBLE  -
UNCOLLECTIBLE  -    -     PAID  -         -         CREDITED  -              IN_COLLECTION
CREDITED       -    -     -     -         -         -         -              -
CANCELED       -    -     -     -         -         -         -              -
"""
ACTS = ["issue", "mark_sent", "mark_paid", "mark_returned", "cancel", "create_credit_note", "write_off", "send_to_collection"]
ROWS = {status: dict(zip(ACTS, cells, strict=True)) for status, *cells in map(str.split, EXPECTED.strip().splitlines())}
CELLS = [(status, act, target) for status, row in ROWS.items() for act, target in row.items()]


def test_every_status_and_every_act_is_in_the_copy():
    assert set(ROWS) == set(Status.values)
    assert set(ACTS) == {act.value for act in Act}


@pytest.mark.parametrize(("status", "act", "target"), CELLS)
def test_each_act_leads_where_the_table_says(status, act, target):
    assert outcome(status, Act(act)) == (None if target == "-" else target)


@pytest.mark.parametrize("status", ROWS)
def test_the_allowed_acts_are_those_that_lead_somewhere(status):
    assert {act.value for act in allowed_acts(status)} == {act for act, target in ROWS[status].items() if target != "-"}


@pytest.mark.parametrize("status", ROWS)
def test_the_act_between_two_statuses_leads_from_one_to_the_other(status):
    for wanted in Status.values:
        act = act_between(status, wanted)

        assert (act is not None) == (wanted in ROWS[status].values())
        assert act is None or ROWS[status][act.value] == wanted


def test_nothing_leads_back_to_a_draft():
    assert not [(status, act) for status, act, target in CELLS if target == "DRAFT"]


def test_writable_and_settled_statuses():
    assert {"DRAFT", "NEW"} == WRITABLE
    assert {"PAID", "CANCELED", "CREDITED"} == SETTLED


def test_a_word_that_is_no_status_is_refused():
    with pytest.raises(ValueError, match="LOST"):
        outcome("LOST", Act.ISSUE)
