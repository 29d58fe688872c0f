"""ExportItem: what `GenericRelation("outputs.ExportItem")` of django-invoicing needs to find."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class ExportItem(models.Model):
    """A row would say that an object was exported; the benchmarks export nothing."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    content_object = GenericForeignKey()

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"], name="outputs_object")]

    def __str__(self) -> str:
        return f"{self.content_type_id}:{self.object_id}"
