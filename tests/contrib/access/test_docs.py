"""The page of access is the code: whoever changes one has to change the other."""

import re

import pytest

from invoicing import scoping
from invoicing.contrib.access import companies, exceptions, members, permissions, roles
from invoicing.contrib.access.models import Membership
from invoicing.exceptions import InvoicingError
from invoicing.models import get_invoice_model
from tests.docs.columns import kind
from tests.docs.pages import DOCS, ROOT, quoted, table

PAGE = DOCS / "reference/access.md"


def first_cells(heading):
    return [name for row in table(PAGE, after=heading) for name in quoted(row[0])]


def test_every_column_is_in_the_table_with_its_kind():
    described = {quoted(name)[0]: sort for name, sort, _ in table(PAGE, after="## Membership")}

    assert described == {field.name: kind(field) for field in Membership._meta.concrete_fields if not field.primary_key}


@pytest.mark.skipif(get_invoice_model()._meta.label != "invoicing.Invoice", reason="the table names the package's own document")
def test_the_tables_of_roles_say_what_each_may():
    heading = "`invoicing.invoice` and its item:"
    rows = {quoted(name)[0]: quoted(listed) for name, listed in table(PAGE, after=heading)}
    told, below = {}, set()
    for name in reversed(rows):
        below |= set(rows[name])
        told[name] = frozenset({"*"}) if "*" in below else frozenset(below)

    assert first_cells("## Roles") == list(rows) == [role.name for role in roles.STANDARD]
    assert told == {name: role.permissions for name, role in roles.roles().items()}


@pytest.mark.parametrize(
    ("heading", "module"), [("## The company of a request", companies), ("## Permissions", permissions), ("## Scoping", scoping)]
)
def test_the_functions_exist(heading, module):
    names = [name.partition("(")[0] for name in first_cells(heading)]

    assert names
    assert all(callable(getattr(module, name)) for name in names)
    assert callable(members.members_of)
    assert callable(members.groups_of)


def test_every_check_is_in_the_table():
    written = (ROOT / "invoicing/contrib/access/checks.py").read_text(encoding="utf-8")

    assert first_cells("## Checks") == sorted(set(re.findall(r'id="(invoicing_access\.[EW]\d{3})"', written)))


def test_every_error_is_in_the_table():
    rows = {quoted(name)[0]: quoted(code)[0] for name, code, _ in table(PAGE, after="## Errors")}
    ours = [error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, InvoicingError)]

    assert rows == {error.__name__: error.code for error in ours if error.__module__ == exceptions.__name__}
