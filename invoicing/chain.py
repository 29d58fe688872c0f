"""The chain that makes a change to the history of issued documents show, and the program that checks it.

For an auditor. Every event of an issued document (issued, sent, paid, credited, repaired …) is written down as a record, a small
JSON object. Each record holds the position of the event (1, 2, 3 …) and, as `previous`, the hash of the record before it; the first
one holds 64 zeros. The hash of a record is the SHA-256 of its canonical JSON (RFC 8785), so whoever changes, removes, inserts or moves
an event breaks a link that this program finds and names. Each company has a chain of its own; the hash of its last event is its head.

What a document says is sealed by a digest: the event that issues a document brings its whole content, the record holds the SHA-256 of
that content, and later events of the document repeat it until a repair or an erasure, on record themselves, bring another.

Personal texts (a reason, who acted, a customer's name and address) enter as commitments: HMAC-SHA256 of the text under a random salt.
Whoever is given text and salt works out the commitment and compares. Once the salt is erased nobody can learn or guess the text from
it, and the chain still holds, because the salts were never part of it. They are not in an export either.

What a chain cannot show alone: whoever can write the whole database can work out a whole new chain. So note the head from time to time
where they cannot reach it. An export in which that head still occurs is, up to there, the one that you saw: `--head` asks for it.

    python chain.py FILE                            checks an export; - reads standard input
    python chain.py FILE --head HASH                … and that the head that you noted occurs in it
    python chain.py FILE --head HASH --length 812   … as that of the 812th event

It needs Python 3.11 or newer and nothing else: this one file may be copied to another machine. Exit code 0: no problem, 1: problems,
one a line, 2: the file cannot be read. The export is JSON Lines in UTF-8: a header (chain, company, time, length, head), then an event a
line. The company's name and the time in the header are for the reader; the chain does not vouch for them.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import io
import json
import secrets
import string
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TextIO, TypedDict

VERSION = 1
FORMAT = "invoicing-chain"
GENESIS = "0" * 64
"""What the first event names as the hash before it, and the head of a chain without events."""

SALT_BYTES = 16
LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 8785 counts in IEEE doubles)."""

SEALING = frozenset({"ISSUED", "REPAIRED", "ERASED"})
"""The kinds of event that bring the content of their document along."""

RECORD_KEYS = frozenset(
    {
        "version",
        "chain",
        "position",
        "previous",
        "at",
        "kind",
        "uuid",
        "number",
        "status_from",
        "status_to",
        "reason",
        "actor",
        "data",
        "content",
    }
)
TEXT_KEYS = ("chain", "previous", "kind", "uuid", "number", "content")


class ExportError(ValueError):
    """A file that is no export of a chain, or a broken one. The sentence says where."""


class Entry(TypedDict):
    """One event as it is exported: what is hashed, the content that it seals (null on most), and the hash."""

    record: dict[str, Any]
    content: dict[str, Any] | None
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line of an export: which chain it is, and where it ended at that moment (ISO 8601)."""

    chain: str
    company: str
    exported_at: str
    length: int
    head: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that an untouched chain does not have, and the event where it is: `position` is None if it is nowhere in particular."""

    position: int | None
    uuid: str
    number: str
    what: str


def canonical(value: object) -> str:
    """The JSON of a value in its one canonical form (RFC 8785): keys in order of their UTF-16 units, no blanks, nothing escaped needlessly.

    Takes texts, booleans, None, whole numbers within ±(2**53 - 1), lists and dicts. Raises TypeError for anything else, a float or a
    Decimal above all (see `plain`), and ValueError for a larger number and for half a surrogate pair.
    """
    text = _ENCODE(_ordered(value))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("A text with half a surrogate pair has no canonical form.") from None
    return text


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _ordered(value: object) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError("A whole number beyond 2**53 - 1 has no canonical form that every reader keeps: make it a text with plain().")
        return int(value)
    if isinstance(value, dict):
        # Keys of ASCII letters stand in the same order either way, and the plain way is the faster one.
        is_plain = all(isinstance(key, str) and key.isascii() for key in value)
        return {key: _ordered(value[key]) for key in (sorted(value) if is_plain else sorted(value, key=_utf16))}
    if isinstance(value, list | tuple):
        return [_ordered(part) for part in value]
    if isinstance(value, float | Decimal):
        raise TypeError(f"{value} is a {type(value).__name__}, which has no place in a record: make it a text with plain().")
    raise TypeError(f"{type(value).__name__} is nothing that JSON knows.")


