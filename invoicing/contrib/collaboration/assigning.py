"""Who is in charge of a document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from invoicing.contrib.access.members import groups_of, members_of
from invoicing.contrib.collaboration.authors import author_of
from invoicing.contrib.collaboration.documents import check_stored
from invoicing.contrib.collaboration.models import Assignment, AssignmentEvent
from invoicing.contrib.collaboration.signals import assignment_changed
from invoicing.exceptions import InvalidDataError
from invoicing.models.locking import atomically

UNSET: Final[Any] = object()
"""Stands for an argument that was not given, where None means nobody."""

LARGEST_KEY = 2**63 - 1
"""What every database can be asked for."""

ALLOWED = {"assigned_to": members_of, "teams": groups_of, "authorized_by": members_of}
"""Who may be named in each field of a document of a company."""

REFUSALS = {
    "assigned_to": _("{names}: no user of this company."),
    "teams": _("{names}: no team of this company."),
    "authorized_by": _("{names}: no user of this company."),
}


def assign(
    invoice: Any,
    *,
    users: Iterable[Any] | None = None,
    groups: Iterable[Any] | None = None,
    authorized_by: Any = UNSET,
    actor: Any = None,
) -> Assignment:
    """Put users and teams in charge of a document, issued or not; what is not given stays, what is given replaces what was.

    Users and groups are rows or their keys. `actor` did it: a user or a text; without one, whoever acts now. Raises InvalidDataError on
    assigned_to, teams or authorized_by for whoever does not belong to the company; those who are named already may stay.
    """
    using = invoice.write_database()
    with atomically(using):
        check_stored(invoice, using=using)
        assignment, _made = Assignment.objects.using(using).get_or_create(invoice=invoice)
        asked = {"assigned_to": users, "teams": groups, "authorized_by": _one(authorized_by)}
        wanted = {field: [*rows] for field, rows in asked.items() if rows is not None}
        before = {field: _named(assignment, field) for field in wanted}
        after = _found(wanted, before, company=invoice.company, using=using)
        what = {field: _change(before[field], after[field]) for field in wanted if before[field] != after[field]}
        if what:
            _write(assignment, {field: after[field] for field in what}, using=using)
            _user, name = author_of(actor, using=using)
            event = AssignmentEvent(invoice=invoice, what=what, actor_name=name)
            event.save(using=using)
            assignment_changed.send(sender=Assignment, invoice=invoice, assignment=assignment, event=event)
    return assignment


def _one(authorized_by: Any) -> list[Any] | None:
    if authorized_by is UNSET:
        return None
    return [] if authorized_by is None else [authorized_by]


def _named(assignment: Assignment, field: str) -> dict[Any, Any]:
    """Who stands in a field of the document, by their keys."""
    if field == "authorized_by":
        user = assignment.authorized_by
        return {user.pk: user} if user is not None else {}
    rows = assignment.users if field == "assigned_to" else assignment.groups
    return {row.pk: row for row in rows.all()}


def _found(wanted: dict[str, list[Any]], before: dict[str, dict[Any, Any]], *, company: Any, using: str) -> dict[str, dict[Any, Any]]:
    """The rows that are asked for, by their keys. Raises InvalidDataError for those outside the company, all at once."""
    found, errors = {}, {}
    for field, rows in wanted.items():
        allowed = ALLOWED[field](company).using(using)
        keys = {_key(row, allowed.model): row for row in rows}
        new = [key for key in keys if key is not None and key not in before[field]]
        known = {**before[field], **({row.pk: row for row in allowed.filter(pk__in=new)} if new else {})}
        if strangers := [row for key, row in keys.items() if key not in known]:
            errors[field] = [REFUSALS[field].format(names=", ".join(sorted(str(getattr(row, "pk", row)) for row in strangers)))]
        found[field] = {key: known[key] for key in keys if key in known}
    if errors:
        raise InvalidDataError(errors)
    return found


def _key(row: Any, model: Any) -> Any:
    """The key of a row, or a value as a key; None for what is none."""
    if isinstance(row, model):
        return row.pk
    key = getattr(row, "pk", row)
    if isinstance(key, bool | float):
        return None
    try:
        key = model._meta.pk.to_python(key)
    except ValidationError:
        return None
    return None if isinstance(key, int) and abs(key) > LARGEST_KEY else key


def _change(before: dict[Any, Any], after: dict[Any, Any]) -> dict[str, list[str]]:
    return {
        "added": sorted(str(row) for key, row in after.items() if key not in before),
        "removed": sorted(str(row) for key, row in before.items() if key not in after),
    }


def _write(assignment: Assignment, after: dict[str, dict[Any, Any]], *, using: str) -> None:
    if "assigned_to" in after:
        assignment.users.set(after["assigned_to"].values())
    if "teams" in after:
        assignment.groups.set(after["teams"].values())
    if "authorized_by" in after:
        assignment.authorized_by = next(iter(after["authorized_by"].values()), None)
    assignment.save(using=using)
