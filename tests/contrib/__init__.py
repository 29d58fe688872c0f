"""The tree of `invoicing/contrib/`. It runs in a project of its own: `pytest --ds=tests.contrib.settings tests/contrib`."""
