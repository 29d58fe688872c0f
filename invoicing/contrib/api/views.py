"""The ground that every view of the API stands on: a company, a role, one transaction, one effect."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast, final

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connections, models, router, transaction
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import viewsets
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.actor import acting
from invoicing.conf import conf
from invoicing.contrib.access.companies import HEADER, company_of
from invoicing.contrib.api.dialect import CANONICAL, Dialect
from invoicing.contrib.api.errors import refused
from invoicing.contrib.api.idempotency import Answer, answer_once, fingerprint_of
from invoicing.contrib.api.pagination import Pages
from invoicing.contrib.api.parsers import LimitedMultiPartParser, StrictJSONParser, refuse_announced
from invoicing.contrib.api.permissions import RolePermission
from invoicing.contrib.api.preconditions import check_if_match, etag_of, is_not_modified
from invoicing.contrib.api.schema import APISchema
from invoicing.contrib.api.throttling import ActThrottle
from invoicing.exceptions import TryAgainError
from invoicing.models import Company
from invoicing.models.locking import locked
from invoicing.retrying import conflicts_told, retry
from invoicing.scoping import company_path, of_company

Handler = Callable[..., Response]

VERBS: Mapping[str, str] = {
    "list": "view",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
}
"""The permission on its model that each usual action needs; an action of its own is declared by the view."""

KEPT_HEADERS = ("Location", "ETag")

CAME_OR_WENT = (IntegrityError, ObjectDoesNotExist)
"""What a handler runs into where others add or delete, between its questions and its writes, the rows that it is about."""


class CompanyViewSet(viewsets.GenericViewSet):  # type: ignore[type-arg]  # generic for type checkers only
    """A view of rows of one company. No subclass can be without one: it names its model, and rows come from `get_queryset()` alone.

    `model` is the model that it shows, or a function that gives it; `permissions` maps its own actions to a verb on that model
    (view, add, change, delete) or to a whole permission (“app.codename”).
    """

    model: ClassVar[Any] = None
    resource: ClassVar[str] = ""
    permissions: ClassVar[Mapping[str, str]] = {}
    writes_nothing: ClassVar[frozenset[str]] = frozenset()
    """Actions that are asked for by POST and change nothing."""

    sends: ClassVar[frozenset[str]] = frozenset()
    """Actions that send something to somebody; they have a throttle of their own."""

    dialect: Dialect = CANONICAL
    lookup_url_kwarg = "id"
    renderer_classes = [JSONRenderer]
    parser_classes = [StrictJSONParser]
    permission_classes = [RolePermission]
    pagination_class = Pages
    # What there is to know of an address, the OpenAPI document says.
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    filter_backends: Any = ()
    schema = APISchema()

    company: Company | None = None
    action: str

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "get_queryset" in cls.__dict__:
            raise TypeError(f"{cls.__name__} has a get_queryset() of its own: override rows(), which is narrowed to the company.")
        if cls.model is None and not abstract:
            raise TypeError(f"{cls.__name__} names no model: without one its rows cannot be narrowed to a company.")

    @classmethod
    def shown_model(cls) -> type[models.Model]:
        """The model that the view shows."""
        model = cls.__dict__.get("model", cls.model)
        if isinstance(model, type) and issubclass(model, models.Model):
            return model
        return cast("type[models.Model]", model.__func__() if isinstance(model, staticmethod) else model())

    @property
    def longest_body(self) -> int:
        """The longest body that is read, in bytes."""
        takes_files = any(issubclass(parser, LimitedMultiPartParser) for parser in self.parser_classes)
        return max(conf.api_max_bytes, LimitedMultiPartParser.limit() if takes_files else 0)

    @property
    def database(self) -> str:
        """The database that is written to."""
        return router.db_for_write(self.shown_model())

    # Rows

    def rows(self) -> Any:
        """All rows that the view could show, of every company."""
        return self.shown_model()._default_manager.all()

    @final
    def get_queryset(self) -> Any:
        """The rows of the company of the request."""
        rows = self.rows()
        if self.request.method not in SAFE_METHODS:
            rows = rows.using(self.database)
        return of_company(rows, self.company) if company_path(rows.model) else rows

    def find(self) -> Any:
        """The row that the address names. Raises Http404 where the company has none."""
        found = get_object_or_404(self.get_queryset(), **self.key(str(self.kwargs[self.lookup_url_kwarg])))
        return self.prepared([found])[0]

    def key(self, text: str) -> dict[str, Any]:
        """The lookup of the row that a text in an address names. Raises Http404 for what can be none."""
        return self.dialect.key(self, text)

    def find_locked(self) -> Any:
        """As `find`, locked until the end of the transaction, and as the caller expects it to be (If-Match)."""
        key = self.key(str(self.kwargs[self.lookup_url_kwarg]))
        rows = of_company(self.shown_model()._base_manager.using(self.database), self.company)
        get_object_or_404(locked(rows, using=self.database), **key)
        found = self.find()
        if "If-Match" in self.request.headers:
            check_if_match(self.request, etag_of(self.shown(found)))
        return found

    def prepared(self, rows: builtins.list[Any]) -> builtins.list[Any]:
        """Rows that are about to be shown: their company is known already."""
        for row in rows:
            field = getattr(type(row), "company", None)
            if field is not None and getattr(row, "company_id", None) == getattr(self.company, "pk", None):
                row.company = self.company
        return rows

    def shown(self, row: Any) -> Any:
        """A row as it is answered, in canonical words."""
        return self.get_serializer(row).data

    def filter_queryset(self, queryset: Any) -> Any:
        """The rows that fit what is asked for, in the words of the dialect, too."""
        return self.dialect.found(self, super().filter_queryset(queryset))

    # The usual actions

    def list(self, request: Request) -> Response:
        """The rows of the company that fit the filters, a page of them."""
        return self.page_of(self.filter_queryset(self.get_queryset()))

    def page_of(self, rows: models.QuerySet[Any, Any]) -> Response:
        """A page of rows."""
        return self.get_paginated_response([self.shown(row) for row in self.prepared(list(self.paginate_queryset(rows) or ()))])

    def retrieve(self, request: Request, **_key: str) -> Response:
        """One row; 304 where the caller has it already (If-None-Match)."""
        return self.answer(self.find())

    def answer(self, row: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """One row, with its ETag."""
        data = self.shown(row)
        tag = etag_of(data)
        if self.request.method in {"GET", "HEAD"} and is_not_modified(self.request, tag):
            return Response(status=304, headers={"ETag": tag})
        return Response(data, status=status, headers={"ETag": tag, **(headers or {})})

    # One request

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As the framework does it, but that a handler which writes runs as one transaction, and once per Idempotency-Key."""
        self.args, self.kwargs = args, kwargs
        asked: Request = self.initialize_request(request, *args, **kwargs)
        self.request, self.headers = asked, self.default_response_headers
        try:
            self.initial(asked, *args, **kwargs)
            handler: Handler = getattr(self, str(request.method).lower(), self.http_method_not_allowed)
            response: Any = self._handled(handler, asked, **kwargs)
        except Exception as error:  # noqa: BLE001  # what is no refusal is raised again in there
            response = self.handle_exception(error)
        self.response = self.finalize_response(asked, response, *args, **kwargs)
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks comes first, then for which company, then whether he may; a body that is too long is not even opened."""
        refuse_announced(request.parser_context, limit=self.longest_body)
        self.perform_authentication(request)
        if request.user.is_authenticated:
            self.company = self.company_asked(request)
        if "\x00" in request.path:
            # Not every database can be asked for it, nor hold it beside an Idempotency-Key.
            raise Http404
        super().initial(request, *args, **kwargs)

    def company_asked(self, request: Request) -> Company | None:
        """The company that the request is for. Raises what `company_of` raises."""
        return company_of(request)

    def _handled(self, handler: Handler, request: Request, **kwargs: Any) -> Response:
        if request.method in SAFE_METHODS or self.action in self.writes_nothing or self.action is None:
            return handler(request, **kwargs)
        using = self.database

        def work() -> Response:
            with acting(request.user):
                return self._once(handler, request, using=using, **kwargs)

        is_whole = not connections[using].in_atomic_block
        try:
            if is_whole:
                return retry(work, using=using)
            with conflicts_told(using), transaction.atomic(using=using):
                return work()
        except ProtectedError:
            raise
        except CAME_OR_WENT as error:
            if not is_whole:
                raise TryAgainError(reason=_("a row came or went meanwhile")) from error
            # Asked again, what came or went between the question and the write is seen, and refused by name.
            return retry(work, using=using)

    def _once(self, handler: Handler, request: Request, *, using: str, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if request.method != "POST" or key is None:
            return handler(request, **kwargs)

        def work() -> Answer:
            response = handler(request, **kwargs)
            headers = {name: str(response[name]) for name in KEPT_HEADERS if name in response}
            return Answer(status=response.status_code, body=plain(response.data), headers=headers)

        query = request.META.get("QUERY_STRING", "")
        answer = answer_once(
            work,
            key=key,
            owner=str(request.user.pk),
            company=self.company,
            method=request.method,
            path=request.path,
            fingerprint=fingerprint_of(method=request.method, path=request.path, query=query, data=request.data),
            using=using,
        )
        replayed = {"Idempotent-Replayed": "true"} if answer.is_replay else {}
        return Response(answer.body, status=answer.status, headers={**answer.headers, **replayed})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say the answer in the words of the dialect."""
        if isinstance(response, Response):
            self.dialect.answered(self, response)
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(final, [HEADER])
        return final

    # What the framework asks

    def handle_exception(self, exc: Exception) -> Response:
        """401 for whoever is not logged in, also where the first way to log in knows no header for it."""
        if isinstance(exc, NotAuthenticated | AuthenticationFailed):
            exc.auth_header = self.get_authenticate_header(self.request) or "Session"  # type: ignore[union-attr]
            response = refused(exc, {})
            if response is not None:
                response.exception = True
                return response
        return super().handle_exception(exc)

    def get_exception_handler(self) -> Any:
        return refused

    def get_throttles(self) -> builtins.list[Any]:
        """The throttles of the host, and ours."""
        return [*super().get_throttles(), ActThrottle()]

    def get_throttle_kind(self) -> str:
        """Which rate counts: read, write or send."""
        if self.action in self.sends:
            return "send"
        return "read" if self.request.method in SAFE_METHODS or self.action in self.writes_nothing else "write"

    @classmethod
    def permission_for(cls, action: str) -> str:
        """The permission that an action needs."""
        wanted = {**VERBS, **cls.permissions}.get(action)
        if wanted is None:
            raise TypeError(f"{cls.__name__}.permissions says nothing of {action}.")
        if "." in wanted or not wanted:
            return wanted
        options = cls.shown_model()._meta
        return f"{options.app_label}.{wanted}_{options.model_name}"

    # What is asked and given, in canonical words

    @property
    def asked(self) -> QueryDict:
        """The query of the address."""
        return self.dialect.query(self, self.request.query_params)

    @property
    def given(self) -> Any:
        """The body."""
        return self.dialect.given(self, self.request.data)


def plain(data: Any) -> Any:
    """Data of an answer in lists, dictionaries and texts, as it is kept."""
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    return data
