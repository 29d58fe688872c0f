"""Assignment: who is in charge of a document, and the history of that."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet


class Assignment(models.Model):
    """The users and teams in charge of a document, and who authorized it; it may change after the document is issued."""

    COMPANY_PATH: ClassVar[str] = "invoice__company"

    invoice = models.OneToOneField(conf.invoice_model, verbose_name=_("invoice"), on_delete=models.CASCADE, related_name="assignment")
    users = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("assigned users"), blank=True, related_name="invoice_assignments"
    )
    groups = models.ManyToManyField(Group, verbose_name=_("teams"), blank=True, related_name="invoice_assignments")
    authorized_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("authorized by"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    modified = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.invoice)


class AssignmentEvent(AppendOnly):
    """One change of who is in charge. It goes with the draft that it is about."""

    COMPANY_PATH: ClassVar[str] = "invoice__company"

    invoice = models.ForeignKey(conf.invoice_model, verbose_name=_("invoice"), on_delete=models.CASCADE, related_name="assignment_events")
    what = models.JSONField(
        _("what changed"), default=dict, help_text=_("Names that were added and removed, by assigned_to, teams and authorized_by.")
    )
    actor_name = models.CharField(_("by"), max_length=255, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of assignment")
        verbose_name_plural = _("changes of assignments")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}".strip()
