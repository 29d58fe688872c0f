"""A small reader of XML that trusts nobody: no DOCTYPE, no entities, limits, and the line of every element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat  # DOCTYPE and with it every entity is refused below

from django.utils.translation import gettext as _

from invoicing.contrib.payments.bank.entries import line_place
from invoicing.contrib.payments.bank.exceptions import StatementRefusedError

DEEPEST = 48
MOST_ELEMENTS = 1_500_000
"""More than a statement of 25 MB has; each takes about 250 bytes of memory."""


@dataclass(slots=True)
class Element:
    """An element by its local name: which version of a namespace it is in makes no difference here."""

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says, without the white space around it."""
        return "".join(self.texts).strip()

    @property
    def place(self) -> str:
        """Where it stands in the file."""
        return line_place(self.line)

    def all(self, path: str) -> Iterator[Element]:
        """Every element at the end of a path of names, such as NtryDtls/TxDtls."""
        name, _slash, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, *paths: str) -> Element | None:
        """The first element of the first path that leads to one."""
        return next((element for path in paths for element in self.all(path)), None)

    def says(self, *paths: str) -> str:
        """What the first element says that says anything; blank if none does."""
        return next((element.text for path in paths for element in self.all(path) if element.text), "")

    def descendants(self, name: str) -> Iterator[Element]:
        """Every element of a name at any depth."""
        for child in self.children:
            if child.name == name:
                yield child
            else:
                yield from child.descendants(name)


def read_xml(content: bytes) -> Element:
    """The root element. Raises StatementRefusedError that names the line."""
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)  # noqa: FBT003  # expat knows it by position only: this was all
    except expat.ExpatError as error:
        reason = _("the file is no complete XML ({reason}). Get it from the bank again.").format(reason=expat.ErrorString(error.code))
        raise StatementRefusedError(place=line_place(error.lineno), reason=reason) from error
    except (LookupError, ValueError) as error:
        # An encoding that Python does not know, or that does not fit the bytes.
        reason = _("the encoding of the file cannot be read ({reason}).").format(reason=error)
        raise StatementRefusedError(place=line_place(1), reason=reason) from error
    return reader.document.children[0]


class _Reader:
    """Builds the tree while the parser runs."""

    def __init__(self) -> None:
        self.document = Element("", 1, {})
        self.open = [self.document]
        self.count = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        self.count += 1
        if len(self.open) > DEEPEST or self.count > MOST_ELEMENTS:
            raise StatementRefusedError(place=line_place(line), reason=_("the XML is nested too deeply, or too large."))
        element = Element(name.rpartition(" ")[2], line, attributes)
        self.open[-1].children.append(element)
        self.open.append(element)

    def _end(self, name: str) -> None:  # noqa: ARG002  # expat has checked that it is the one that is open
        self.open.pop()

    def _text(self, text: str) -> None:
        self.open[-1].texts.append(text)

    def _refuse_doctype(self, *_declaration: object) -> None:
        reason = _("the file has a DOCTYPE, which no bank statement needs: it is not read.")
        raise StatementRefusedError(place=line_place(self.parser.CurrentLineNumber), reason=reason)
