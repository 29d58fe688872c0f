"""Fields that point to other rows: of the same company, or there is no such row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from invoicing.conf import conf
from invoicing.contrib.access.members import groups_of, members_of
from invoicing.scoping import of_company


def user_column() -> str:
    """The column of the user model that the API knows users by."""
    return conf.api_user_field


def user_key(user: Any) -> str:
    """What stands for a user."""
    return str(getattr(user, user_column()))


AT_ONCE: Final = 500
"""Rows that one query asks for by their UUIDs."""


@extend_schema_field(OpenApiTypes.UUID)
class CompanyRowField(serializers.Field):  # type: ignore[type-arg]  # generic for type checkers only
    """A row of the company by its UUID. `model` is a model, or a function that gives it."""

    default_error_messages = {
        "invalid": _("Write a UUID, such as 2f1b6f1e-6c0e-4a53-9b0e-3d6f0c1a7d55."),
        "does_not_exist": _("There is no {name} with the id {value}."),
    }

    def __init__(self, model: Any, **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        model: Any = self.model if isinstance(self.model, type) else self.model()
        key = _uuid(data)
        if key is None:
            self.fail("invalid")
        known = self._known(model)
        found = known[key] if key in known else self._rows(model).filter(uuid=key).first()
        if found is None:
            self.fail("does_not_exist", name=model._meta.verbose_name, value=data)
        return found

    def look_up(self, texts: Iterable[Any]) -> None:
        """Read the rows of many texts at once, for the same field of many lines; what is no UUID is passed over."""
        model: Any = self.model if isinstance(self.model, type) else self.model()
        keys = list(dict.fromkeys(key for key in map(_uuid, texts) if key is not None))
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            found = {row.uuid: row for row in self._rows(model).filter(uuid__in=part)}
            self._known(model).update({key: found.get(key) for key in part})

    def to_representation(self, value: Any) -> str:
        return str(getattr(value, "uuid", value))

    def _rows(self, model: Any) -> Any:
        view = self.context["view"]
        return of_company(model._default_manager.using(view.database), view.company)

    def _known(self, model: Any) -> dict[UUID, Any]:
        """The rows that were looked up, None for those that there are not; they are of one reading of one request."""
        context: Any = self.context
        known: dict[UUID, Any] = context.setdefault("looked_up", {}).setdefault(model, {})
        return known


@extend_schema_field(OpenApiTypes.STR)
class PersonField(serializers.Field):  # type: ignore[type-arg]
    """A user or a group by the text that stands for it: of people who work for the company."""

    default_error_messages = {"does_not_exist": _("Nobody with the id {value} works for the company.")}
    kind = "users"

    def to_internal_value(self, data: Any) -> Any:
        view = self.context["view"]
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("does_not_exist", value=data)
        found = self.found(self.people(view.company), str(data))
        if found is None:
            self.fail("does_not_exist", value=data)
        return found

    def people(self, company: Any) -> Any:
        """Those to choose from."""
        return members_of(company)

    @staticmethod
    def found(people: Any, key: str) -> Any:
        """The one with a key, or None."""
        column = user_column()
        try:
            value = people.model._meta.pk.to_python(key) if column == "pk" else people.model._meta.get_field(column).to_python(key)
            return people.filter(**{column: value}).first()
        except (ValueError, TypeError, OverflowError, DjangoValidationError):
            return None

    def to_representation(self, value: Any) -> str:
        return user_key(value)


@extend_schema_field(OpenApiTypes.STR)
class TeamField(PersonField):
    """A group by its key."""

    default_error_messages = {"does_not_exist": _("The company has no team with the id {value}.")}
    kind = "groups"

    def people(self, company: Any) -> Any:
        return groups_of(company)

    @staticmethod
    def found(people: Any, key: str) -> Any:
        return people.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None

    def to_representation(self, value: Any) -> str:
        return str(value.pk)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
