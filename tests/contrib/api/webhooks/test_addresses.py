"""Where webhooks may go: never into the own network, however that is written."""

import socket

import pytest

from invoicing.contrib.api.webhooks.addresses import check_url, is_public, read, resolve
from invoicing.contrib.api.webhooks.exceptions import WebhookAddressError

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::a00:1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "https://[::7f00:1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25lo]/",
        "https://[fc00::1]/",
        "https://[fec0::1]/",
        "https://[ff02::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://2130706433/",
        "https://0/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://198.18.0.1/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://localhost/",
        "https://localhost./",
        "https://LOCALHOST/",
        "https://127.0.0.1./",
    ],
)
def test_an_address_of_the_own_network_is_refused(url):
    with pytest.raises(WebhookAddressError) as refusal:
        check_url(url)

    assert (refusal.value.code, list(refusal.value.errors)) == ("webhook_address", ["url"])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://93.184.215.14/", "https"),
        ("ftp://93.184.215.14/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("93.184.215.14/hooks", "https://"),
        ("", "ASCII"),
        ("https://ada:secret@93.184.215.14/", "password"),
        ("https://ada@93.184.215.14/", "password"),
        ("https://@93.184.215.14/", "password"),
        ("https://93.184.215.14/#x", "#"),
        ("https://93.184.215.14:22/", "1024"),
        ("https://93.184.215.14:1024/", "1024"),
        ("https://93.184.215.14:0/", "port"),
        ("https://93.184.215.14:99999/", "port"),
        ("https://93.184.215.14:x/", "port"),
        ("https://93.184.215.14\\@127.0.0.1/", "ASCII"),
        ("https://93.184.215.14/\r\nX: y", "ASCII"),
        ("https://93.184.215.14/ /", "ASCII"),
        ("https://hööks.example.com/", "xn--"),
        ("https://hooks..example.com/", "host"),
        ("https://-hooks.example.com/", "host"),
        ("https://[::1/", "read"),
        ("https://[v1.x]/", "read"),
        ("https:///hooks", "https://"),
        ("https://93.184.215.14/" + 2000 * "x", "long"),
    ],
)
def test_a_url_that_cannot_be_right_is_refused(url, said):
    with pytest.raises(WebhookAddressError) as refusal:
        check_url(url)

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://93.184.215.14", PUBLIC, 443, "/", PUBLIC),
        ("https://93.184.215.14:8443/hooks?a=1", PUBLIC, 8443, "/hooks?a=1", f"{PUBLIC}:8443"),
        (
            "https://[2606:2800:21F:CB07:6820:80DA:AF6B:8B2C]:1025/?x",
            "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
            1025,
            "/?x",
            "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:1025",
        ),
        ("HTTPS://93.184.215.14:443/", PUBLIC, 443, "/", PUBLIC),
    ],
)
def test_a_public_address_is_read(url, host, port, path, authority):
    target = check_url(url)

    assert (target.host, target.port, target.path, target.authority, target.is_private) == (host, port, path, authority, False)


@pytest.mark.parametrize("text", ["64:ff9b::5db8:d70e", "2002:5db8:d70e::1", "::ffff:93.184.215.14", PUBLIC])
def test_a_public_address_in_another_dress_is_public(text):
    assert is_public(text)


@pytest.mark.parametrize("text", ["", "x", "fe80::1%lo", "4000::1"])
def test_what_is_no_public_address_is_none(text):
    assert not is_public(text)


@pytest.mark.parametrize(
    ("found", "is_taken"), [([PUBLIC], True), (["10.0.0.7"], False), ([PUBLIC, "10.0.0.7"], False), ([PUBLIC, "::1"], False)]
)
def test_every_address_that_a_name_has_must_be_public(names, found, is_taken):
    names["hooks.example.com"] = found
    try:
        check_url("https://hooks.example.com/")
        was_taken = True
    except WebhookAddressError:
        was_taken = False

    assert was_taken is is_taken


def test_the_refusal_does_not_say_which_address_it_was(names):
    names["hooks.example.com"] = ["10.11.12.13"]
    with pytest.raises(WebhookAddressError) as refusal:
        check_url("https://hooks.example.com/")

    assert str(refusal.value) == "url: Its host is not a public one."


def test_a_name_that_is_not_found_is_refused(names):
    with pytest.raises(WebhookAddressError, match="not found"):
        check_url("https://nowhere.example.com/")


def test_a_host_of_the_own_network_is_taken_where_the_settings_name_it(settings):
    settings.INVOICING_WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1", "[::1]", "Hooks.internal"]

    assert check_url("http://127.0.0.1:80/x").port == 80
    assert check_url("http://hooks.internal/x").port == 80
    assert check_url("https://[::1]:22/x").port == 22
    for url in ("http://127.0.0.2/", "https://127.0.0.2/", "ftp://127.0.0.1/", "http://ada@127.0.0.1/"):
        with pytest.raises(WebhookAddressError):
            check_url(url)


def test_a_socket_connects_to_what_was_looked_at(names):
    names["hooks.example.com"] = [PUBLIC]
    (endpoint,) = resolve(read("https://hooks.example.com/"))

    assert (endpoint.family, endpoint.address) == (socket.AF_INET, (PUBLIC, 443))
    assert names.asked == ["hooks.example.com"]
