"""The place of reports in the admin and among permissions. It has no table: it shows what others store."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from invoicing.models import Company


class Report(Company):
    """What `view_report` is a permission for. A proxy, so that nothing that goes over all tables finds one missing."""

    class Meta:
        proxy = True
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions: ClassVar = ("view",)
