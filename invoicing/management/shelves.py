"""Where rendered documents are put: a folder, a zip, or the database."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from django.core.management.base import CommandError

from invoicing.documents.bulk import Rendered
from invoicing.documents.storing import keep_pdf, stored_keys
from invoicing.management.companies import MISUSED
from invoicing.management.places import Place
from invoicing.models import get_invoice_model
from invoicing.models.locking import plain


class Shelf(Protocol):
    """Takes documents, and knows which are there. Entered before the first and left after the last."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None: ...

    def has(self, place: Place) -> bool:
        """Whether the document is there already."""

    def put(self, place: Place, document: Rendered) -> None:
        """Put it there. Raises CommandError, or InvoicingError where this one document cannot be."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into a CommandError."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=MISUSED) from error


@contextmanager
def beside(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its place when it is complete and on the disk: what has the name is whole, also after a power cut."""
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


class Folder:
    """A file for each document."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __enter__(self) -> None:
        with told(self.root):
            self.root.mkdir(parents=True, exist_ok=True)

    def __exit__(self, *error: object) -> None:
        pass

    def has(self, place: Place) -> bool:
        return (self.root / place.name).is_file()

    def put(self, place: Place, document: Rendered) -> None:
        with beside(self.root / place.name) as file:
            file.write(document.content or b"")


class Zip:
    """One zip. Documents wait in a folder beside it until the run is over; then a new zip takes the place of the old one.

    The same documents give the same bytes, in however many runs they came: entries are sorted, dated by the day of issue, and
    stored as they are, because a PDF is compressed in itself and compressors differ.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.waiting = Folder(file.with_name(f"{file.name}.parts"))
        self.there: frozenset[str] = frozenset()

    def __enter__(self) -> None:
        with told(self.file):
            try:
                with zipfile.ZipFile(self.file) as old:
                    self.there = frozenset(old.namelist())
            except FileNotFoundError:
                pass
            except zipfile.BadZipFile as error:
                raise CommandError(f"{self.file} is there, and is no zip.", returncode=MISUSED) from error

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None:
            self.pack()

    def has(self, place: Place) -> bool:
        return place.name in self.there or self.waiting.has(place)

    def put(self, place: Place, document: Rendered) -> None:
        self.waiting.put(place, document)
        # So that a later run knows the day of what this one leaves.
        moment = datetime(place.day.year, place.day.month, place.day.day, 12, tzinfo=UTC).timestamp()
        os.utime(self.waiting.root / place.name, (moment, moment))

    def pack(self) -> None:
        """Write old and new documents into a new zip. A document that is in both is the new one."""
        new = {path.relative_to(self.waiting.root).as_posix(): path for path in self.waiting.root.rglob("*.pdf")}
        if not new:
            return
        with beside(self.file) as file, zipfile.ZipFile(file, "w") as packed, ExitStack() as stack:
            old = stack.enter_context(zipfile.ZipFile(self.file)) if self.there else None
            for name in sorted({*self.there, *new}):
                if name in new:
                    day = datetime.fromtimestamp(new[name].stat().st_mtime, UTC).date()
                    packed.writestr(_entry(name, day.timetuple()[:6]), new[name].read_bytes())
                elif old:
                    packed.writestr(_entry(name, old.getinfo(name).date_time), old.read(name))
        shutil.rmtree(self.waiting.root)


def _entry(name: str, moment: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    """The head of an entry, the same on every system."""
    # What a zip can date begins in 1980 and ends in 2107.
    entry = zipfile.ZipInfo(name, min(max(moment, (1980, 1, 1, 0, 0, 0)), (2107, 12, 31, 0, 0, 0)))
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


class Store:
    """The database: issued documents of ours, as they went out."""

    def __init__(self, *, using: str) -> None:
        self.using = using
        self.there: frozenset[Any] = frozenset()

    def __enter__(self) -> None:
        self.there = stored_keys(using=self.using)

    def __exit__(self, *error: object) -> None:
        pass

    def has(self, place: Place) -> bool:
        return place.pk in self.there

    def put(self, place: Place, document: Rendered) -> None:
        row = plain(get_invoice_model(), using=self.using).get(pk=place.pk)
        keep_pdf(row, document.content or b"", seal=document.seal, using=self.using)
