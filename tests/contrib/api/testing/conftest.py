"""Two companies with rows in every table."""

import pytest

from tests.contrib.api.testing.population import far_keys, populated


@pytest.fixture
def sides(db):
    mine = populated("OURSIDE")
    far_keys()
    return mine, populated("ZETASECRET", price="7731.37", code="ZETA")
