"""Typst: a template that draws the same page; the compiler and its fonts are kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

from printers.measuring import Act, printing
from printers.page import REGULAR, texts

DISTRIBUTION = "typst"

compiler = typst.Compiler(Path(__file__).with_name("invoice.typ"), font_paths=[REGULAR.parent], ignore_system_fonts=True)


def from_texts(invoice: Any) -> Act:
    """Draw the page of an invoice whose texts are ready."""
    told = json.dumps(texts(invoice))
    return lambda: compiler.compile(format="pdf", sys_inputs={"document": told})


WAYS: dict[str, Any] = {}
RACES: dict[str, Callable[..., dict[str, Any]]] = {"print": printing(from_texts)}
