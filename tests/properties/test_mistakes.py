"""The test of the test: the machine of `guarantees.py` finds each classic mistake, and nothing where there is none."""

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.mistakes import MISTAKES
from tests.properties.promises import BrokenPromiseError

pytestmark = pytest.mark.django_db

# Always the same examples. The first that fails is enough, mostly one of the first ten, and nobody reads it.
SEARCH = settings(
    max_examples=100,
    stateful_step_count=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)

ROOMS = sorted({mistake.room for mistake in MISTAKES}, key=lambda room: room.__name__)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_machine_finds_the_mistake(mistake, monkeypatch):
    mistake.make(monkeypatch)

    with pytest.raises(BrokenPromiseError):
        run_state_machine_as_test(mistake.room, settings=SEARCH)


@pytest.mark.parametrize("room", ROOMS)
def test_the_machine_finds_nothing_where_there_is_no_mistake(room):
    run_state_machine_as_test(room, settings=settings(SEARCH, max_examples=15))
