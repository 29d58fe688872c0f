"""Register: the row of a company at which its chain of events ends, and which is locked to add to it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import connections, models
from django.utils.translation import gettext_lazy as _

from invoicing.chain import GENESIS
from invoicing.models.locking import locked, one_at_a_time


class RegisterQuerySet(models.QuerySet["Register"]):
    """Ways to get hold of a register."""

    def hold(self, company_id: Any) -> Register:
        """Lock the register of a company until the transaction ends; it is made when it is new."""
        rows = self.filter(key=register_key(company_id))
        # On MariaDB, a lock that finds nothing locks the gap, and whoever makes the register waits for us.
        is_looked_for = connections[self.db].vendor != "mysql" or rows.exists()
        found: Register | None = locked(rows, using=self.db).first() if is_looked_for else None
        while found is None:
            self._make(company_id)
            found = locked(rows, using=self.db).first()
        return found

    def _make(self, company_id: Any) -> None:
        """Make the register, or wait for another transaction that is just making it."""
        names_target = connections[self.db].features.supports_update_conflicts_with_target
        key = register_key(company_id)
        with one_at_a_time(key, using=self.db):
            self.bulk_create(
                [self.model(key=key, company_id=company_id)],
                update_conflicts=True,
                update_fields=["key"],
                unique_fields=["key"] if names_target else None,
            )


class Register(models.Model):
    """The books of one company, or of a host that has no rows of companies: where its chain of events ends."""

    key = models.CharField(_("key"), max_length=64, unique=True, editable=False)
    company = models.ForeignKey(
        "invoicing.Company", verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    length = models.PositiveBigIntegerField(_("events"), default=0)
    head = models.CharField(_("hash of the last event"), max_length=64, default=GENESIS)
    locked_until = models.DateField(_("locked until"), null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return str(self.company) if self.company_id else self.key


def register_key(company_id: Any) -> str:
    """The key of a company's register: its primary key, or "-" where the host has no rows of companies."""
    return "-" if company_id is None else str(company_id)
