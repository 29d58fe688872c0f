"""Whatever people do, in whatever order: numbers, amounts, frozen documents and history are what the books beside them say."""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.guarantees import Guarantees

pytestmark = pytest.mark.django_db


def test_every_promise_holds_after_every_step():
    # An example is a whole life of a database: a few of many steps say more than many of few.
    examples = max(settings().max_examples // 4, 10)
    phases = [phase for phase in settings().phases if phase != Phase.explain]
    run_state_machine_as_test(Guarantees, settings=settings(max_examples=examples, stateful_step_count=30, phases=phases))
