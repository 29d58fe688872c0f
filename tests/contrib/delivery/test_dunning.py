"""Which level is due: worked-out cases, and what must hold whatever happens."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.contrib.delivery.dunning import Sent, Step, due_step

DUE = date(2026, 12, 4)

SOON = Step(key="soon", days=-3)
FIRST = Step(key="first", days=7, min_gap=7)
SECOND = Step(key="second", days=21, min_gap=7)
LEVELS = [SECOND, SOON, FIRST]


def sent(step, day):
    return Sent(key=step.key, days=step.days, on=day)


def due(day, *reminders, **more):
    step = due_step(LEVELS, date_due=DUE, on=day, sent=reminders, **more)
    return step and step.key


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 30), None),
        (date(2026, 12, 1), "soon"),
        (date(2026, 12, 4), "soon"),
        (date(2026, 12, 5), None),  # overdue, and the first level is a week later
        (date(2026, 12, 10), None),
        (date(2026, 12, 11), "first"),
        (date(2026, 12, 24), "first"),
        (date(2026, 12, 25), "second"),
        (date(2027, 6, 1), "second"),
    ],
)
def test_the_last_level_that_has_begun_is_due(day, expected):
    assert due(day) == expected


def test_a_level_goes_out_once():
    assert due(date(2026, 12, 12), sent(FIRST, date(2026, 12, 11))) is None


def test_a_level_that_was_passed_over_stays_so():
    assert due(date(2027, 1, 30), sent(SECOND, date(2026, 12, 25))) is None


def test_a_late_run_keeps_its_distance_to_the_next_level():
    late = sent(FIRST, date(2026, 12, 24))

    assert due(date(2026, 12, 25), late) is None
    assert due(date(2026, 12, 30), late) is None
    assert due(date(2026, 12, 31), late) == "second"


def test_nothing_is_due_during_a_pause():
    assert due(date(2026, 12, 25), is_paused=True) is None


def test_a_run_for_a_day_before_the_last_reminder_does_nothing():
    assert due(date(2026, 12, 25), sent(SOON, date(2026, 12, 30))) is None


def test_a_level_that_was_moved_back_later_does_not_block_those_between():
    moved = Step(key="first", days=40)

    step = due_step([moved, SECOND], date_due=DUE, on=date(2027, 2, 1), sent=[sent(FIRST, date(2026, 12, 11))])

    assert step == SECOND


def test_there_may_be_no_levels():
    assert due_step([], date_due=DUE, on=DUE) is None


steps = st.lists(
    st.tuples(st.integers(-15, 60), st.integers(0, 20)).map(lambda pair: Step(key=object(), days=pair[0], min_gap=pair[1])), max_size=6
)
runs = st.lists(st.tuples(st.integers(-30, 120), st.booleans()), max_size=40)


@given(levels=steps, runs=runs)
def test_whenever_it_runs_the_rules_hold(levels, runs):
    history = []
    for after, is_paused in runs:
        day = DUE + timedelta(days=after)
        step = due_step(levels, date_due=DUE, on=day, sent=history, is_paused=is_paused)
        if step is None:
            continue
        assert not is_paused
        assert step.begins_on(DUE) <= day
        assert step.days >= 0 or day <= DUE
        for earlier in history:
            assert step.key is not earlier.key
            assert step.days > earlier.days
            assert (day - earlier.on).days >= step.min_gap
        passed_over = [other for other in levels if other.days > step.days and other.begins_on(DUE) <= day]
        assert passed_over == []
        history.append(sent(step, day))


@given(levels=steps)
def test_a_run_every_day_ends_with_the_last_level(levels):
    daily = []
    for after in range(-30, 121):
        day = DUE + timedelta(days=after)
        step = due_step(levels, date_due=DUE, on=day, sent=daily)
        if step:
            daily.append(sent(step, day))
    late = [step.days for step in levels if step.days >= 0]

    assert not late or daily[-1].days == max(late)
