"""IdempotencyKey: a request that may be repeated, and the answer that it got."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_IDEMPOTENCY_KEY = 255


class IdempotencyKey(models.Model):
    """One key of one user in one company, and the answer that its request got. Written in the transaction of that request."""

    company = models.ForeignKey(
        "invoicing.Company", verbose_name=_("company"), on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    owner = models.CharField(_("owner"), max_length=255, help_text=_("The primary key of the user."))
    key = models.CharField(_("key"), max_length=LONGEST_IDEMPOTENCY_KEY)
    # SHA-256 of company, owner and key: databases do not agree on which texts are the same.
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64, editable=False)
    method = models.CharField(_("method"), max_length=16)
    path = models.TextField(_("path"))
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True, blank=True)
    # JSON as a text: a column of JSON may change the order of keys, and refuse NUL characters.
    body = models.TextField(_("body of the answer"), blank=True)
    headers = models.JSONField(_("headers of the answer"), default=dict, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now, db_index=True, editable=False)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.key}"
