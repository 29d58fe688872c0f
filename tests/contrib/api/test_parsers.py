"""What a body may be: read up to a limit, and refused with a sentence that says where."""

import json
from io import BytesIO

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import UnreadablePostError
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from invoicing.contrib.api.parsers import BodyTooLargeError, LimitedMultiPartParser, StrictJSONParser, parsed_object

FORM = "multipart/form-data; boundary=tea"


def read(body, *, media_type="application/json", announced=None):
    """What the parser makes of a body, as the framework asks it."""
    request = APIRequestFactory().post("/", data=b"", content_type="application/json")
    request.META["CONTENT_LENGTH"] = str(len(body)) if announced is None else announced
    return StrictJSONParser().parse(BytesIO(body), media_type, {"request": request, "encoding": "utf-8"})


def refusal(body, **asked):
    with pytest.raises(ParseError) as refused:
        read(body, **asked)
    assert refused.value.status_code == 400
    assert str(refused.value.detail).encode()
    return str(refused.value.detail)


# JSON


def test_an_object_is_read():
    body = '{"name": "Tee – grün 🍵", "items": [{"quantity": "2", "is_free": true, "tag": null}], "escaped": "\\ud83c\\udf75"}'

    assert read(body.encode()) == {
        "name": "Tee – grün 🍵",
        "items": [{"quantity": "2", "is_free": True, "tag": None}],
        "escaped": "🍵",
    }


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t "])
def test_an_empty_body_is_an_empty_object(body):
    assert read(body) == {}


def test_numbers_with_a_fraction_or_an_exponent_are_floats():
    read_as = {name: type(value) for name, value in read(b'{"a": 1, "b": 1.0, "c": 1e2, "d": -0, "e": "1.0"}').items()}

    assert read_as == {"a": int, "b": float, "c": float, "d": int, "e": str}


def test_whole_numbers_have_up_to_30_digits():
    assert read(b'{"a": -' + b"9" * 30 + b"}") == {"a": -(10**30 - 1)}
    assert refusal(b'{"a": ' + b"9" * 31 + b"}") == f"{'9' * 31} is too long: a whole number has up to 30 digits."
    assert refusal(b'{"a": ' + b"9" * 5000 + b"}") == f"{'9' * 60}… is too long: a whole number has up to 30 digits."


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"a": NaN}', "NaN is no number in JSON."),
        (b'{"a": [Infinity]}', "Infinity is no number in JSON."),
        (b'{"a": -Infinity}', "-Infinity is no number in JSON."),
        (b'{"a": 1e999}', "1e999 is too large a number."),
        (b'{"a": {"total": 1, "total": 2}}', "“total” stands twice in one object."),
        (b'{"\\ud800": 1, "\\ud800": 2}', "“\\ud800” stands twice in one object."),
        (b'{"items": [{}, {"title": "\\ud800"}]}', "items[1].title has half a surrogate pair in it."),
        (b'{"items": [{}, {"title": "a\\u0000"}]}', "items[1].title has a NUL character in it."),
        (b'{"a\\u0000": 1}', "a\\x00 has a NUL character in it."),
        (b'{"tags": ["a", ["\\udfff"]]}', "tags[1][0] has half a surrogate pair in it."),
        (b'\xef\xbb\xbf{"a": 1}', "The body begins with a byte order mark: send it without."),
        (b'{"a": "\xe4"}', "The body is not UTF-8: see byte 8."),
        ('{"a": "ä"}'.encode("utf-16"), "The body is not UTF-8: see byte 1."),
        (b'{"a": }', "The body is not JSON: Expecting value in line 1, column 7."),
        (b"{\n'a': 1}", "The body is not JSON: Expecting property name enclosed in double quotes in line 2, column 1."),
        (b'{"a": 1} 2', "The body is not JSON: Extra data in line 1, column 10."),
        (b'[{"a": 1}]', 'The body must be a JSON object, such as {"currency": "EUR"}.'),
        (b'"a"', 'The body must be a JSON object, such as {"currency": "EUR"}.'),
        (b"null", 'The body must be a JSON object, such as {"currency": "EUR"}.'),
    ],
)
def test_what_is_wrong_is_said_with_its_place(body, sentence):
    assert refusal(body) == sentence


def test_32_levels_are_read_and_33_are_not():
    def nested(count, opening, closing):
        return b'{"a": ' + opening * (count - 1) + b"1" + closing * (count - 1) + b"}"

    for opening, closing in ((b"[", b"]"), (b'{"a": ', b"}")):
        assert "a" in read(nested(32, opening, closing))
        assert refusal(nested(33, opening, closing)).startswith("The body is nested too deeply: up to 32")
        assert refusal(nested(100_000, opening, closing)).startswith("The body is nested too deeply")


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "bz2_codec", "no-such", '"', "utf-8-sig", "x" * 3000])
def test_another_charset_is_refused(charset):
    assert "UTF-8 only" in refusal(b"{}", media_type=f"application/json; charset={charset}")


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", '"utf-8"', "us-ascii"])
def test_utf_8_may_be_said(charset):
    assert read(b'{"a": 1}', media_type=f"application/json; charset={charset}") == {"a": 1}


def checked(body):
    """Either an object that can be written again, or a sentence that can be shown."""
    try:
        value = parsed_object(body)
    except ParseError as error:
        # Whoever shows it writes it in UTF-8.
        return not str(error.detail).encode()
    return isinstance(value, dict) and bool(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet=st.characters(exclude_categories=[])), inner, max_size=4),
    max_leaves=20,
)
PIECES = st.lists(
    st.sampled_from(
        [b"{", b"}", b"[", b"]", b'"', b"\\u", b"\\", b"d800", b":", b",", b"1", b"e9", b"-", b".", b"null", b" ", b"\x00", b"\xc3"]
    )
)


