"""What a process of workers is told: it travels as JSON in the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

VARIABLE = "TORTURE_PLAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`role` names a function of `roles.py`; `database` and `settings` lie over those of the suite."""

    role: str
    journals: str
    database: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    workers: int = 6
    seed: int = 1

    @classmethod
    def from_environment(cls) -> Plan:
        return cls(**json.loads(os.environ[VARIABLE]))

    def environment(self) -> dict[str, str]:
        """The environment of a process that follows this plan."""
        return {**os.environ, VARIABLE: json.dumps(asdict(self), default=str)}

    def journal_of(self, slot: int, generation: int) -> Path:
        return Path(self.journals) / f"{slot}-{generation}.jsonl"
