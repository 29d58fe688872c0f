"""Workers pay, allocate and take back the same few things, and are killed: whatever they were told is there, and nothing by halves."""

from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, connection

from invoicing.contrib.payments.models import Allocation, Payment
from invoicing.protection import install_triggers, remove_triggers
from tests import databases
from tests.contrib.payments.claims import claim
from tests.contrib.payments.reckoning import faults, promises
from tests.factories import make_party
from tests.torture.isolation import ISOLATION
from tests.torture.supervisor import Torture, plan
from tests.torture.verification import chains, counters, histories, numbers


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
@pytest.mark.parametrize("triggers", [False, True], ids=["bare", "triggers"])
@pytest.mark.parametrize("isolation", ISOLATION[databases.KIND])
def test_no_money_is_lost_or_spent_twice_whatever_is_killed(pytestconfig, tmp_path, isolation, triggers):
    for number in range(2):
        party = make_party(code=f"ALP-{number}")
        for _ in range(4):
            claim(party=party)
    options = {"acts": "tests.contrib.payments.torment.ACTS"}
    settings = {"INVOICING_SMALL_DIFFERENCES": {"EUR": "0.50"}}
    torture = Torture(plan("torment", tmp_path, connect=ISOLATION[databases.KIND][isolation], options=options, settings=settings))

    with protected() if triggers else nullcontext():
        torture.run(pytestconfig.getoption("--torture-seconds"))

    report = summary(torture, isolation=isolation, triggers=triggers)
    print(report)  # noqa: T201
    surprises = torture.surprises()
    assert not surprises, "\n".join([*surprises[:20], report])
    found = [*faults(), *promises(Path(torture.plan.journals)), *numbers(), *counters(), *histories(), *chains()]
    assert not found, "\n".join([*found[:50], report])
    assert torture.figures["done"] > 0, report


def summary(torture: Torture, **conditions: object) -> str:
    """The figures of a run, to be quoted."""
    head = ", ".join([connection.vendor, *(f"{name} {value}" for name, value in conditions.items())])
    there = f"  {Payment.objects.count():6} payments\n  {Allocation.objects.count():6} allocations"
    return "\n".join([f"\n{head}", there, *(f"  {count:6} {name}" for name, count in sorted(torture.figures.items()))])
