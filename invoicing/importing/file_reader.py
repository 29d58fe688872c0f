"""From a file on disk to its values: found, decoded, and read by the kind that its name ends in."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from invoicing.exceptions import ImportRefusedError
from invoicing.importing.csv_reader import read_csv
from invoicing.importing.json_reader import read_json
from invoicing.importing.source import Problems

READERS = {".json": read_json, ".csv": read_csv}


def read_file(path: Path) -> Problems:
    """Read a file in UTF-8, with or without byte order mark. Raises ImportRefusedError where it cannot be read at all."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise _refusal(path, _("The name ends in neither .json nor .csv: rename the file to what it is."))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refusal(path, _("The file cannot be read: {reason}.").format(reason=error.strerror or error)) from error
    text = _decoded(path, content)
    if not text.strip():
        raise _refusal(path, _("The file is empty."))
    return reader(text)


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        text = _("Byte 0x{byte:02X} is no UTF-8: save {name} with the encoding UTF-8.")
        raise ImportRefusedError([(f"line {line}", "", text.format(byte=content[error.start], name=path.name))]) from error


def _refusal(path: Path, sentence: str) -> ImportRefusedError:
    return ImportRefusedError([(path.name, "", sentence)])
