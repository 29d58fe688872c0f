"""Membership: who works for which company, in which role, and which company he works in now."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, router
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.contrib.access.roles import roles
from invoicing.exceptions import InvalidDataError
from invoicing.models import Company
from invoicing.models.locking import atomically, locked, plain


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions about memberships."""

    def of(self, user: Any) -> Self:
        """Those of a user."""
        return self.filter(user_id=user.pk)

    def active(self) -> Self:
        """Those whose company the user works in now: at most one of each user."""
        return self.filter(is_active=True)

    def in_role(self, *names: str) -> Self:
        """Those with one of these roles."""
        return self.filter(role__in=names)

    def update(self, **kwargs: Any) -> int:
        """Update memberships in one statement; no role that there is not."""
        if "role" in kwargs:
            _check_role(kwargs["role"])
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]


class Membership(models.Model):
    """A user works for a company. Whoever is in several works in one of them at a time, unless a request names another."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="invoicing_memberships"
    )
    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="memberships")
    # No choices: a host adds roles by a setting, and a setting changes no column.
    role = models.CharField(_("role"), max_length=64)
    # Null where others have False: a unique constraint that counts only the active ones then holds on every database.
    is_active = models.BooleanField(
        _("active"),
        null=True,
        default=None,
        choices=[(None, _("no")), (True, _("yes"))],
        help_text=_("The user works in this company now."),
    )
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "company"], name="invoicing_member_once"),
            models.UniqueConstraint(fields=["user", "is_active"], name="invoicing_member_active_once"),
            models.CheckConstraint(condition=Q(is_active__isnull=True) | Q(is_active=True), name="invoicing_member_active"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.company} · {self.role}"

    def save(self, **kwargs: Any) -> None:
        """Save; an active membership takes the place of the one that was active before. Raises InvalidDataError for an unknown role."""
        fields = kwargs.get("update_fields")
        if fields is None or "role" in fields:
            _check_role(self.role)
        self.is_active = True if self.is_active else None
        if not self.is_active or (fields is not None and "is_active" not in fields):
            super().save(**kwargs)
            return
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with atomically(using):
            # Under the lock of the user: of two who make different companies active, the second one waits.
            list(locked(plain(get_user_model(), using=using).filter(pk=self.user_id), using=using).values_list("pk", flat=True))
            plain(type(self), using=using).filter(user_id=self.user_id, is_active=True).exclude(pk=self.pk).update(is_active=None)
            super().save(**kwargs)

    def clean(self) -> None:
        """Refuse a role that there is not."""
        super().clean()
        try:
            _check_role(self.role)
        except InvalidDataError as error:
            raise ValidationError(error.errors) from error

    def activate(self) -> None:
        """Make this the company that the user works in."""
        self.is_active = True
        self.save(update_fields=["is_active"])


def _check_role(name: str) -> None:
    if name not in roles():
        text = _("“%(role)s” is no role: use one of %(roles)s.") % {"role": name, "roles": ", ".join(roles())}
        raise InvalidDataError({"role": [text]})
