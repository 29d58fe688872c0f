"""The scheme of Standard Webhooks, worked out by hand."""

import base64
import hashlib
import hmac
import subprocess
import sys
from pathlib import Path

import pytest

from invoicing.contrib.api.webhooks.exceptions import WebhookSignatureError
from invoicing.contrib.api.webhooks.signing import make_secret, sign, verify

ROOT = Path(__file__).parents[4]

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = b'{"type":"invoice.issued"}'
ID = "0b0f6c5e-2d0d-4a51-8a6c-5d3b0d5f9a11"
AT = 1772442000


def headers(**changed):
    found = {"Webhook-Id": ID, "Webhook-Timestamp": str(AT), "Webhook-Signature": sign(SECRET, id=ID, timestamp=AT, body=BODY)}
    return {**found, **{name.replace("_", "-"): value for name, value in changed.items()}}


def by_hand(message, key=bytes(range(32))):
    """HMAC by its definition (RFC 2104), without the module for it."""
    key = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def test_the_signature_is_hmac_sha256_of_id_time_and_body():
    wanted = by_hand(b'0b0f6c5e-2d0d-4a51-8a6c-5d3b0d5f9a11.1772442000.{"type":"invoice.issued"}')

    assert sign(SECRET, id=ID, timestamp=AT, body=BODY) == f"v1,{base64.b64encode(wanted).decode()}"
    assert sign(SECRET, id=ID, timestamp=AT, body=BODY) == "v1,FiQQc+QTPT/E6hDOZdfkZ1OyS9/lkJa4QGz8mjajtNE=", "as openssl says it"


def test_a_secret_is_32_random_bytes():
    first, second = make_secret(), make_secret()

    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


def test_what_was_signed_is_verified_whatever_the_case_of_the_names():
    assert verify(SECRET, headers(), BODY, now=AT) is None
    assert verify(SECRET, {name.upper(): value for name, value in headers().items()}, BODY, now=AT + 300) is None
    assert verify(SECRET, headers(), BODY, now=AT - 299.5) is None


def test_one_of_several_signatures_is_enough():
    other = sign(make_secret(), id=ID, timestamp=AT, body=BODY)
    both = f"{other} v2,x {headers()['Webhook-Signature']}"

    assert verify(SECRET, headers(Webhook_Signature=both), BODY, now=AT) is None


@pytest.mark.parametrize(
    ("changed", "body", "now"),
    [
        ({}, BODY + b" ", AT),
        ({}, BODY, AT + 301),
        ({}, BODY, AT - 301),
        ({"Webhook_Id": "another"}, BODY, AT),
        ({"Webhook_Id": ""}, BODY, AT),
        ({"Webhook_Timestamp": str(AT + 1)}, BODY, AT),
        ({"Webhook_Timestamp": f"0{AT}"}, BODY, AT),
        ({"Webhook_Timestamp": f" {AT}"}, BODY, AT),
        ({"Webhook_Timestamp": "1e9"}, BODY, AT),
        ({"Webhook_Timestamp": "١٧٧٢٤٤٢٠٠٠"}, BODY, AT),
        ({"Webhook_Timestamp": "9" * 5000}, BODY, AT),
        ({"Webhook_Signature": ""}, BODY, AT),
        ({"Webhook_Signature": "v1,"}, BODY, AT),
        ({"Webhook_Signature": "v1,ä"}, BODY, AT),
        ({"Webhook_Signature": "v1," + base64.b64encode(hmac.digest(b"x", BODY, "sha256")).decode()}, BODY, AT),
    ],
)
def test_what_was_changed_or_is_old_is_refused(changed, body, now):
    with pytest.raises(WebhookSignatureError) as refusal:
        verify(SECRET, headers(**changed), body, now=now)

    assert refusal.value.code == "webhook_signature"


def test_a_message_without_headers_says_which_are_missing():
    with pytest.raises(WebhookSignatureError, match="webhook-timestamp, webhook-signature"):
        verify(SECRET, {"webhook-id": ID}, BODY, now=AT)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_ä", "whsec_===", "no base64!"])
def test_a_secret_that_is_none_is_no_signature(secret):
    with pytest.raises(ValueError, match="whsec_"):
        verify(secret, headers(), BODY, now=AT)


def test_a_receiver_needs_no_django_that_is_set_up():
    program = f"""
import sys
from invoicing.contrib.api.webhooks.signing import verify
verify({SECRET!r}, {headers()!r}, {BODY!r}, now={AT})
try:
    verify({SECRET!r}, {headers()!r}, b"", now={AT})
except Exception as error:
    print(error, "django.db" in sys.modules)
"""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert (done.stdout, done.stderr) == ("The webhook is not to be trusted: none of its signatures is right. False\n", "")
