"""Numbers under fire: workers do anything at random while they are killed and their connections are cut."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, connection

from invoicing.protection import install_triggers, remove_triggers
from tests import databases
from tests.factories import make_company
from tests.torture.isolation import ISOLATION
from tests.torture.supervisor import Torture, plan
from tests.torture.verification import faults

FORMAT = "{{ invoice.company_code }}{{ invoice.type }}-{{ invoice.period }}/{{ invoice.sequence }}"


@pytest.fixture
def companies():
    """A company for each way to count; documents of no company are a sixth."""
    for period in ("YEARLY", "MONTHLY", "INFINITE", "FISCAL_YEAR", "DAILY"):
        make_company(name=f"{period} GmbH", code=period[0], counter_period=period, number_format=FORMAT)


@contextmanager
def protected():
    """The triggers of `invoicing_protect` are there."""
    install_triggers(DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        remove_triggers(DEFAULT_DB_ALIAS)


@pytest.mark.torture
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("counter_per_type", [False, True], ids=["one counter", "a counter a type, triggers"])
@pytest.mark.parametrize("isolation", ISOLATION[databases.KIND])
@pytest.mark.usefixtures("companies")
def test_no_number_is_lost_or_given_twice_whatever_is_killed(pytestconfig, tmp_path, isolation, counter_per_type):
    settings = {"INVOICING_COUNTER_PER_TYPE": counter_per_type, "INVOICING_NUMBER_FORMAT": FORMAT}
    torture = Torture(plan("torment", tmp_path, connect=ISOLATION[databases.KIND][isolation], settings=settings))

    with protected() if counter_per_type else nullcontext():
        torture.run(pytestconfig.getoption("--torture-seconds"))

    report = summary(torture, isolation=isolation, counter_per_type=counter_per_type)
    print(report)  # noqa: T201
    surprises = torture.surprises()
    assert not surprises, "\n".join([*surprises[:20], report])
    found = faults(Path(torture.plan.journals))
    assert not found, "\n".join([*found[:50], report])
    assert torture.figures["done"] > 0, report


def summary(torture: Torture, **conditions: object) -> str:
    """The figures of a run, to be quoted."""
    head = ", ".join([connection.vendor, *(f"{name} {value}" for name, value in conditions.items())])
    return "\n".join([f"\n{head}", *(f"  {count:6} {name}" for name, count in sorted(torture.figures.items()))])
