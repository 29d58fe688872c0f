"""What the tests of payments share with those of the tables."""

from tests.models.conftest import at_once, hear

__all__ = ["at_once", "hear"]
