"""The chain alone, without a database: what is hashed, which change is found where, and the program on a machine that has nothing else."""

import copy
import hashlib
import hmac
import io
import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from invoicing import chain
from invoicing.chain import (
    GENESIS,
    ExportError,
    Header,
    Problem,
    canonical,
    check_links,
    commitment,
    digest,
    export_lines,
    link,
    main,
    new_salt,
    plain,
    read_export,
)

TEA = "6f1c1f0e-0000-4000-8000-000000000001"
INK = "6f1c1f0e-0000-4000-8000-000000000002"
SALT = "000102030405060708090a0b0c0d0e0f"


def content_of(number, **changed):
    """What a document says, as the chain seals it."""
    name = commitment(SALT, "customer_name", "Ada")
    return {
        "number": number,
        "total": "11.9",
        "customer_name": name,
        "lines": [{"title": "Tea – 茶", "is_free": False, "rate": "19"}],
        **changed,
    }


def linked(events, previous=GENESIS):
    """Entries of a chain, from (kind, uuid, number, content digest, content)."""
    entries = []
    for position, (kind, uuid, number, sealed, content) in enumerate(events, start=1):
        record = {
            "version": 1,
            "chain": "7",
            "position": position,
            "previous": previous,
            "at": f"2026-03-0{position}T09:30:00+00:00",
            "kind": kind,
            "uuid": uuid,
            "number": number,
            "status_from": "NEW" if kind == "STATUS_CHANGED" else "",
            "status_to": "SENT" if kind == "STATUS_CHANGED" else "",
            "reason": commitment(SALT, "reason", f"reason {position}"),
            "actor": commitment(SALT, "actor", "ada"),
            "data": {"count": "1", "nested": [None, True, {"day": "2026-03-01"}]},
            "content": sealed,
        }
        previous = link(record)
        entries.append({"record": record, "content": content, "hash": previous})
    return entries


def rows_of(entries):
    """What `linked` made the entries from."""
    return [(*(entry["record"][key] for key in ("kind", "uuid", "number", "content")), entry["content"]) for entry in entries]


def seven_events():
    """Two documents in turns, one of them repaired, and the lock date of the company."""
    tea, ink, mended = content_of("2026/1"), content_of("2026/2"), content_of("2026/2", total="12")
    sealed = {name: digest(canonical(content)) for name, content in [("tea", tea), ("ink", ink), ("mended", mended)]}
    return linked(
        [
            ("ISSUED", TEA, "2026/1", sealed["tea"], tea),
            ("STATUS_CHANGED", TEA, "2026/1", sealed["tea"], None),
            ("ISSUED", INK, "2026/2", sealed["ink"], ink),
            ("STATUS_CHANGED", TEA, "2026/1", sealed["tea"], None),
            ("LOCKED", "", "", "", None),
            ("REPAIRED", INK, "2026/2", sealed["mended"], mended),
            ("STATUS_CHANGED", INK, "2026/2", sealed["mended"], None),
        ]
    )


ENTRIES = seven_events()
HEAD = ENTRIES[-1]["hash"]
LENGTH = len(ENTRIES)


def found_in(entries, *, head=HEAD, length=LENGTH):
    return list(check_links(entries, head=head, length=length))


def places(problems):
    return [problem.position for problem in problems]


def header(**changed):
    facts = {"chain": "7", "company": "Ölmühle & Söhne", "exported_at": "2026-03-31T12:00:00+00:00", "length": LENGTH, "head": HEAD}
    return Header(**{**facts, **changed})


def exported(entries=ENTRIES, **changed):
    return list(export_lines(header(**changed), entries))


