"""Whoever acts is known inside a block and forgotten after it, in each thread for itself."""

from threading import Thread

import pytest

from invoicing.actor import acting, current_actor


def test_nobody_acts_unless_somebody_is_named():
    assert current_actor() is None


def test_the_actor_is_known_inside_the_block_only():
    with acting("petra"):
        assert current_actor() == "petra"

    assert current_actor() is None


def test_blocks_may_be_nested():
    with acting("petra"):
        with acting("nightly import"):
            assert current_actor() == "nightly import"
        assert current_actor() == "petra"


def test_the_actor_is_forgotten_after_an_error():
    with pytest.raises(ValueError, match="no"), acting("petra"):
        raise ValueError("no")

    assert current_actor() is None


def test_another_thread_has_its_own():
    seen = []
    with acting("petra"):
        thread = Thread(target=lambda: seen.append(current_actor()))
        thread.start()
        thread.join()

    assert seen == [None]
