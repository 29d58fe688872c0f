"""Roles: what a member of a company may do in it, as data. INVOICING_ROLES changes them and adds roles of the host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.models import get_invoice_model

EVERYTHING = "*"
"""Stands for every permission there is."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a member of a company is, and what he may do in it: permissions such as "invoicing.view_party", "*" for all."""

    name: str
    label: Promise | str
    permissions: frozenset[str]

    def allows(self, permission: str) -> bool:
        """Whether the role has a permission."""
        return permission in self.permissions or EVERYTHING in self.permissions


INVOICE = "{invoice}"
ITEM = "{item}"
"""Stand for the models of a document and of its items, which a host may swap."""

VIEWS = (
    INVOICE,
    ITEM,
    "invoicing.company",
    "invoicing.counter",
    "invoicing.invoiceevent",
    "invoicing.lockexemption",
    "invoicing.party",
    "invoicing.paymentterm",
    "invoicing.product",
    "invoicing.register",
    "invoicing.repair",
    "invoicing.storeddocument",
    "invoicing.vatidcheck",
    "invoicing.voidednumber",
    "invoicing_collaboration.assignment",
    "invoicing_collaboration.attachment",
    "invoicing_collaboration.comment",
    "invoicing_delivery.delivery",
    "invoicing_delivery.deliveryattempt",
    "invoicing_delivery.dunninglevel",
    "invoicing_delivery.linkrevocation",
    "invoicing_delivery.reminder",
    "invoicing_delivery.reminderpause",
    "invoicing_payments.allocation",
    "invoicing_payments.bankentry",
    "invoicing_payments.bankstatement",
    "invoicing_payments.matchproposal",
    "invoicing_payments.payment",
    "invoicing_payments.paymentevent",
    "invoicing_payments.paymentmethod",
    "invoicing_payments.settlement",
    "invoicing_payments.taxcorrection",
    "invoicing_reports.report",
)
"""What whoever works in a company sees: all but who else does, and the webhooks."""

Granted = tuple[tuple[str, tuple[str, ...]], ...]
"""Actions, and the models that they are allowed on."""

VIEWING: Granted = (("view", VIEWS),)

SELLING: Granted = (
    ("add", (INVOICE, ITEM, "invoicing.party", "invoicing.product")),
    ("change", (INVOICE, ITEM, "invoicing.party", "invoicing.product")),
    ("add", ("invoicing_collaboration.comment", "invoicing_collaboration.attachment")),
    ("change", ("invoicing_collaboration.assignment",)),
)

BOOKKEEPING: Granted = (
    ("void", (INVOICE,)),
    ("add", ("invoicing_payments.payment", "invoicing_payments.paymentmethod", "invoicing.paymentterm")),
    ("change", ("invoicing_payments.payment", "invoicing_payments.paymentmethod", "invoicing.paymentterm")),
    ("delete", ("invoicing_payments.payment",)),
    ("add", ("invoicing_payments.bankstatement",)),
    ("change", ("invoicing_payments.bankstatement", "invoicing_payments.bankentry")),
    ("delete", ("invoicing_payments.bankstatement",)),
    ("change", ("invoicing_collaboration.comment", "invoicing_collaboration.attachment")),
    ("delete", ("invoicing_collaboration.comment", "invoicing_collaboration.attachment")),
)


@dataclass(frozen=True, slots=True)
class StandardRole:
    """A role as this app brings it, before the host's models are known."""

    name: str
    label: Promise | str
    granted: Granted | None

    def role(self) -> Role:
        """The role with the permissions of this host's models."""
        return Role(self.name, self.label, frozenset({EVERYTHING}) if self.granted is None else frozenset(_written(self.granted)))


ADMIN = StandardRole("ADMIN", _("Administrator"), None)
ACCOUNTANT = StandardRole("ACCOUNTANT", _("Accountant"), VIEWING + SELLING + BOOKKEEPING)
SALES_MANAGER = StandardRole("SALES_MANAGER", _("Sales manager"), VIEWING + SELLING)
VIEWER = StandardRole("VIEWER", _("Viewer"), VIEWING)

STANDARD = (ADMIN, ACCOUNTANT, SALES_MANAGER, VIEWER)
"""From the most powerful to the least."""


def roles() -> dict[str, Role]:
    """Every role of this host by its name: the standard ones as INVOICING_ROLES changes them, then the host's own."""
    changes = dict(conf.roles)
    found = {}
    for standard in STANDARD:
        changed = changes.pop(standard.name, None)
        found[standard.name] = standard.role() if changed is None else Role(standard.name, standard.label, frozenset(_listed(changed)))
    return {**found, **{name: Role(name, name, frozenset(_listed(permissions))) for name, permissions in changes.items()}}


def allows(role: str, permission: str) -> bool:
    """Whether the role of a name has a permission; a role that there is not has none."""
    found = roles().get(role)
    return found is not None and found.allows(permission)


def least_role_with(permission: str) -> str:
    """The name of the role that may least among those with a permission; empty where none has it."""
    able = [role for role in roles().values() if role.allows(permission)]
    return min(reversed(able), key=_power).name if able else ""


def _power(role: Role) -> tuple[bool, int]:
    return EVERYTHING in role.permissions, len(role.permissions)


def _written(granted: Granted) -> Iterable[str]:
    invoice = get_invoice_model()
    named = {INVOICE: invoice._meta.label_lower, ITEM: invoice.item_model()._meta.label_lower}
    for action, models in granted:
        for model in models:
            label, _dot, name = named.get(model, model).partition(".")
            yield f"{label}.{action}_{name}" if (action, model) != ("void", INVOICE) else f"{label}.void_invoice"


def _listed(permissions: object) -> Iterable[str]:
    """The permissions of a setting; anything but a list of texts is none, which invoicing_access.E002 says."""
    if not isinstance(permissions, list | tuple | set | frozenset):
        return []
    return [permission for permission in permissions if isinstance(permission, str)]
