"""Where webhooks may go: to public hosts by https, or to hosts of the own network that the settings name.

Whoever may set up a webhook chooses an address that this server then calls: from inside of the own network, which its owner never meant.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.contrib.api.webhooks.exceptions import WebhookAddressError

LONGEST_URL: Final = 2000

PRINTABLE: Final = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
"""ASCII without blanks and without the backslash, which some readers of URLs take for a slash."""

HOST_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")

ENDS_IN_A_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""What resolvers read as an IPv4 address, whatever way it is written."""

PORTS: Final = {"https": 443, "http": 80}

GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL that was looked at. `is_private`: the settings name its host, so that it may be anywhere."""

    scheme: str
    host: str
    port: int
    path: str
    is_private: bool

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that a host has: what a socket connects to."""

    family: int
    address: Any


def check_url(url: str) -> Target:
    """Look at a URL, and at where its host is now. Raises WebhookAddressError for what webhooks must not go to."""
    target = read(url)
    if not target.is_private:
        resolve(target)
    return target


def read(url: str) -> Target:
    """The parts of a URL. Raises WebhookAddressError for one that could not be right wherever its host is."""
    parts = _split(url)
    host, port = _host(parts), _port(parts)
    is_private = host in {name.lower().strip("[]") for name in conf.webhook_private_hosts}
    if parts.scheme != "https" and not (is_private and parts.scheme == "http"):
        _refuse(_("Use https."))
    if parts.username is not None or parts.password is not None:
        _refuse(_("Leave out user and password: receivers know us by the signature."))
    if parts.fragment:
        _refuse(_("Leave out what follows the #."))
    port = PORTS[parts.scheme] if port is None else port
    if not is_private and port != 443 and port <= 1024:
        _refuse(_("Use port 443, or one above 1024."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port, path=path, is_private=is_private)


def resolve(target: Target) -> list[Endpoint]:
    """Where a host is now, asked once. Raises WebhookAddressError where it is not found, or where one of its addresses is not public."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    if not found:
        _refuse(_("Its host is not found."))
    # Which address it was is not said: whoever asks could map the own network by that.
    if not target.is_private and not all(is_public(str(entry[4][0])) for entry in found):
        _refuse(_("Its host is not a public one."))
    return [Endpoint(family=entry[0], address=entry[4]) for entry in found]


def is_public(text: str) -> bool:
    """Whether an IP address is one that everybody in the internet could call."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        embedded = _embedded(address)
        if embedded is None:
            return address in GLOBAL_UNICAST and address.is_global and address.teredo is None
        address = embedded
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to an IPv6 address end at: mapped, by NAT64 or by 6to4."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL:
        _refuse(_("It is too long."))
    if not PRINTABLE.fullmatch(url):
        _refuse(_("Write it in ASCII, without blanks and backslashes; a host with other letters begins with xn--."))
    try:
        parts = urlsplit(url)
    except ValueError:
        _refuse(_("It cannot be read."))
    if parts.scheme not in PORTS or not parts.netloc:
        _refuse(_("Write it as https://example.com/webhooks."))
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if ":" in host or "[" in parts.netloc:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            _refuse(_("Its host cannot be read."))
    host = host.removesuffix(".")
    if ENDS_IN_A_NUMBER.fullmatch(host):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            _refuse(_("Its host cannot be read."))
    if not HOST_NAME.fullmatch(host) or len(host) > 253:
        _refuse(_("Its host cannot be read."))
    return host


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        _refuse(_("Its port cannot be read."))
    if port == 0:
        _refuse(_("Its port cannot be read."))
    return port


def _refuse(text: object) -> NoReturn:
    raise WebhookAddressError({"url": [text]})