@given(st.binary())
@example(b'{"a":' * 5000)
@example(b"[" * 500_000)
def test_any_bytes_are_an_object_or_a_sentence(body):
    assert checked(body) in {True, False}


@given(PIECES.map(b"".join))
def test_any_pieces_of_json_are_too(body):
    assert checked(b'{"a":' + body + b"}") in {True, False}


@given(st.dictionaries(st.text(), VALUES))
def test_any_object_is_read_as_another_reader_reads_it_or_refused(value):
    body = json.dumps(value).encode()

    assert not checked(body) or parsed_object(body) == json.loads(body)


# Length


class Endless:
    """A stream without an end, which counts what is taken of it."""

    taken = 0

    def read(self, size):
        assert size <= 65_536
        self.taken += size
        return b" " * size


def test_a_body_of_the_limit_is_read_and_one_byte_more_is_not(settings):
    settings.INVOICING_API_MAX_BYTES = 20

    assert read(b'{"a": "' + b"t" * 11 + b'"}') == {"a": "t" * 11}
    with pytest.raises(BodyTooLargeError) as refused:
        read(b'{"a": "' + b"t" * 12 + b'"}')
    assert (refused.value.status_code, refused.value.detail.code) == (413, "body_too_large")
    assert str(refused.value.detail) == "The body is too large: up to 20 bytes are read."


@pytest.mark.parametrize("announced", ["21", "9" * 5000])
def test_what_announces_too_much_is_not_read_at_all(settings, announced):
    settings.INVOICING_API_MAX_BYTES = 20
    stream = Endless()
    request = APIRequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = announced

    with pytest.raises(BodyTooLargeError):
        StrictJSONParser().parse(stream, "application/json", {"request": request})
    assert stream.taken == 0


@pytest.mark.parametrize("announced", ["", "3", "-1", "many", "²"])
def test_what_announces_nothing_or_too_little_is_read_up_to_the_limit(settings, announced):
    settings.INVOICING_API_MAX_BYTES = 100_000
    stream = Endless()
    request = APIRequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = announced

    with pytest.raises(BodyTooLargeError):
        StrictJSONParser().parse(stream, "application/json", {"request": request})
    assert stream.taken == 100_001


def test_a_body_that_breaks_off_is_refused():
    class Broken:
        def read(self, _size):
            raise UnreadablePostError

    with pytest.raises(ParseError, match="The body broke off"):
        StrictJSONParser().parse(Broken(), "application/json", {})


def test_the_framework_reads_nothing_before_the_limit_is_asked(settings):
    settings.INVOICING_API_MAX_BYTES = 20
    plain = APIRequestFactory().post("/", data={"a": "t" * 100}, format="json")

    with pytest.raises(BodyTooLargeError):
        _ = Request(plain, parsers=[StrictJSONParser()]).data
    assert not plain._read_started
    assert not issubclass(StrictJSONParser, JSONParser)


def test_a_body_that_was_read_before_is_parsed_all_the_same():
    plain = APIRequestFactory().post("/", data={"a": 1}, format="json")
    assert plain.body == b'{"a":1}'

    assert Request(plain, parsers=[StrictJSONParser()]).data == {"a": 1}


# Forms


def part(name, content=b"tea", *, filename=""):
    file = f'; filename="{filename}"'.encode() if filename else b""
    return b'--tea\r\nContent-Disposition: form-data; name="' + name + b'"' + file + b"\r\n\r\n" + content + b"\r\n"


def form(*parts):
    return b"".join(parts) + b"--tea--\r\n"


def parse(body, *, announced=None, stream=None):
    request = APIRequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = str(len(body)) if announced is None else announced
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return LimitedMultiPartParser().parse(stream or BytesIO(body), FORM, {"request": request, "encoding": "utf-8"})


def test_a_form_with_a_file_is_read():
    read_form = parse(form(part(b"title", "grün".encode()), part(b"file", filename="a.txt")))

    assert read_form.data.dict() == {"title": "grün"}
    assert read_form.files["file"].read() == b"tea"


def test_a_form_may_be_a_little_longer_than_its_file(settings):
    settings.INVOICING_ATTACHMENT_MAX_BYTES = 1000

    assert parse(form(part(b"file", b"t" * 60_000, filename="a.txt"))).files["file"].size == 60_000
    with pytest.raises(BodyTooLargeError):
        parse(form(part(b"file", b"t" * 67_000, filename="a.txt")))


def test_a_form_that_announces_too_little_is_read_up_to_the_limit(settings):
    settings.INVOICING_ATTACHMENT_MAX_BYTES = 1000

    with pytest.raises(BodyTooLargeError, match="66536"):
        parse(form(part(b"file", b"t" * 200_000, filename="a.txt")), announced="10")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (form(part(b"title", b"a\x00b")), "title has a NUL character"),
        (form(part(b"ti\x00tle")), "NUL character"),
        (form(*[part(b"a")] * 1001), "too many fields"),
        (form(*[part(b"a", filename="a.txt")] * 101), "too many fields or files"),
    ],
    ids=["value", "name", "fields", "files"],
)
def test_a_form_that_cannot_be_taken_is_refused(body, sentence):
    with pytest.raises(ParseError, match=sentence):
        parse(body)


def test_a_field_as_long_as_a_file_is_refused(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    with pytest.raises(BodyTooLargeError):
        parse(form(part(b"title", b"t" * 2000)))


@given(st.binary())
def test_any_bytes_are_a_form_or_refused(body):
    try:
        count = len(parse(form(body)).data)
    except ParseError:
        count = 0

    assert count >= 0
