"""Comments and attachments as they travel: with author and time."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from invoicing.contrib.api.fields import MomentField
from invoicing.contrib.api.invoices.serializers import PersonSerializer
from invoicing.contrib.api.related import user_column
from invoicing.contrib.api.strict import StrictSerializer
from invoicing.contrib.collaboration.models.comment import LONGEST_COMMENT

REMARK = {"text": "The customer asked for more time to pay."}


@extend_schema_serializer(examples=[OpenApiExample("A remark", value=REMARK, request_only=True)])
class CommentSerializer(StrictSerializer):
    """One remark on a document."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    text = serializers.CharField(max_length=LONGEST_COMMENT)
    author = PersonSerializer(read_only=True)
    created = MomentField(read_only=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """A stored comment."""
        return {
            "id": str(instance.uuid),
            "text": instance.text,
            "author": person(instance.author, instance.author_name),
            "created": self.fields["created"].to_representation(instance.created),
        }


class AttachmentSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What a file is; its bytes are behind `download`."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    is_public = serializers.BooleanField(help_text="Whether the customer may get it.")
    uploaded_by = PersonSerializer()
    created = MomentField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """A stored attachment."""
        return {
            "id": str(instance.uuid),
            **{name: getattr(instance, name) for name in ("name", "media_type", "size", "sha256", "is_public")},
            "uploaded_by": person(instance.uploader, instance.uploader_name),
            "created": self.fields["created"].to_representation(instance.created),
        }


class UploadSerializer(StrictSerializer):
    """A file that comes as multipart/form-data."""

    attachment = serializers.FileField(allow_empty_file=True, help_text="The file.")
    is_public = serializers.BooleanField(required=False, default=False, help_text="Whether the customer may get it.")


def person(user: Any, name: str) -> dict[str, Any]:
    """A user, and the name that was written down."""
    return {"id": str(getattr(user, user_column())) if user is not None else None, "name": name}
