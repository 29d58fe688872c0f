"""VatIdCheck: what the register answered about a VAT id, kept as evidence."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.domain.choices import VatIdAnswer
from invoicing.models.company import Company


class VatIdCheck(models.Model):
    """One question to the register (VIES) and its answer."""

    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    vat_id = models.CharField(_("VAT id"), max_length=32)
    answer = models.CharField(_("answer"), max_length=11, choices=VatIdAnswer.choices)
    consultation_id = models.CharField(_("consultation number"), max_length=64, blank=True)
    name = models.CharField(_("registered name"), max_length=255, blank=True)
    address = models.TextField(_("registered address"), blank=True)
    detail = models.TextField(_("detail"), blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)

    class Meta:
        verbose_name = _("VAT id check")
        verbose_name_plural = _("VAT id checks")
        ordering: ClassVar = ["-asked_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["vat_id", "-asked_at"], name="invoicing_vat_id_check")]

    def __str__(self) -> str:
        return f"{self.vat_id}: {self.get_answer_display()}"