def _utf16(key: object) -> bytes:
    if not isinstance(key, str):
        raise TypeError(f"{key!r} is a key, so it must be a text.")
    return key.encode("utf-16-be", "surrogatepass")


def plain(value: object) -> object:
    """The same value with every number written as a text, in one notation: 1, 1.0 and 1e0 are "1", -0.0 is "0", 1e3 is "1000".

    For values that come from a JSON column: a database may give an integer back where a float went in (PostgreSQL does so with 1e22) or
    change trailing zeros, and a hash must not. A float counts as the shortest decimal that reads back as it. Texts, booleans and None stay
    as they are, so the number 1 and the text "1" are the same afterwards. Raises ValueError for NaN and infinity, TypeError for what JSON
    does not know.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    raise TypeError(f"{type(value).__name__} is nothing that JSON knows.")


def _number(number: Decimal) -> str:
    if not number.is_finite():
        raise ValueError(f"{number} is no number that JSON knows.")
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if not number else text


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def link(record: Mapping[str, object]) -> str:
    """The hash of a record: what the next one names as `previous`."""
    return digest(canonical(dict(record)))


def new_salt() -> str:
    """16 random bytes, as 32 hexadecimal digits."""
    return secrets.token_hex(SALT_BYTES)


def commitment(salt: str, name: str, value: object) -> str:
    """What stands for a personal value in the chain: HMAC-SHA256 of its name and itself under a salt of 16 bytes, as 64 hexadecimal digits.

    Raises ValueError for any other salt: without one, a name or an address could be found out by trying.
    """
    key = bytes.fromhex(salt)
    if len(key) != SALT_BYTES:
        raise ValueError(f"A commitment needs a salt of {SALT_BYTES} bytes.")
    return hmac.digest(key, canonical([name, value]).encode(), "sha256").hex()


def check_links(entries: Iterable[object], *, head: str | None, length: int | None, chain: str | None = None) -> Iterator[Problem]:
    """Find what was changed, removed, inserted, moved or cut off, and say at which event; after a problem go on from what stands there.

    `head`, `length` and `chain` are what the register or the header of an export says; None where that is unknown. The entries are read
    once and forgotten: what is kept is one digest a document.
    """
    check = _Check(chain)
    for entry in entries:
        yield from check.take(_read(entry))
    yield from check.end(head=head, length=length)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """An entry as far as it can be read. `hashes` are the two that the next event may go on from: the stored one and the true one."""

    position: int | None
    previous: str
    uuid: str
    number: str
    hashes: frozenset[str]
    record: dict[str, Any]
    content: object
    fault: str = ""

    @property
    def place(self) -> int:
        return self.position or 0

    def problem(self, what: str) -> Problem:
        return Problem(self.position, self.uuid, self.number, what)

    def goes_on_from(self, other: _Event) -> bool:
        return self.place == other.place + 1 and self.previous in other.hashes


BEGINNING = _Event(position=0, previous="", uuid="", number="", hashes=frozenset({GENESIS}), record={}, content=None)


class _Check:
    """Where the check stands: the last entry, the one before it, the one with the highest position, and what each document says."""

    def __init__(self, chain: str | None) -> None:
        self.before = self.last = self.top = BEGINNING
        self.missing: list[range] = []
        self.chains = {chain} if chain is not None else set()
        self.versions = {VERSION}
        self.in_force: dict[str, str] = {}
        self.is_sure = True

    def take(self, event: _Event) -> Iterator[Problem]:
        if event.fault:
            event = replace(event, position=self._place_of_broken(event))
            yield from self._gap_before(event)
            yield event.problem(event.fault)
            self._forget_contents()
        else:
            if not event.goes_on_from(self.last) and not event.goes_on_from(self.top):
                event, problems = self._misplaced(event)
                yield from problems
                self._forget_contents()
            yield from self._wrong_names(event)
            yield from self._wrong_content(event)
        self.before, self.last = self.last, event
        if event.place >= self.top.place:
            self.top = event

    def end(self, *, head: str | None, length: int | None) -> Iterator[Problem]:
        top = self.top
        if length is not None and top.place < length:
            yield Problem(top.place + 1, "", "", f"{_missing(top.place + 1, length)} at the end: {length:,} are on record.")
        elif length is not None and top.place > length:
            yield Problem(length + 1, "", "", f"is one too many: only {length:,} are on record.")
        elif head is not None and head not in top.hashes and not top.fault:
            if top.place:
                yield top.problem("is the last one, but its hash is not the head on record: it was replaced, or the head was changed.")
            else:
                yield Problem(None, "", "", "has no event, but the head of one is on record.")

    def _place_of_broken(self, event: _Event) -> int:
        """Where a changed entry stands: its position if that is due, else by its link, for one of the two is what was changed."""
        nexts = {self.last.place + 1, self.top.place + 1}
        if event.place in nexts:
            return event.place
        for other in (self.last, self.top):
            if event.previous in other.hashes:
                return other.place + 1
        return event.place if event.place > self.top.place else self.last.place + 1

    def _gap_before(self, event: _Event) -> Iterator[Problem]:
        due = self.top.place + 1
        if event.place > due:
            self.missing.append(range(due, event.place))
            where = f"event {event.place:,} stands after event {self.last.place:,}"
            yield Problem(due, "", "", f"{_missing(due, event.place - 1)} here: {where}.")

    def _misplaced(self, event: _Event) -> tuple[_Event, list[Problem]]:
        """Why an unchanged entry does not go on from the one before it, and where the check goes on."""
        due = self.top.place + 1
        if event.place > due and event.previous in self.top.hashes:
            return replace(event, position=due), [replace(event, position=due).problem(f"calls itself event {event.place:,}.")]
        if event.place > due:
            return event, list(self._gap_before(event))
        if event.place in {due, self.last.place + 1}:
            return event, self._wrong_link(event, self.top if event.place == due else self.last)
        if any(event.place in gap for gap in self.missing):
            return event, [event.problem(f"stands in the wrong place, after event {self.last.place:,}.")]
        if event.place == self.last.place and event.previous in self.before.hashes:
            return event, [self.last.problem("was inserted: the entry after it has the same position and does not go on from it.")]
        return event, [event.problem("occurs a second time: events were inserted or repeated.")]

    def _wrong_link(self, event: _Event, other: _Event) -> list[Problem]:
        """The entry is unchanged, so what it names as the hash before it is what stood there: the other one was replaced."""
        if other.fault:
            return []  # It was told of already, and nobody knows its hash.
        if not other.place:
            return [event.problem("is the first one, but names another hash than that of a beginning.")]
        return [other.problem(f"was replaced: event {event.place:,} goes on from another one.")]

    def _wrong_names(self, event: _Event) -> Iterator[Problem]:
        version, chain = event.record["version"], event.record["chain"]
        if version not in self.versions:
            self.versions.add(version)
            yield event.problem(f"is of version {version!r}, and this program knows version {VERSION} only.")
        if self.chains and chain not in self.chains:
            yield event.problem(f"belongs to the chain {chain!r}.")
        self.chains.add(chain)

    def _wrong_content(self, event: _Event) -> Iterator[Problem]:
        named, seals = event.record["content"], event.record["kind"] in SEALING
        is_late = event.place < self.top.place  # It stands behind an event that came after it: what it says is in force no more.
        if event.content is not None:
            yield from _changed_content(event)
        elif seals and (named or event.uuid):
            yield event.problem("lacks the content of the document that it seals.")
        # The first event of a document seals it whatever its kind: one that is canceled while it is open was never issued.
        begins = event.content is not None and event.uuid not in self.in_force
        if not (seals or begins) and not is_late and named != self.in_force.get(event.uuid, "" if self.is_sure else named):
            yield event.problem("names another content of the document than the one that was sealed last.")
            self._forget_contents()
        elif event.uuid and not is_late:
            self.in_force[event.uuid] = named

    def _forget_contents(self) -> None:
        """After a break nobody knows what is in force: it is taken from the next event of each document."""
        self.in_force.clear()
        self.is_sure = False


def _changed_content(event: _Event) -> Iterator[Problem]:
    try:
        is_same = digest(canonical(event.content)) == event.record["content"]
    except (TypeError, ValueError, RecursionError) as error:
        yield event.problem(f"has a content that cannot be hashed: {error}")
        return
    if not is_same:
        yield event.problem("has a changed content: it does not give the digest in the record.")


def _read(entry: object) -> _Event:
    """Take an entry apart; what cannot be read is empty, and `fault` says why."""
    parts: dict[str, Any] = entry if isinstance(entry, dict) else {}
    record = parts.get("record")
    stored = parts.get("hash")
    fields: dict[str, Any] = record if isinstance(record, dict) else {}
    fault = _malformed(parts, fields)
    hashes = {stored} if isinstance(stored, str) else set()
    try:
        hashes.add(link(fields))
    except (TypeError, ValueError, RecursionError) as error:
        fault = fault or f"cannot be hashed: {error}"
    return _Event(
        position=_counted(fields.get("position")),
        previous=_text(fields.get("previous")),
        uuid=_text(fields.get("uuid")),
        number=_text(fields.get("number")),
        hashes=frozenset(hashes),
        record=fields,
        content=parts.get("content"),
        fault=fault or ("was changed: its record does not give its hash." if len(hashes) > 1 else ""),
    )


def _malformed(parts: dict[str, Any], fields: dict[str, Any]) -> str:
    if parts.keys() != {"record", "content", "hash"} or not isinstance(parts["hash"], str):
        return "is malformed: an entry has a record, a content and a hash."
    if fields.keys() != RECORD_KEYS:
        odd = ", ".join(sorted(repr(key) for key in fields.keys() ^ RECORD_KEYS))
        return f"is malformed: its record has too much or too little, namely {odd[:200]}."
    if _counted(fields["position"]) is None or type(fields["version"]) is not int:
        return "is malformed: position and version are whole numbers that count from 1."
    wrong = [key for key in TEXT_KEYS if not isinstance(fields[key], str)]
    return f"is malformed: {', '.join(wrong)} must be a text." if wrong else ""


def _counted(value: object) -> int | None:
    return value if type(value) is int and 0 < value <= LARGEST else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _missing(first: int, last: int) -> str:
    return "is missing" if first == last else f"and all others up to event {last:,} are missing"


def export_lines(header: Header, entries: Iterable[Entry]) -> Iterator[str]:
    """The lines of an export, each with its end of line."""
    yield canonical({"format": FORMAT, "version": VERSION, **asdict(header)}) + "\n"
    for entry in entries:
        yield canonical(entry) + "\n"


def read_export(lines: Iterable[str]) -> tuple[Header, Iterator[object]]:
    """The header of an export and, as they are asked for, its entries. Raises ExportError where a line cannot be read."""
    numbered = enumerate(lines, start=1)
    for count, line in numbered:
        return _header(_parsed(line, count)), _entries(numbered)
    raise ExportError("It is empty.")


def _entries(numbered: Iterable[tuple[int, str]]) -> Iterator[object]:
    for count, line in numbered:
        if line.strip():
            yield _parsed(line, count)


def _parsed(line: str, count: int) -> object:
    try:
        return json.loads(line, object_pairs_hook=_once_each, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(line.rstrip()) or error.msg.startswith("Unterminated")
        raise ExportError(f"Line {count:,} {'ends too early' if is_cut else f'is not JSON (column {error.colno})'}.") from None
    except RecursionError:
        raise ExportError(f"Line {count:,} is nested too deeply.") from None
    except ValueError as error:
        raise ExportError(f"Line {count:,} cannot be read: {error}") from None


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, value in pairs:
        if name in fields:
            raise ValueError(f"it names {name!r} twice.")
        fields[name] = value
    return fields


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number that JSON knows.")


def _header(fields: object) -> Header:
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise ExportError(f"Its first line is no header of the format {FORMAT}.")
    if fields.get("version") != VERSION:
        raise ExportError(f"It is of version {fields.get('version')!r}, and this program reads version {VERSION} only.")
    wrong = [key for key in ("chain", "company", "exported_at", "head") if not isinstance(fields.get(key), str)]
    length = fields.get("length")
    if type(length) is not int or length < 0:
        wrong.append("length")
    if wrong:
        raise ExportError(f"Its header lacks {', '.join(wrong)}.")
    return Header(**{key: fields[key] for key in ("chain", "company", "exported_at", "length", "head")})


def main(argv: list[str] | None = None) -> int:
    """Check an export and print what was found; 0: no problem, 1: problems, 2: it cannot be read."""
    options = _options(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # An odd letter must not stop the check.
    try:
        with _opened(options.file) as lines:
            return _report(lines, noted_head=options.head, noted_length=options.length)
    except (ExportError, OSError, UnicodeDecodeError) as error:
        reason = "It is not UTF-8." if isinstance(error, UnicodeDecodeError) else getattr(error, "strerror", None) or error
        sys.stderr.write(_printable(f"Cannot read {options.file}: {reason}") + "\n")
        return 2


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check an export of a chain of invoice events.")
    parser.add_argument("file", help="the export, or - for standard input")
    parser.add_argument("--head", type=_hash, help="a head that was noted earlier: it must occur in the chain")
    parser.add_argument("--length", type=_length, help="how many events there were when it was noted")
    return parser.parse_args(argv)


def _hash(text: str) -> str:
    found = text.strip().lower()
    if len(found) != 64 or not set(found) <= set(string.hexdigits):
        raise argparse.ArgumentTypeError("a head has 64 hexadecimal digits")
    return found


def _length(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("a length is a whole number")
    return int(text)


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig")
        return
    with Path(name).open(encoding="utf-8-sig") as lines:
        yield lines


@dataclass(slots=True)
class _Noted:
    """Watches the entries pass by: how many there are, the last hash, and where the noted head occurs."""

    head: str | None
    count: int = 0
    last: str = GENESIS
    position: int | None = None

    def watched(self, entries: Iterable[object]) -> Iterator[object]:
        for entry in entries:
            self.count += 1
            event = entry if isinstance(entry, dict) else {}
            self.last = _text(event.get("hash"))
            if self.last == self.head and self.position is None:
                self.position = _read(entry).position or self.count
            yield entry


def _report(lines: Iterable[str], *, noted_head: str | None, noted_length: int | None) -> int:
    header, entries = read_export(lines)
    noted = _Noted(noted_head)
    problems = 0
    sound_before = LARGEST
    for problem in check_links(noted.watched(entries), head=header.head, length=header.length, chain=header.chain):
        problems += 1
        sound_before = min(sound_before, problem.position or 1)
        _say(_sentence(problem))
    missed = list(_missed(noted, length=noted_length))
    for sentence in missed:
        _say(sentence)
    if noted.position is not None and noted.position < sound_before and not missed:
        _say(f"The noted head is that of event {noted.position:,}: everything up to it is as it was when it was noted.")
    problems += len(missed)
    found = {0: "no problem", 1: "1 problem"}.get(problems, f"{problems:,} problems")
    _say(f"{noted.count:,} {'event' if noted.count == 1 else 'events'}, head {noted.last}, {found}")
    return 1 if problems else 0


def _missed(noted: _Noted, *, length: int | None) -> Iterator[str]:
    """What was noted earlier and does not hold now."""
    if noted.head is not None and noted.position is None and noted.head != GENESIS:
        yield "The noted head does not occur: the chain was made anew, cut off before it, or is another one."
    elif noted.head is not None and length is not None and length != (noted.position or 0):
        yield f"The noted head is that of event {noted.position or 0:,}, and was noted as that of event {length:,}."
    elif length is not None and noted.count < length:
        yield f"There are {noted.count:,} events, and {length:,} were noted earlier."


def _sentence(problem: Problem) -> str:
    where = "The chain" if problem.position is None else f"Event {problem.position:,}"
    return f"{where} ({problem.number}) {problem.what}" if problem.number else f"{where} {problem.what}"


def _say(sentence: str) -> None:
    sys.stdout.write(_printable(sentence) + "\n")


def _printable(text: str) -> str:
    """The text without what could command a terminal: it comes from a file that nobody trusts yet."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


if __name__ == "__main__":
    sys.exit(main())