def leaves(value, path=()):
    """The path of every value in a value that holds no other."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], (*path, key))]
    if isinstance(value, list):
        return [leaf for index, part in enumerate(value) for leaf in leaves(part, (*path, index))]
    return [path]


def at(value, path):
    for step in path:
        value = value[step]
    return value


def with_changed(entries, path, value):
    """A copy in which the value at a path is another one."""
    changed = copy.deepcopy(entries)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def relinked(entry, **fields):
    """A forged entry: other fields, and a hash that fits them."""
    record = {**entry["record"], **fields}
    return {"record": record, "content": entry["content"], "hash": link(record)}


LEAVES = [path for path in leaves(ENTRIES) if at(ENTRIES, path) is not None or path[1] != "content"]


# Worked out by hand, and the sample of RFC 8785, 3.2.2 and 3.2.3.
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, False, None]}, '{"a":[true,false,null],"b":1}'),
        ('€$\x0f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ("\b\t\n\f\r\x00\x1f\x7f\u2028", '"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\u2028"'),
        (
            {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7},
            '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
        ),
        ({"z": {"y": "", "x": -1}, "": ()}, '{"":[],"z":{"x":-1,"y":""}}'),
        (2**53 - 1, "9007199254740991"),
    ],
)
def test_the_canonical_text_of_a_value(value, text):
    assert canonical(value) == text


@pytest.mark.parametrize(("value", "said"), [(1.0, "float"), ({"a": [Decimal("1.0")]}, "Decimal"), ({1: "a"}, "key"), (b"a", "bytes")])
def test_what_has_no_canonical_text_is_refused(value, said):
    with pytest.raises(TypeError, match=said):
        canonical(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", {"\udfff": 1}])
def test_what_other_readers_would_read_differently_is_refused(value):
    with pytest.raises(ValueError, match="canonical form"):
        canonical(value)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([1, 1.0, 1e0, Decimal("1.000"), Decimal("0.1e1")], "1"),
        ([0, 0.0, -0.0, Decimal("-0.00"), Decimal("0E+3")], "0"),
        ([100, 1e2, Decimal("1E+2")], "100"),
        ([10**22, 1e22], "1" + "0" * 22),
        ([-2.5, Decimal("-2.50")], "-2.5"),
        ([0.1, Decimal("0.10")], "0.1"),
        ([1e-7], "0.0000001"),
        ([123456789012345678901234567890123456789], "123456789012345678901234567890123456789"),
    ],
)
def test_a_number_has_one_notation_whatever_it_came_as(numbers, text):
    assert [plain(number) for number in numbers] == [text] * len(numbers)


def test_numbers_become_texts_at_any_depth_and_all_else_stays():
    assert plain({"a": [1, 2.5, {"b": (True, None, "1.0")}]}) == {"a": ["1", "2.5", {"b": [True, None, "1.0"]}]}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("-Infinity")])
def test_what_is_no_number_has_no_notation(number):
    with pytest.raises(ValueError, match="no number"):
        plain(number)


def test_what_json_does_not_know_is_not_plain():
    with pytest.raises(TypeError, match="set"):
        plain({"a": {1}})


@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False), st.lists))
def test_a_plain_value_survives_a_journey_through_json(value):
    text = canonical(plain(value))

    assert canonical(plain(json.loads(text))) == text
    assert canonical(plain(json.loads(json.dumps(value)))) == text


def test_a_digest_is_that_of_sha_256():
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_commitment_is_an_hmac_of_name_and_value():
    assert commitment(SALT, "reason", "Tëa") == hmac.new(bytes(range(16)), '["reason","Tëa"]'.encode(), hashlib.sha256).hexdigest()


def test_a_commitment_differs_by_salt_name_and_value():
    made = {commitment(salt, name, value) for salt in (SALT, "ff" * 16) for name in ("reason", "actor") for value in ("Ada", "Bob", "")}

    assert len(made) == 12


@pytest.mark.parametrize("salt", ["", "00", "00" * 17, "no hex"])
def test_a_commitment_without_a_proper_salt_is_refused(salt):
    with pytest.raises(ValueError, match=r"salt|fromhex"):
        commitment(salt, "reason", "Ada")


def test_a_salt_is_16_random_bytes():
    assert len(bytes.fromhex(new_salt())) == 16
    assert new_salt() != new_salt()


def test_the_hash_of_a_record_is_the_sha_256_of_its_canonical_text():
    record = {**ENTRIES[4]["record"], "previous": "ab" * 32, "reason": "c0", "actor": "c1", "data": {}}
    text = (
        '{"actor":"c1","at":"2026-03-05T09:30:00+00:00","chain":"7","content":"","data":{},"kind":"LOCKED","number":"","position":5,'
        '"previous":"' + "ab" * 32 + '","reason":"c0","status_from":"","status_to":"","uuid":"","version":1}'
    )

    assert link(record) == hashlib.sha256(text.encode()).hexdigest()
    assert link(record) == "527f732dda489702d4a1033f15e2ddb3c2732a42eb8b60a93410bbecc0bacff7"


def test_an_untouched_chain_has_no_problem():
    assert found_in(ENTRIES) == []
    assert list(check_links([], head=GENESIS, length=0)) == []
    assert list(check_links(ENTRIES, head=None, length=None, chain="7")) == []


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: "/".join(map(str, path)))
def test_each_changed_letter_of_each_value_is_found_where_it_is(path):
    value = at(ENTRIES, path)
    if isinstance(value, str):
        others = [value[:index] + ("x" if letter != "x" else "y") + value[index + 1 :] for index, letter in enumerate(value)] + [
            value + "0"
        ]
    else:
        others = [not value, 0, value + 1, 8, "1", None, 1.5] if value is not None else ["", 0, False]

    for other in others:
        assert places(found_in(with_changed(ENTRIES, path, other))) == [path[0] + 1]


@given(
    st.sampled_from(LEAVES),
    st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.text()) | st.dictionaries(st.text(), st.integers()),
)
def test_whatever_a_value_is_changed_to_is_found_where_it_is(path, other):
    assume(type(other) is not type(at(ENTRIES, path)) or other != at(ENTRIES, path))

    assert places(found_in(with_changed(ENTRIES, path, other))) == [path[0] + 1]


@pytest.mark.parametrize("index", range(LENGTH))
@pytest.mark.parametrize("part", ["record", "content", "hash"])
def test_a_missing_or_odd_part_of_an_entry_is_found_where_it_is(index, part):
    without = copy.deepcopy(ENTRIES)
    del without[index][part]

    assert places(found_in(without)) == [index + 1]
    for odd in (7, "", [], {}, None, "x"):
        if odd is None and ENTRIES[index][part] is None:
            continue
        assert places(found_in(with_changed(ENTRIES, (index, part), odd))) == [index + 1]


@pytest.mark.parametrize("index", range(LENGTH))
@pytest.mark.parametrize("entry", [None, [], "x", 7, {}, {"record": {"position": -1}, "content": None, "hash": "x", "more": 1}])
def test_what_is_no_entry_at_all_is_found_where_it_is(index, entry):
    problems = found_in([*ENTRIES[:index], entry, *ENTRIES[index + 1 :]])

    assert set(places(problems)) == {index + 1}
    assert "malformed" in problems[0].what


@pytest.mark.parametrize("key", sorted(chain.RECORD_KEYS))
def test_a_record_with_a_key_too_many_or_too_few_is_found(key):
    renamed = copy.deepcopy(ENTRIES)
    renamed[2]["record"][f"{key}_"] = renamed[2]["record"].pop(key)

    [problem] = found_in(renamed)

    assert problem.position == 3
    assert problem.what == f"is malformed: its record has too much or too little, namely '{key}', '{key}_'."


@pytest.mark.parametrize(("first", "last"), [(first, last) for first in range(LENGTH) for last in range(first, LENGTH)])
def test_removed_events_are_found_where_they_were(first, last):
    problems = found_in(ENTRIES[:first] + ENTRIES[last + 1 :])

    assert places(problems) == [first + 1]
    assert ("is missing" in problems[0].what) == (first == last)
    assert ("are missing" in problems[0].what) == (first != last)


@pytest.mark.parametrize("index", range(LENGTH))
@pytest.mark.parametrize("uuid", [TEA, INK, "6f1c1f0e-0000-4000-8000-000000000003", ""])
@pytest.mark.parametrize("like", range(LENGTH))
def test_an_inserted_event_is_found_where_it_is(index, uuid, like):
    forged = relinked(ENTRIES[like], position=index + 1, previous=ENTRIES[index]["record"]["previous"], number="2026/9", uuid=uuid)

    problems = found_in([*ENTRIES[:index], forged, *ENTRIES[index:]])

    assert set(places(problems)) == {index + 1}
    assert problems[-1] == Problem(
        index + 1, uuid, "2026/9", "was inserted: the entry after it has the same position and does not go on from it."
    )


@pytest.mark.parametrize("index", range(LENGTH))
@pytest.mark.parametrize("fields", [{"previous": "ab" * 32}, {"position": 99}, {"position": 1}, {"position": 99, "previous": "ab" * 32}])
def test_an_event_that_was_inserted_with_less_skill_is_found_too(index, fields):
    forged = relinked(ENTRIES[4], **{"position": index + 1, "previous": ENTRIES[index]["record"]["previous"], **fields})

    problems = found_in([*ENTRIES[:index], forged, *ENTRIES[index:]])

    assert problems
    assert min(places(problems)) >= min(index, 1)
    assert len(problems) <= 3


def test_an_event_added_at_the_end_is_one_too_many():
    forged = relinked(ENTRIES[4], position=8, previous=HEAD)

    assert found_in([*ENTRIES, forged]) == [Problem(8, "", "", "is one too many: only 7 are on record.")]


@pytest.mark.parametrize("index", range(LENGTH))
def test_an_event_that_occurs_twice_is_found(index):
    assert set(places(found_in(ENTRIES[: index + 1] + ENTRIES[index:]))) == {index + 1}


@pytest.mark.parametrize(("first", "second"), [(first, second) for second in range(LENGTH) for first in range(second)])
def test_swapped_events_are_found_where_the_order_breaks(first, second):
    swapped = list(ENTRIES)
    swapped[first], swapped[second] = swapped[second], swapped[first]

    problems = found_in(swapped)

    assert problems[0].position == first + 1
    assert set(places(problems)) <= set(range(first + 1, second + 2))
    assert len(problems) <= 3


@pytest.mark.parametrize("index", range(LENGTH))
def test_an_event_that_was_replaced_together_with_its_hash_is_found_where_it_is(index):
    replaced = [*ENTRIES[:index], relinked(ENTRIES[index], number="2026/9"), *ENTRIES[index + 1 :]]

    [problem] = found_in(replaced)

    assert (problem.position, problem.number) == (index + 1, "2026/9")
    assert "replaced" in problem.what


def test_a_replaced_document_is_found_where_it_was_sealed():
    other = content_of("2026/1", total="1")
    forged = {**relinked(ENTRIES[0], content=digest(canonical(other))), "content": other}

    assert places(found_in([forged, *ENTRIES[1:]])) == [1]


@pytest.mark.parametrize("length", range(LENGTH))
def test_a_chain_that_was_cut_off_says_from_where(length):
    [problem] = found_in(ENTRIES[:length])

    assert problem.position == length + 1
    assert problem.what.endswith("at the end: 7 are on record.")


def test_a_head_that_is_another_one_is_said():
    assert places(found_in(ENTRIES, head="ab" * 32)) == [7]
    assert places(found_in(ENTRIES[:5], length=None)) == [5]
    assert found_in([], length=None) == [Problem(None, "", "", "has no event, but the head of one is on record.")]


@given(st.lists(st.sampled_from(ENTRIES), max_size=12) | st.permutations(ENTRIES))
def test_no_other_row_of_the_same_events_passes(entries):
    assert (found_in(entries) == []) == (entries == ENTRIES)


@pytest.mark.parametrize(
    ("index", "named"),
    [(1, ENTRIES[2]["record"]["content"]), (3, ""), (4, "ab" * 32), (6, ENTRIES[2]["record"]["content"])],
    ids=["another document's", "none", "of no document", "the one before the repair"],
)
def test_an_event_that_names_a_content_not_in_force_is_found(index, named):
    rows = rows_of(ENTRIES)
    rows[index] = (*rows[index][:3], named, None)
    rewritten = linked(rows)

    [problem] = found_in(rewritten, head=rewritten[-1]["hash"])

    assert problem.position == index + 1
    assert problem.what == "names another content of the document than the one that was sealed last."


def test_a_step_that_brings_another_content_is_found():
    other = content_of("2026/1", total="1")
    rows = rows_of(ENTRIES)
    rows[3] = (*rows[3][:3], digest(canonical(other)), other)

    assert places(check_links(linked(rows), head=None, length=None)) == [4]


def test_an_event_that_seals_a_document_without_content_is_found():
    [problem] = check_links(linked([("ISSUED", TEA, "2026/1", "", None)]), head=None, length=None)

    assert (problem.position, problem.what) == (1, "lacks the content of the document that it seals.")


def test_a_repair_of_no_document_in_particular_brings_no_content():
    assert list(check_links(linked([("REPAIRED", "", "", "", None)]), head=None, length=None)) == []


def test_an_event_of_another_chain_is_found_once():
    foreign = [relinked(entry, chain="8") for entry in ENTRIES[:1]]

    assert places(check_links(foreign, head=None, length=None, chain="7")) == [1]
    assert "'8'" in next(check_links(foreign, head=None, length=None, chain="7")).what
    assert places(check_links(ENTRIES, head=HEAD, length=LENGTH, chain="8")) == [1]


def test_a_version_that_is_not_known_is_said_once():
    later = [relinked(ENTRIES[4], position=1, previous=GENESIS, version=2)]
    later.append(relinked(ENTRIES[4], position=2, previous=later[0]["hash"], version=2))

    assert places(check_links(later, head=None, length=None)) == [1]


def test_two_changes_are_two_problems():
    changed = with_changed(with_changed(ENTRIES, (1, "record", "at"), "2026"), (5, "content", "total"), "13")

    assert places(found_in([*changed[:3], *changed[4:]])) == [2, 4, 6]


def test_problems_are_told_as_they_are_met():
    asked = []

    def entries():
        for index, entry in enumerate(with_changed(ENTRIES, (1, "record", "at"), "2026")):
            asked.append(index)
            yield entry

    first = next(check_links(entries(), head=HEAD, length=LENGTH))

    assert (first.position, first.uuid, first.number, asked) == (2, TEA, "2026/1", [0, 1])
    assert first.what == "was changed: its record does not give its hash."


def test_a_chain_made_anew_is_found_by_a_head_that_was_noted_only():
    rows = rows_of(ENTRIES)
    anew = linked(rows[2:3] + rows[5:])

    assert found_in(anew, head=anew[-1]["hash"], length=3) == []
    assert HEAD not in {entry["hash"] for entry in anew}


def test_the_chain_holds_without_the_salts():
    text = "".join(exported())

    assert SALT not in text
    assert "Ada" not in text
    assert ENTRIES[1]["record"]["reason"] == commitment(SALT, "reason", "reason 2")


def test_an_export_is_read_as_it_was_written():
    found, entries = read_export(exported())

    assert found == header()
    assert list(entries) == ENTRIES


def test_each_line_of_an_export_is_json_on_its_own():
    lines = exported()

    assert len(lines) == 8
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    assert json.loads(lines[0]) == {
        "format": "invoicing-chain",
        "version": 1,
        "chain": "7",
        "company": "Ölmühle & Söhne",
        "exported_at": "2026-03-31T12:00:00+00:00",
        "length": 7,
        "head": HEAD,
    }


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "It is empty."),
        (["\n"], "Line 1 ends too early."),
        (["{}\n"], "no header of the format invoicing-chain"),
        (["[1]\n"], "no header"),
        (['{"format": "invoicing-chain", "version": 2}\n'], "version 2"),
        (['{"format": "invoicing-chain", "version": 1, "chain": 7, "length": -1}\n'], "lacks chain, company, exported_at, head, length"),
        ([exported()[0], '{"record": {'], "Line 2 ends too early."),
        ([exported()[0], '{"record": {"at": "2026'], "Line 2 ends too early."),
        ([exported()[0], "{record}\n"], r"Line 2 is not JSON \(column 2\)."),
        ([exported()[0], '{"hash": "a", "hash": "b"}\n'], "Line 2 cannot be read: it names 'hash' twice."),
        ([exported()[0], '{"hash": NaN}\n'], "Line 2 cannot be read: NaN is no number"),
        ([exported()[0], '{"hash": -Infinity}\n'], "Line 2 cannot be read: -Infinity is no number"),
        ([exported()[0], "[" * 200_000], "Line 2 is nested too deeply."),
        ([exported()[0], "9" * 5_000], "Line 2 cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(lines, said):
    with pytest.raises(ExportError, match=said) as caught:
        list(read_export(lines)[1])

    assert "\n" not in str(caught.value)


def test_an_entry_that_is_nested_too_deeply_to_be_hashed_is_a_problem():
    deep = []
    for _ in range(2_000):
        deep = [deep]

    assert places(found_in(with_changed(ENTRIES, (2, "record", "data"), deep))) == [3]
    assert places(found_in(with_changed(ENTRIES, (2, "content", "lines"), deep))) == [3]


@pytest.fixture(scope="module")
def auditor(tmp_path_factory):
    """A folder that holds the program alone, and what runs it there: (arguments, standard input) to (exit code, lines, errors)."""
    folder = tmp_path_factory.mktemp("auditor")
    shutil.copy(chain.__file__, folder / "chain.py")

    def run(*arguments, given=b""):
        done = subprocess.run(  # noqa: S603  our own interpreter and program
            [sys.executable, "-I", "-W", "error", "chain.py", *arguments], input=given, capture_output=True, check=False, cwd=folder
        )
        assert b"Traceback" not in done.stderr
        return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()

    return run


@pytest.fixture
def export(tmp_path):
    """Writes lines into a file and gives its name."""

    def write(lines):
        path = tmp_path / "chain.jsonl"
        path.write_bytes("".join(lines).encode())
        return str(path)

    return write


def test_the_program_runs_alone(auditor, export):
    assert auditor(export(exported())) == (0, [f"7 events, head {HEAD}, no problem"], "")
    assert auditor("-", given="".join(exported()).encode()) == (0, [f"7 events, head {HEAD}, no problem"], "")


def test_the_program_names_each_problem(auditor, export):
    changed = with_changed(ENTRIES, (2, "content", "total"), "11.8")

    code, lines, errors = auditor(export(exported([*changed[:4], *changed[5:]])))

    assert (code, errors) == (1, "")
    assert lines == [
        "Event 3 (2026/2) has a changed content: it does not give the digest in the record.",
        "Event 5 is missing here: event 6 stands after event 4.",
        f"6 events, head {HEAD}, 2 problems",
    ]


def test_the_program_refuses_what_it_cannot_read(auditor, export, tmp_path):
    broken = {
        "It is empty.": [],
        "Line 8 ends too early.": "".join(exported())[:-40],
        "Its first line is no header of the format invoicing-chain.": exported()[1:],
        "Line 1 is not JSON (column 1).": ["PK\x03\x04 a spreadsheet"],
    }
    for said, lines in broken.items():
        name = export(lines)
        code, _, errors = auditor(name)

        assert (code, errors) == (2, f"Cannot read {name}: {said}\n")
    (tmp_path / "binary").write_bytes(b'{"\xff\xfe')
    assert auditor(str(tmp_path / "binary"))[0::2] == (2, f"Cannot read {tmp_path / 'binary'}: It is not UTF-8.\n")
    assert auditor("nowhere")[0::2] == (2, "Cannot read nowhere: No such file or directory\n")
    assert auditor()[0] == 2


def test_the_module_runs_without_django():
    program = """
