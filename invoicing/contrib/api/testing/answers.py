"""Answers, as the walk reads them: the rows in a page, the fields that a refusal names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from invoicing.contrib.api.testing.bodies import Pointer
from invoicing.contrib.api.testing.sides import text_of


def texts_in(value: Any) -> Iterator[str]:
    """The texts in a body."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)
    elif isinstance(value, str):
        yield value


def count_of(response: Any) -> int:
    """The rows in a list."""
    return sum(map(len, lists_in(response)))


def lists_in(response: Any) -> list[list[Any]]:
    """The rows of an answer, whatever they are called in a page; none where it is about one row."""
    if "json" not in response.headers.get("Content-Type", ""):
        return []
    data = response.json()
    if isinstance(data, Mapping):
        return [] if "id" in data else [value for value in data.values() if isinstance(value, list)]
    return [data] if isinstance(data, list) else []


def is_same(response: Any, other: Any) -> bool:
    """Whether two lists hold the same rows, in the same order: what was asked for changed nothing."""
    return lists_in(response) == lists_in(other)


def names(response: Any, pointer: Pointer) -> bool:
    """Whether a refusal says that it is for a field."""
    text = text_of(response).partition("\n\n")[2]
    last = next(str(step) for step in reversed(pointer.steps) if isinstance(step, str))
    return f'"{pointer.name}' in text or f'{last}"' in text or f'"{last}' in text


def excerpt(response: Any) -> str:
    """The beginning of a body."""
    return text_of(response).partition("\n\n")[2][:200]
