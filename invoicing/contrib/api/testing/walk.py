"""The walk: one company asks for the rows of another one at every address, in every way there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import override_settings

from invoicing.contrib.api.routes import Route, routes_of
from invoicing.contrib.api.testing.answers import count_of, excerpt, is_same, lists_in, names, texts_in
from invoicing.contrib.api.testing.bodies import Asked, Pointer, asked_by, is_uuid, sample_of
from invoicing.contrib.api.testing.rows import (
    Rows,
    changes,
    crossings,
    fingerprint,
    ids_of,
    rows_of,
    scoped_models,
    shared_models,
    texts_of,
    uuids_of,
)
from invoicing.contrib.api.testing.sides import HEADER, Side, answering, seen_in, text_of
from invoicing.contrib.api.views import CompanyViewSet

HIDDEN: Final = frozenset({401, 403, 404, 405, 406})
"""Answers that tell nothing of a row that an address names."""

UNDECIDED: Final = frozenset({400, 415, 422})
"""Refusals of something else, so that it is not known whether the row would have been found."""

COMBINATIONS: Final = 400
"""How many addresses of one route are made of one side's ids and the other's."""


@dataclass(frozen=True, slots=True)
class Leak:
    """What one company saw or changed of the other: at which address, how, and what."""

    route: str
    url: str
    seen: str

    def __str__(self) -> str:
        return f"{self.route} ({self.url}): {self.seen}"


@dataclass(frozen=True, slots=True)
class Unproven:
    """Something that the walk could not ask so that only the other company's row could be the reason for the refusal."""

    route: str
    reason: str

    def __str__(self) -> str:
        return f"{self.route}: {self.reason}"


def walk(urlconf: Any = None) -> list[Route]:
    """Every address of a project (ROOT_URLCONF unless told of another one) that a view of REST framework answers at.

    Each knows its view, its methods with their actions, and its parameters.
    """
    return routes_of(urlconf)


