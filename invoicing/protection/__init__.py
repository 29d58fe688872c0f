"""The freeze, held by the database: triggers refuse what goes round Django.

`install_triggers()` and `remove_triggers()` do what `manage.py invoicing_protect` does; `ProtectIssued`, in `operations`,
does it in a migration. Rules of other tables are added by `register_rules`.
"""

from invoicing.protection import documents as documents  # its rules register themselves
from invoicing.protection.installing import Changes, drop_triggers, install_triggers, is_wanted, missing_triggers, remove_triggers
from invoicing.protection.registry import register_rules
from invoicing.protection.rules import AppendOnly, Frozen, FrozenWith, KeptBetween, Rule

__all__ = [
    "AppendOnly",
    "Changes",
    "Frozen",
    "FrozenWith",
    "KeptBetween",
    "Rule",
    "drop_triggers",
    "install_triggers",
    "is_wanted",
    "missing_triggers",
    "register_rules",
    "remove_triggers",
]
