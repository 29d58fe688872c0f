"""Workers as processes: `python -m tests.torture.worker` sets Django up once, forks the workers of its plan, and obeys its input.

`kill 3` ends the third worker as `kill -9` does and starts another in its place; `finish` lets all of them end what they are doing;
`wait` waits until they are done by themselves. When its input ends without a word, nobody wants the result: all are killed. At the end
it prints how many it killed, and the status of each that ended in a way of its own.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import django
from django.conf import settings

from tests.torture.plan import Plan

PATIENTLY = {signal.SIGTERM}
"""Held back until a new worker knows what to do when it is asked to stop."""


class Nursery:
    """The workers by their slots. Only their parent ends them, so that no number of a process can be taken for another's."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.slots: dict[int, int] = {}
        self.generation = 0
        self.kills = 0
        self.failed: list[tuple[int, int]] = []

    def start(self, slot: int) -> None:
        self.generation += 1
        pid = os.fork()
        if not pid:
            os._exit(work(self.plan, slot, self.generation))
        self.slots[slot] = pid

    def kill(self, slot: int) -> None:
        """End a worker without a warning, and start the next in its place."""
        pid = self.slots.get(slot)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self.kills += 1
            self.start(slot)

    def reap(self, options: int = os.WNOHANG) -> None:
        """Take note of workers that ended by themselves."""
        for slot, pid in list(self.slots.items()):
            ended, status = os.waitpid(pid, options)
            if ended:
                del self.slots[slot]
                if status:
                    self.failed.append((slot, status))

    def obey(self) -> None:
        """Start all workers and follow the input to its end."""
        for slot in range(self.plan.workers):
            self.start(slot)
        for command in commands():
            self.reap()
            if command.startswith("kill "):
                self.kill(int(command.removeprefix("kill ")))
            elif command:
                sign = {"finish": signal.SIGTERM, "abandon": signal.SIGKILL}.get(command)
                for pid in self.slots.values() if sign else ():
                    os.kill(pid, sign)
                self.reap(0)
                return


def commands() -> Iterator[str]:
    """The lines of the input, with an empty one for each second of silence; `abandon` when it ends."""
    rest = b""
    while True:
        if not select.select([0], [], [], 1)[0]:
            yield ""
            continue
        read = os.read(0, 4096)
        if not read:
            yield "abandon"
        *lines, rest = (rest + read).split(b"\n")
        yield from (line.decode() for line in lines)


def work(plan: Plan, slot: int, generation: int) -> int:
    """What a forked process does: its role, then nothing more."""
    from tests.torture import roles

    try:
        worker = roles.Worker(plan, slot=slot, generation=generation)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PATIENTLY)
        getattr(roles, plan.role)(worker)
    except BaseException:  # noqa: BLE001  # a fork must not return into the loop of its parent
        traceback.print_exc()
        return 1
    return 0


def set_up(plan: Plan) -> None:
    """The project of the suite, on the database of this run."""
    database: dict[str, Any] = settings.DATABASES["default"]
    database.update(plan.database)
    for name, value in plan.settings.items():
        setattr(settings, name, value)
    django.setup()


def main() -> None:
    plan = Plan.from_environment()
    set_up(plan)
    from tests.torture import roles  # once, before the workers are forked

    roles.warm_up()
    signal.pthread_sigmask(signal.SIG_BLOCK, PATIENTLY)
    nursery = Nursery(plan)
    print("ready", flush=True)  # noqa: T201
    nursery.obey()
    json.dump({"kills": nursery.kills, "failed": nursery.failed}, sys.stdout)


if __name__ == "__main__":
    main()
