"""The client of VIES tells yes from no, and takes anything else for no answer."""

import socket

import pytest

from invoicing import vies
from invoicing.exceptions import VatIdUnverifiedError
from tests.register import INVALID, OVERLOADED, VALID, running_register


@pytest.fixture
def register():
    with running_register() as running:
        yield running


def ask(register, *, requester="DE987654328", timeout=5):
    return vies.ask("ATU98765434", requester=requester, url=register.url, timeout=timeout)


def test_a_valid_id(register):
    answer = ask(register)

    assert (answer.is_valid, answer.consultation_id, answer.name) == (True, "WAPIAAAAZ0000001", "Alpenblick Hotelbetriebe GmbH")
    assert answer.address == "Seestraße 5\n5310 Mondsee"


def test_an_invalid_id(register):
    register.answers(INVALID)

    assert (ask(register).is_valid, ask(register).consultation_id) == (False, "WAPIAAAAZ0000002")


def test_the_question_names_the_id_and_who_asks(register):
    ask(register)

    assert register.asked == [
        (
            "/rest-api/check-vat-number",
            {"countryCode": "AT", "vatNumber": "U98765434", "requesterMemberStateCode": "DE", "requesterNumber": "987654328"},
        )
    ]


def test_whoever_has_no_id_asks_without_one(register):
    ask(register, requester="")

    assert register.asked[0][1] == {"countryCode": "AT", "vatNumber": "U98765434"}


def test_the_address_of_the_register_may_end_in_a_slash(register):
    register.url += "/"
    ask(register)

    assert register.asked[0][0] == "/rest-api/check-vat-number"


@pytest.mark.parametrize("missing", [{"valid": True}, {"valid": True, "name": None, "address": None, "requestIdentifier": None}])
def test_an_answer_may_be_short(register, missing):
    register.answers(missing)
    answer = ask(register)

    assert (answer.is_valid, answer.consultation_id, answer.name, answer.address) == (True, "", "", "")


def test_a_member_state_that_is_not_available_is_no_answer(register):
    register.answers(OVERLOADED)

    with pytest.raises(VatIdUnverifiedError, match="MS_UNAVAILABLE, MS_MAX_CONCURRENT_REQ") as refusal:
        ask(register)

    assert refusal.value.code == "vat_id_unverified"
    assert "ATU98765434 could not be verified" in str(refusal.value)


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"<html>Maintenance</html>",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"valid"',
        b"7",
        b"{}",
        b'{"valid": "true"}',
        b'{"valid": 1}',
        b'{"valid": null}',
        b'{"errorWrappers": {}}',
        b'{"errorWrappers": [null, 7]}',
        b'{"valid": true',
        b"[" * 60000,
    ],
    ids=lambda junk: junk[:20].decode("latin-1") or "nothing",
)
def test_junk_is_no_answer(register, junk):
    register.answers(junk)

    with pytest.raises(VatIdUnverifiedError):
        ask(register)


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_an_error_of_the_server_is_no_answer(register, status):
    register.answers(VALID, status=status)

    with pytest.raises(VatIdUnverifiedError):
        ask(register)


def test_an_answer_without_end_is_not_read_to_the_end(register):
    register.answers(b'{"valid": true, "name": "' + b"A" * 200_000 + b'"}')

    with pytest.raises(VatIdUnverifiedError):
        ask(register)


def test_an_answer_that_breaks_off_is_no_answer(register):
    register.missing_bytes = 10

    with pytest.raises(VatIdUnverifiedError):
        ask(register)


def test_a_register_that_stays_silent_is_not_waited_for(register):
    register.is_silent = True

    with pytest.raises(VatIdUnverifiedError, match="timed out"):
        ask(register, timeout=0.2)


def test_a_register_that_is_not_there_is_no_answer():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(VatIdUnverifiedError):
            vies.ask("ATU98765434", requester="", url=url, timeout=5)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/", "data:application/json,{}", "", "vies"])
def test_only_web_addresses_are_asked(url):
    with pytest.raises(VatIdUnverifiedError, match="is no web address"):
        vies.ask("ATU98765434", requester="", url=url, timeout=5)


@pytest.mark.parametrize("url", ["http://[broken/", "http://", "http://127.0.0.1:port/", "http://exa mple.com/"])
def test_an_address_that_cannot_be_is_no_answer(url):
    with pytest.raises(VatIdUnverifiedError):
        vies.ask("ATU98765434", requester="", url=url, timeout=5)
