"""The key of the example project: made once, kept, and read by its owner only."""

import stat

from example.secret import secret_key


def test_the_first_start_makes_a_key_and_the_next_keeps_it(tmp_path):
    file = tmp_path / "var" / "secret_key"

    first = secret_key(file)

    assert len(first) == 50
    assert secret_key(file) == first
    assert [child.name for child in file.parent.iterdir()] == ["secret_key"]


def test_only_the_owner_reads_it(tmp_path):
    file = tmp_path / "secret_key"

    secret_key(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_sites_have_different_keys(tmp_path):
    assert secret_key(tmp_path / "one") != secret_key(tmp_path / "two")
