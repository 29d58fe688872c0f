"""What an import did: counts for people, every document for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedInvoice:
    """A document that was taken in, or that was here already. `total` is in the currency; a draft has no number."""

    external_id: str
    number: str
    uuid: str
    type: str
    status: str
    currency: str
    total: Decimal


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What was taken in, what was here already, and how many of the other records were made, by the name of their list."""

    imported: list[ImportedInvoice] = field(default_factory=list)
    skipped: list[ImportedInvoice] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)
    is_dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON has it; amounts are texts."""
        return {
            "dry_run": self.is_dry_run,
            "imported": [{**asdict(entry), "total": str(entry.total)} for entry in self.imported],
            "skipped": [{**asdict(entry), "total": str(entry.total)} for entry in self.skipped],
            "made": dict(self.made),
        }
