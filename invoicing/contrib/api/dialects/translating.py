"""Translating: a dialect that is made of tables, in front of the views of the canonical API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from invoicing.contrib.api.asking import check_known
from invoicing.contrib.api.dialect import Dialect
from invoicing.contrib.api.dialects.tables import Row, Table
from invoicing.contrib.api.words import WORDS, known_word

if TYPE_CHECKING:
    from rest_framework.response import Response

    from invoicing.contrib.api.views import CompanyViewSet

MAKING: Final = frozenset({"create", "add_items"})
PAGING: Final = ("limit", "offset", "format")
OWN: Final = "="
"""Before names in errors that are those of the dialect already: no name begins so."""


class Request:
    """What a table is told of the request that it reads."""

    def __init__(self, view: CompanyViewSet, dialect: TableDialect, table: Table) -> None:
        self.view = view
        self.dialect = dialect
        self.table = table

    @property
    def is_new(self) -> bool:
        """Whether the request makes something."""
        return self.view.action in MAKING

    @cached_property
    def before(self) -> Row:
        """The canonical row that the address names, as it stands."""
        shown: Row = self.view.shown(self.view.find())
        return shown

    @cached_property
    def said_before(self) -> Row:
        """The same in the words of the dialect."""
        table = self.dialect.tables[self.view.resource]
        return self.dialect.row(self.view, table, self.before)


class TableDialect(Dialect):
    """A dialect of tables: by resource, or by resource and action where an action has fields of its own."""

    tables: ClassVar[Mapping[str, Table]] = {}
    retold: ClassVar[Mapping[str, Callable[[CompanyViewSet, Any], Any]]] = {}
    """Answers that are no rows, by resource and action."""

    def table(self, view: CompanyViewSet) -> Table | None:
        """The table of what is asked for."""
        return self.tables.get(f"{view.resource}.{view.action}") or self.tables.get(view.resource)

    # What is asked and given

    def query(self, view: CompanyViewSet, asked: QueryDict) -> QueryDict:
        table = self.table(view)
        if table is None:
            return asked
        known = {one.name: one for one in table.filters}
        _own_names(lambda: check_known(asked, {**known, **dict.fromkeys(PAGING), **_status(table)}, beside=()))
        made = QueryDict(mutable=True)
        errors: dict[str, Any] = {}
        for name, one in known.items():
            if name not in asked:
                continue
            try:
                text = str(asked[name])
                made[one.ours] = one.read(view, text) if one.read else text
            except ValidationError as error:
                errors[f"{OWN}{name}"] = error.detail
        if errors:
            raise ValidationError(errors)
        return made

    def found(self, view: CompanyViewSet, rows: Any) -> Any:
        table = self.table(view)
        asked = view.request.query_params.get("status")
        if table is None or not table.words or not asked:
            return rows
        day = view.company.today() if view.company else None
        finding = [_finding(table, word, day) for word in dict.fromkeys(word.strip().upper() for word in asked.split(","))]
        if len(finding) == 1:
            return finding[0](rows)
        keys = Q(pk__in=[])
        for find in finding:
            keys |= Q(pk__in=find(rows.model._default_manager.filter(company=view.company)).order_by().values("pk"))
        return rows.filter(keys)

    def given(self, view: CompanyViewSet, data: Any) -> Any:
        table = self.table(view)
        if table is None or not isinstance(data, Mapping):
            return data
        reading = Request(view, self, table)
        try:
            values = table.given(reading, data, is_whole=reading.is_new)
            return table.finish(reading, values) if table.finish else values
        except ValidationError as error:
            raise ValidationError({f"{OWN}{name}": detail for name, detail in error.detail.items()}) from error  # type: ignore[union-attr]

    # What is said

    def said(self, view: CompanyViewSet, data: Any, *, status: int) -> Any:
        retell = self.retold.get(f"{view.resource}.{view.action}")
        if retell is not None:
            return retell(view, data)
        table = self.tables.get(view.resource)
        if table is None or not isinstance(data, Mapping):
            return data
        if "results" in data and "id" not in data:
            return self._page(view, table, data)
        names = table.made if status == 201 else ()
        said = self.row(view, table, data, names=names)
        around = table.one.get(view.action)
        return around(said) if around else said

    def row(self, view: CompanyViewSet, table: Table, row: Row, *, names: tuple[str, ...] = ()) -> dict[str, Any]:
        """One canonical row in the words of the dialect."""
        facts = table.facts(view, [row], is_one=True) if table.facts else {}
        return table.said(row, facts.get(row["id"], {}), names=names)

    def _page(self, view: CompanyViewSet, table: Table, page: Row) -> Any:
        rows = page["results"]
        facts = table.facts(view, rows, is_one=False) if table.facts and rows else {}
        said = [table.said(row, facts.get(row["id"], {}), names=table.listed) for row in rows]
        return table.many(page, said) if table.many else said

    def refused(self, view: CompanyViewSet, data: Any) -> Any:
        errors: Mapping[str, list[str]] = data.get("errors") or {}
        if not errors:
            return data
        named = {self._theirs(view, name): texts for name, texts in errors.items()}
        sentence = data["error"]
        if sentence == _sentence(errors):
            sentence = _sentence(named)
        return {**data, "error": sentence, "errors": named}

    def answered(self, view: CompanyViewSet, response: Response) -> None:
        page = response.data
        if self.table(view) is not None and isinstance(page, Mapping) and "results" in page and "id" not in page:
            say_links(response, page)
        super().answered(view, response)

    def _theirs(self, view: CompanyViewSet, name: str) -> str:
        if name.startswith(OWN):
            return name.removeprefix(OWN)
        table = self.table(view)
        if table is None:
            return name
        if view.request.method == "GET":
            return next((one.name for one in table.filters if one.ours == name), name)
        return table.theirs(name)


def say_links(response: Response, page: Row) -> None:
    """Say in headers where the pages before and after this one are (RFC 8288), and how many rows there are."""
    links = [f'<{page[way]}>; rel="{rel}"' for way, rel in (("next", "next"), ("previous", "prev")) if page.get(way)]
    if links:
        response["Link"] = ", ".join(links)
    if "count" in page:
        response["X-Total-Count"] = str(page["count"])


def _status(table: Table) -> dict[str, Any]:
    return {"status": None} if table.words else {}


def _finding(table: Table, text: str, day: Any) -> Callable[[Any], Any]:
    """How the database finds the documents that a word is said of: the dialect's own words first, then all others."""
    plain = text.strip().replace("-", "_").replace(" ", "_").upper()
    for word in table.words:
        if word.word.upper() == plain:
            return lambda rows: word.finds(rows, day)
    try:
        return WORDS[known_word(text)].finds
    except ValueError:
        known = ", ".join(word.word for word in table.words)
        text = _("“{word}” is no status: use one of {known}.").format(word=text, known=known)
        raise ValidationError({f"{OWN}status": [ErrorDetail(text, "invalid_choice")]}) from None


def _own_names(work: Callable[[], None]) -> None:
    try:
        work()
    except ValidationError as error:
        raise ValidationError({f"{OWN}{name}": detail for name, detail in error.detail.items()}) from error  # type: ignore[union-attr]


def _sentence(errors: Mapping[str, list[str]]) -> str:
    return " ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())
