"""Protection: the wish that this database holds the freeze itself, by triggers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Protection(models.Model):
    """A row says that the triggers of the freeze belong into this database. Without one they are not looked for."""

    COMPANY_PATH: ClassVar = ""

    protected_at = models.DateTimeField(_("since"), default=timezone.now)
    actor_name = models.CharField(_("by"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("protection")
        verbose_name_plural = _("protections")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.protected_at:%Y-%m-%d}"