@dataclass(slots=True)
class IsolationWalk:
    """A walk of `mine` over every address, in search of rows of `theirs`.

    Give both companies rows in every table that there is: `without_rows` names those that have none, of which nothing is proven.
    `bodies` are bodies for methods at addresses, by `Route.key()`, where the one that is made up from the serializer would be refused
    for another reason; `values` are what parameters may be that name no row, such as {"name": ["vat"]}; `skip` says which routes are
    left out. After `run()`, `leaks` are the leaks, and `unproven` is what could not be asked so that only a row of the other company
    was the reason for the refusal.

    What is asked for takes effect, so run it inside a transaction that is rolled back.
    """

    mine: Side
    theirs: Side
    urlconf: Any = None
    bodies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    values: Mapping[str, list[str]] = field(default_factory=dict)
    skip: Callable[[Route], bool] = field(default=lambda _route: False)
    leaks: list[Leak] = field(default_factory=list)
    unproven: list[Unproven] = field(default_factory=list)
    requests: int = 0
    _own: Rows = field(default_factory=dict)
    _foreign: Rows = field(default_factory=dict)
    _asks: dict[str, Asked] = field(default_factory=dict)
    _own_ids: frozenset[str] = frozenset()
    _secrets: tuple[str, ...] = ()

    @property
    def without_rows(self) -> list[str]:
        """The tables in which the other company has no row."""
        found = rows_of(self.theirs.company)
        return sorted(model._meta.label for model in scoped_models() if not found[model])

    def run(self) -> list[Leak]:
        """The leaks that were found. Raises ValueError where the marker stands in no row of the other company, or in one of the own."""
        with override_settings(ROOT_URLCONF=self.urlconf) if self.urlconf else override_settings():
            found = [route for route in walk() if not self.skip(route)]
            with override_settings(INVOICING_API_THROTTLE_RATES={}), answering(self.mine.client), answering(self.theirs.client):
                self._look_around()
                for route in found:
                    self._keys(route)
                self._look_around()
                before = fingerprint(self.theirs.company)
                for route in found:
                    self._one(route)
                after = fingerprint(self.theirs.company)
        for name in changes(before, after):
            self._leak("the whole walk", "", f"{name} of the other company has changed")
        for text in crossings(self.mine.company):
            self._leak("the whole walk", "", text)
        return self.leaks

    # What there is

    def _look_around(self) -> None:
        own, foreign = rows_of(self.mine.company), rows_of(self.theirs.company)
        texts = [text for found in foreign.values() for row in found for text in texts_of(row).values()]
        if not any(self.theirs.marker in text for text in texts):
            raise ValueError(f"No row of the other company has {self.theirs.marker} in a text: write it into names, numbers and notes.")
        if any(self.theirs.marker in text for found in own.values() for row in found for text in texts_of(row).values()):
            raise ValueError(f"{self.theirs.marker} stands in a row of the company that walks, too.")
        self.look_for_own()
        self._foreign = foreign
        self._secrets = (self.theirs.marker, *self.theirs.secrets, *sorted(uuids_of(foreign) - uuids_of(own)))

    def look_for_own(self) -> None:
        self._own = rows_of(self.mine.company) | {model: list(model._base_manager.all()) for model in shared_models()}
        self._own_ids = frozenset(name for rows in self._own.values() for row in rows for name in ids_of(row))

    def _foreign_ids(self, rows: Iterable[Any]) -> list[str]:
        """What stands for rows of the other company, and for no row of one's own."""
        return [name for row in rows for name in ids_of(row) if name not in self._own_ids]

    # One address

    def _one(self, route: Route) -> None:
        for method in route.actions:
            self._by_header(route, method)
            if route.parameters:
                self._by_address(route, method)
            if method in {"POST", "PUT", "PATCH"}:
                self._by_body(route, method)
        if "GET" in route.actions:
            self._by_query(route)

    def _keys(self, route: Route) -> None:
        """An Idempotency-Key that the other company used is not known here."""
        if "POST" not in route.actions or route.parameters or self._takes(route, "POST").is_form:
            return
        body, headers = self._body(route, "POST"), {"HTTP_IDEMPOTENCY_KEY": f"walk-{route.address}"}
        self.theirs.ask("POST", route.address, body=body, **headers)
        response = self._asked(route, "POST", route.address, body=body, **headers)
        if "Idempotent-Replayed" in response.headers:
            self._leak(route.key("POST"), route.address, "an Idempotency-Key of the other company gave its answer")

    def _by_header(self, route: Route, method: str) -> None:
        """The other company cannot be named as the company of the request."""
        if not issubclass(route.view, CompanyViewSet):
            return
        url = next(self.urls_of(route, self.own_choices(route)), None)
        if url is not None:
            response = self._asked(route, method, url, body=self._body(route, method), **{HEADER: str(self.theirs.company.uuid)})
            ignored = method == "GET" and response.status_code == 200 and response.content == self._asked(route, method, url).content
            if response.status_code != 404 and not ignored:
                self._leak(route.key(method), url, f"{response.status_code}, not 404, in the name of the other company")

    def _by_address(self, route: Route, method: str) -> None:
        """No id of theirs leads anywhere, alone or beside one's own."""
        own, near = self.own_choices(route), self._near_ids(route)
        count = len(route.parameters)
        theirs = self._all_ids() if method == "GET" and count == 1 else near
        rows = [[theirs if place == foreign else own[place] for place in range(count)] for foreign in range(count)]
        if count > 1:
            rows.append([near] * count)
        for row in rows:
            for url in self.urls_of(route, row):
                self._decide(route, method, url, self._asked(route, method, url, body=self._body(route, method)))

    def _decide(self, route: Route, method: str, url: str, response: Any) -> None:
        status = response.status_code
        if status in UNDECIDED:
            self._unproven(route.key(method), f"{status} for rows of the other company, as the body is refused: {excerpt(response)}")
        elif status not in HIDDEN:
            self._leak(route.key(method), url, f"{status} for a row of the other company")

    def _by_query(self, route: Route) -> None:
        """Lists show nothing of theirs, whatever is asked of them."""
        answers = [(url, self._asked(route, "GET", url)) for url in self.urls_of(route, self.own_choices(route))]
        url, plain = next(((url, answer) for url, answer in answers if answer.status_code == 200), (None, None))
        if url is None or plain is None:
            self._unproven(route.key("GET"), "no row of one's own was found to read")
            return
        if not lists_in(plain):
            return
        for name, values in self._filters(route).items():
            for value in values:
                query = f"{url}?{urlencode({name: value})}"
                response = self._asked(route, "GET", query)
                is_theirs = is_uuid(value) or self.theirs.marker in value
                if response.status_code == 200 and is_theirs and count_of(response) and not is_same(response, plain):
                    self._leak(route.key("GET"), query, f"{count_of(response)} rows for a value that only the other company has")
        for name in self._relations(route):
            query = f"{url}?{urlencode({'ordering': name})}"
            response = self._asked(route, "GET", query)
            is_offered = route.actions["GET"] == "list" and bool(getattr(route.view, "orderings", ()))
            if response.status_code == 200 and (is_offered or (count_of(response) and not is_same(response, plain))):
                self._leak(route.key("GET"), query, "it is ordered by a column of another table")
        for name in getattr(route.view, "orderings", ()):
            self._asked(route, "GET", f"{url}?{urlencode({'ordering': '-' + name})}")

    def _by_body(self, route: Route, method: str) -> None:
        """No field takes a row of theirs."""
        pointers = self._takes(route, method).pointers()
        if not pointers:
            return
        body = self._body(route, method)
        url = self._own_url(route, method, body)
        if url is None:
            self._unproven(route.key(method), "no row of one's own was found to write to")
            return
        for pointer in pointers:
            for value in self._values_for(pointer):
                self._refused(route, method, url, pointer=pointer, body=pointer.put(body, value))

    def _refused(self, route: Route, method: str, url: str, *, pointer: Pointer, body: Any) -> None:
        response = self._asked(route, method, url, body=body)
        status = response.status_code
        if status < 400 and route.actions[method] in getattr(route.view, "writes_nothing", ()):
            return
        if status < 400 or status >= 500:
            self._leak(route.key(method), url, f"{status} for {pointer.name} of the other company in the body")
        elif not names(response, pointer):
            self._unproven(route.key(method), f"{status}, and not for {pointer.name} of the other company: {excerpt(response)}")

    # Requests

    def _asked(self, route: Route, method: str, url: str, *, body: Any = None, **headers: str) -> Any:
        content_type = "application/json"
        texts = list(texts_in(body))
        if body is not None and self._takes(route, method).is_form:
            for file in body.values():
                getattr(file, "seek", int)(0)
            body, content_type = encode_multipart(BOUNDARY, body), MULTIPART_CONTENT
        self.requests += 1
        response = self.mine.ask(method, url, body=body, content_type=content_type, **headers)
        sent = [*url.replace("?", "/").replace("=", "/").split("/"), *headers.values(), *texts]
        seen = seen_in(text_of(response), self._secrets, sent=[*sent, url])
        if seen:
            self._leak(route.key(method), url, f"the answer tells {seen!r}, which is the other company's")
        if response.status_code >= 500 and response.status_code not in {501, 503}:
            self._leak(route.key(method), url, f"{response.status_code}: an error that nobody meant")
        return response

    def _body(self, route: Route, method: str) -> Any:
        if method in {"GET", "DELETE"}:
            return None
        given = self.bodies.get(route.key(method))
        return dict(given) if given is not None else sample_of(self._takes(route, method).serializer)

    def _takes(self, route: Route, method: str) -> Asked:
        key = route.key(method)
        if key not in self._asks:
            self._asks[key] = asked_by(route, method)
        return self._asks[key]

    def _own_url(self, route: Route, method: str, body: Any) -> str | None:
        for url in self.urls_of(route, self.own_choices(route)):
            if not route.parameters or self._asked(route, method, url, body=body).status_code not in {404, 405}:
                return url
        return None

    def urls_of(self, route: Route, choices: list[list[str]]) -> Iterator[str]:
        if "format" in route.parameters:
            return
        for count, values in enumerate(product(*choices)):
            if count == COMBINATIONS:
                self._unproven(route.address, f"only {COMBINATIONS} combinations of ids were tried")
                return
            yield route.url(dict(zip(route.parameters, values, strict=True)))

    # What is asked with

    def _near_models(self, route: Route) -> list[type[models.Model]]:
        """The model that a view shows, and those that it points to or that point to it."""
        shown = _shown_model(route)
        known = {*self._foreign, *self._own}
        if shown is None:
            return sorted(known, key=lambda model: model._meta.label)
        related = {field.related_model for field in shown._meta.get_fields() if field.related_model in known}
        return [shown, *sorted(cast("Any", related - {shown}), key=lambda model: model._meta.label)]

    def own_choices(self, route: Route) -> list[list[str]]:
        """For each parameter, ids of two rows of each model that is near to a view, of one's own or shared by all."""
        names: list[str] = []
        for model in self._near_models(route):
            for row in self._own.get(model, [])[:2]:
                names += ids_of(row) if len(route.parameters) == 1 else ids_of(row)[:1]
        return [self.values.get(parameter, list(dict.fromkeys(names))) for parameter in route.parameters]

    def _near_ids(self, route: Route) -> list[str]:
        """Ids of rows of theirs that are near to a view: of two of each model, of one where they are combined with others."""
        count = len(route.parameters)
        rows = [row for model in self._near_models(route) for row in self._foreign.get(model, [])[: 1 if count > 1 else 2]]
        return list(dict.fromkeys(self._foreign_ids(rows)))

    def _all_ids(self) -> list[str]:
        return list(dict.fromkeys(self._foreign_ids(row for found in self._foreign.values() for row in found[:2])))

    def _filters(self, route: Route) -> dict[str, list[str]]:
        """The filters of a list, with values that only the other company has: ids, and texts of columns that are called alike."""
        known = getattr(getattr(route.view, "filterset_class", None), "base_filters", None)
        names = [*(known if known is not None else getattr(route.view, "filterset_fields", ()))]
        if getattr(route.view, "search_fields", ()):
            names.append("search")
        shown = _shown_model(route)
        texts = [texts_of(row) for row in self._foreign.get(cast("Any", shown), [])[:2]]
        near = [*_pointed_to(shown), get_user_model(), Group]
        ids = list(dict.fromkeys(self._foreign_ids(row for model in near for row in self._foreign.get(cast("Any", model), [])[:1])))
        found = {}
        for name in names:
            alike = [text for row in texts for column, text in row.items() if name in column and self.theirs.marker in text]
            found[name] = [self.theirs.marker, *dict.fromkeys(alike), *ids]
        return found

    def _one_of_each(self) -> list[str]:
        """The ids of one row of each model."""
        return list(dict.fromkeys(self._foreign_ids(row for found in self._foreign.values() for row in found[:1])))

    def _relations(self, route: Route) -> list[str]:
        """Orderings by columns of other tables."""
        shown = _shown_model(route)
        if shown is None:
            return []
        relations = [field for field in shown._meta.get_fields() if field.is_relation and field.related_model]
        forward = [field for field in relations if field.concrete] + [field for field in relations if not field.concrete][:2]
        return [name for field in forward for name in (f"{field.name}__pk", f"-{field.name}__{_first_text(field.related_model)}")]

    def _values_for(self, pointer: Pointer) -> list[str]:
        if pointer.model is not None:
            own = {name for row in self._own.get(pointer.model, []) for name in ids_of(row)}
            return [name for row in self._foreign.get(pointer.model, [])[:2] for name in ids_of(row) if name not in own]
        return [value for value in self._one_of_each() if is_uuid(value)]

    # What was found

    def _leak(self, route: str, url: str, seen: str) -> None:
        if not any((leak.route, leak.seen) == (route, seen) for leak in self.leaks):
            self.leaks.append(Leak(route=route, url=url, seen=seen))

    def _unproven(self, route: str, reason: str) -> None:
        if not any((one.route, one.reason) == (route, reason) for one in self.unproven):
            self.unproven.append(Unproven(route=route, reason=reason))


def _pointed_to(shown: Any) -> list[type[models.Model]]:
    """A model, and those that its rows point to."""
    fields = [] if shown is None else shown._meta.get_fields()
    return [shown, *dict.fromkeys(field.related_model for field in fields if field.is_relation and field.concrete)]


def _shown_model(route: Route) -> type[models.Model] | None:
    if issubclass(route.view, CompanyViewSet):
        return route.view.shown_model()
    rows = getattr(route.view, "queryset", None)
    return rows.model if rows is not None else None


def _first_text(model: Any) -> str:
    columns = getattr(model, "_meta", None)
    texts = [field.name for field in columns.concrete_fields if isinstance(field, models.CharField)] if columns else []
    return texts[0] if texts else "pk"
