"""Make the invoices, ask, and write: `python -m million '{"invoices": 50000, …}'`. One JSON object a line comes out."""

import json
import os
import sys
import time
from importlib.metadata import version
from typing import Any

import django
from django.db import connection


def main() -> int:
    """Do what was asked for; 1 where an answer differs."""
    asked = json.loads(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = "million.settings"
    django.setup()
    given = connection.settings_dict["NAME"]
    is_kept = asked["kept"]
    # Made by Django as it makes one for tests; a kept one is migrated to the state of the library.
    connection.creation.create_test_db(verbosity=0, autoclobber=not is_kept, serialize=False, keepdb=is_kept)
    try:
        return run(asked, is_kept=is_kept)
    finally:
        if not asked["keep"]:
            connection.creation.destroy_test_db(given, verbosity=0)


def run(asked: dict[str, Any], *, is_kept: bool) -> int:
    """Fill the database where it is new, then answer."""
    # Only now: models can be imported once Django is set up.
    from million import asking, exports, questions, rows, timing  # noqa: PLC0415

    tell(library="django-invoicekit", version=version("django-invoicekit"), django=django.__version__, python=sys.version.split()[0])
    start = time.perf_counter()
    made = {} if is_kept and _is_filled() else rows.make(invoices=asked["invoices"])
    rows.check()
    tell(made=made, seconds=time.perf_counter() - start, spread=rows.spread())
    differing = 0
    for question in questions.questions(asking.sample()):
        if not question.name.startswith(tuple(asked["only"] or [""])):
            continue
        if asked["explain"]:
            print(f"\n## {question.title}\n\n{timing.plans(question)}", file=sys.stderr)
            continue
        timed = timing.compare(question, rounds=asked["rounds"], seconds=asked["seconds"])
        tell(**timed.told())
        differing += bool(timed.different)
    if not asked["explain"]:
        for name in exports.WAYS:
            if name.startswith(tuple(asked["exports"])):
                tell(**exports.export(name))
    return int(differing > 0)


def tell(**things: Any) -> None:
    """One line of the answer."""
    print(json.dumps(things), flush=True)


def _is_filled() -> bool:
    from invoicing.models import Invoice  # noqa: PLC0415  # models can be imported once Django is set up

    return bool(Invoice.objects.exists())


if __name__ == "__main__":
    sys.exit(main())