import runpy, sys
sys.modules["django"] = None
sys.argv = ["chain", "nowhere"]
runpy.run_module("invoicing.chain", run_name="__main__")
"""

    done = subprocess.run(  # noqa: S603  our own interpreter and program
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(chain.__file__).parent.parent,
    )

    assert (done.returncode, done.stderr) == (2, "Cannot read nowhere: No such file or directory\n")


def run_main(capsys, *arguments):
    code = main(list(arguments))
    return code, capsys.readouterr().out.splitlines()


def test_a_head_that_was_noted_proves_what_came_before_it(export, capsys):
    name = export(exported())
    noted = ENTRIES[3]["hash"]
    proof = "The noted head is that of event 4: everything up to it is as it was when it was noted."

    assert run_main(capsys, name, "--head", noted.upper()) == (0, [proof, f"7 events, head {HEAD}, no problem"])
    assert run_main(capsys, name, "--head", noted, "--length", "4") == (0, [proof, f"7 events, head {HEAD}, no problem"])
    assert run_main(capsys, name, "--length", "7")[0] == 0
    assert run_main(capsys, name, "--head", GENESIS, "--length", "0")[0] == 0


def test_a_head_that_was_noted_and_does_not_occur_is_a_problem(export, capsys):
    said = "The noted head does not occur: the chain was made anew, cut off before it, or is another one."

    assert run_main(capsys, export(exported()), "--head", "ab" * 32) == (1, [said, f"7 events, head {HEAD}, 1 problem"])


def test_a_length_that_was_noted_holds(export, capsys):
    name = export(exported())

    assert run_main(capsys, name, "--length", "8")[1][0] == "There are 7 events, and 8 were noted earlier."
    assert (
        run_main(capsys, name, "--head", HEAD, "--length", "6")[1][0]
        == "The noted head is that of event 7, and was noted as that of event 6."
    )


def test_a_noted_head_proves_nothing_behind_a_problem(export, capsys):
    name = export(exported(with_changed(ENTRIES, (2, "record", "at"), "2025")))

    assert len(run_main(capsys, name, "--head", ENTRIES[1]["hash"])[1]) == 3
    code, lines = run_main(capsys, name, "--head", ENTRIES[3]["hash"])
    assert (code, lines[1]) == (1, f"7 events, head {HEAD}, 1 problem")


@pytest.mark.parametrize("arguments", [["--head", "3fa9"], ["--head", "g" * 64], ["--length", "-1"], ["--length", "many"]])
def test_what_was_noted_is_asked_for_in_full(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["file", *arguments])

    assert caught.value.code == 2


def test_an_empty_chain_can_be_checked(export, capsys):
    name = export(exported([], length=0, head=GENESIS))

    assert run_main(capsys, name) == (0, [f"0 events, head {GENESIS}, no problem"])


def test_what_a_file_says_cannot_command_a_terminal(export, capsys):
    changed = with_changed(ENTRIES, (0, "record", "number"), "\x1b[2J\r\u202e1")

    assert run_main(capsys, export(exported(changed)))[1][0] == "Event 1 (�[2J��1) was changed: its record does not give its hash."


def test_an_export_may_come_from_another_system(export, capsys):
    lines = ["\ufeff", *(line.replace("\n", "\r\n") for line in exported()), "\r\n"]

    assert run_main(capsys, export(lines))[0] == 0


RAW = "".join(exported()).encode()


def checked(raw):
    """What a check of the bytes comes to: the header and the entries, or where they are wrong (0 is the header, None anywhere)."""
    try:
        found, entries = read_export(io.StringIO(raw.decode()))
        kept = list(entries)
    except UnicodeDecodeError:
        return None
    except ExportError as error:
        line = re.match(r"Line (\d+) ", str(error))
        return int(line[1]) - 1 if line else 0
    problems = list(check_links(kept, head=found.head, length=found.length, chain=found.chain))
    return problems[0].position if problems else (found, kept)


@given(st.integers(0, len(RAW) - 1), st.integers(0, 255))
def test_whatever_byte_of_a_file_is_changed_is_found_where_it_is(index, byte):
    line = RAW[:index].count(b"\n")

    result = checked(RAW[:index] + bytes([byte]) + RAW[index + 1 :])

    if isinstance(result, tuple):  # Nothing that counts: the byte itself, a blank, or what the header tells the reader.
        found, entries = result
        assert found == header(company=found.company, exported_at=found.exported_at)
        assert entries == ENTRIES
    else:
        assert result is None or line == 0 or result in {line, line + (RAW[index : index + 1] == b"\n")}
