"""LockExemption: one user may write into locked books for a time, and the history says why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.domain.choices import EventKind
from invoicing.exceptions import InvalidDataError
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet
from invoicing.models.event import InvoiceEvent, current_actor_name, moment
from invoicing.models.locking import atomically
from invoicing.models.register import Register


class LockExemptionQuerySet(AppendOnlyQuerySet["LockExemption"]):
    """Grants, and the question whether one is in force."""

    def grant(self, company: Any, user: Any, *, until: datetime, reason: str) -> LockExemption:
        """Let a user write into the locked books of a company (None: of the host) until a moment. It is an event of the chain."""
        return self.create(company=company, user=user, until=until, reason=reason)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002  # Django's signature
        """Refused: each grant is an event."""
        raise InvalidDataError({"user": [_("Grant exemptions one by one: each is an event.")]})

    def in_force(self, *, company_id: Any, actor: Any) -> bool:
        """Whether the actor is exempted from a company's lock now."""
        key = getattr(actor, "pk", None)
        return key is not None and self.filter(company_id=company_id, user_id=key, until__gt=timezone.now()).exists()


class LockExemption(AppendOnly):
    """A grant: who may write into locked books, until when, and why. To end one early, let it run out: it is history."""

    LOOSENED: ClassVar = frozenset({"user"})

    company = models.ForeignKey(
        "invoicing.Company", verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, related_name="lock_exemptions"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.SET_NULL, null=True, related_name="+")
    user_name = models.CharField(_("name of the user"), max_length=255, blank=True, editable=False)
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    actor_name = models.CharField(_("granted by"), max_length=255, blank=True, editable=False)
    granted_at = models.DateTimeField(_("granted at"), default=timezone.now, editable=False)

    objects = LockExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("lock exemption")
        verbose_name_plural = _("lock exemptions")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.user_name} – {self.until:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """Refuse a grant without a user or a reason, or one that ends before it begins."""
        super().clean()
        errors: dict[str, Any] = {}
        if self.user_id is None:
            errors["user"] = _("Say who is exempted.")
        if not (self.reason or "").strip():
            errors["reason"] = _("Say why the user is exempted from the lock.")
        until: object = self.until
        if not isinstance(until, datetime) or timezone.is_naive(until):
            errors["until"] = _("Give a moment with its time zone.")
        elif self.until <= timezone.now():
            errors["until"] = _("Give a moment to come.")
        if errors:
            raise ValidationError(errors)

    def save(self, **kwargs: Any) -> None:
        """Grant it: an event of the chain. Raises InvalidDataError without a reason, AppendOnlyError for a grant that exists."""
        if self._state.adding:
            try:
                self.clean()
            except ValidationError as error:
                raise InvalidDataError(error.message_dict) from error
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with atomically(using):
            self.user_name = self.user.get_username()[:255] if self.user else ""
            self.actor_name = current_actor_name()
            super().save(**kwargs)
            history = InvoiceEvent.objects.using(using)
            data = {"user": self.user_name, "until": moment(self.until)}
            event = history.entry(None, EventKind.EXEMPTED, reason=self.reason, data=data)
            history.chain(Register.objects.using(using).hold(self.company_id), [event], contents=[None])
