"""The address guard: decides which links are opened and which addresses are connected to; refuses all else.

The rule is narrow on purpose. A link must be written exactly as browsers read it (WHATWG URL standard), must use http
or https on a usual port, and every address its name resolves to must be plainly public (`blocks.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

import ada_url

from marketplace.checker.guard.blocks import BLOCK_CODES, IPAddress, Refusal, classify, never

__all__ = ["IPAddress", "Link", "Refusal", "Resolver", "approve", "classify", "parse_link"]

Resolver = Callable[[str], Awaitable[list[IPAddress]]]
"""Gives all addresses of a name, asked once; raises marketplace.checker.guard.name_resolution.NameFailure."""

PORTS = frozenset({80, 443, 8080, 8443})
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 2000
"""Characters; the width of the column that keeps links."""

LOCAL_SUFFIXES = frozenset({
    "alt", "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost",
    "onion", "private", "svc",
})  # fmt: skip
"""Last labels that never name a public site: RFC 6761, 6762, 7686 and 9476, ICANN's .internal, usual home names."""

METADATA_NAMES = frozenset({
    "metadata.goog", "metadata.packet.net", "metadata.platformequinix.com", "metadata.tencentyun.com",
    "metadata.oraclecloud.com",
})  # fmt: skip
"""Public-looking names under which platforms serve a machine's own secrets."""


INWARD = BLOCK_CODES | {"local_name", "metadata_name"}
"""Refusal codes for private destinations, which a visitor's own browser would reach."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is written unambiguously; its addresses aren't approved yet."""

    url: str
    """Normalised, without fragment."""
    scheme: str
    host: str
    """As DNS and TLS name it: lower case ASCII; an IPv6 address without brackets."""
    port: int
    target: str
    """What the request line asks for: path and query."""
    address: IPAddress | None
    """Set when the host is an address rather than a name."""

    @property
    def place(self) -> str:
        """`host:port`, as exceptions name it."""
        return f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}")


_AMBIGUOUS = (
    "This link can be read in more than one way. Paste the address exactly as your browser's address bar shows it."
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SHAPE = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#\\]+)(?P<rest>[^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_NORMAL = re.compile(
    r"(?P<url>(?P<scheme>https?)://(?P<host>\[[^\]]*\]|[^/:]*)(?::\d+)?(?P<target>/[^#]*))(?:#.*)?", re.DOTALL
)
"""A URL as normalized by the URL standard, split into its parts."""
_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^\[\]:]*)(?::(?P<port>.*))?", re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)


def parse_link(url: str, exceptions: frozenset[str] = frozenset()) -> Link | Refusal:
    """Parse a link as browsers do; refuse one that is not http(s), unusual or ambiguous. No network access.

    `exceptions` are exact "host:port" pairs that development may open although their name or port is unusual.
    """
    if len(url) > MAX_URL:
        return Refusal("too_long", f"This link is longer than {MAX_URL} characters.")
    if _CONTROL.search(url):
        return Refusal("control_character", "This link holds an invisible control character. Type it again by hand.")
    shape = _SHAPE.fullmatch(url)
    if shape is None:
        return _refuse_shape(url)
    authority, rest = shape["authority"], shape["rest"]
    if "@" in authority:
        return Refusal("user_info", "This link carries a user name or password. Remove everything up to the @.")
    if "\\" in rest.split("?", 1)[0]:
        return Refusal("backslash", "This link holds a backslash; browsers read it as a slash. Write a slash.")
    try:
        normal = _NORMAL.fullmatch(ada_url.normalize_url(url))
    except ValueError:
        normal = None
    if normal is None:
        return Refusal("not_a_url", "This isn't a complete web address, such as https://example.com/.")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or not _means_itself(parts["host"], normal["host"]):
        return Refusal("ambiguous_host", _AMBIGUOUS)
    port = _port(parts["port"], DEFAULT_PORTS[normal["scheme"]])
    if port is None:
        return Refusal("ambiguous_port", _AMBIGUOUS)
    host = normal["host"].strip("[]")
    link = Link(normal["url"], normal["scheme"], host, port, normal["target"], _literal(host))
    return link if link.place in exceptions else _refuse_unusual(link) or link


def _refuse_shape(url: str) -> Refusal:
    scheme = _SCHEME.match(url)
    if scheme and scheme[0].lower() not in ("http:", "https:"):
        return Refusal("scheme", "Only links that start with http:// or https:// can be checked.")
    if scheme:
        return Refusal("ambiguous_slashes", _AMBIGUOUS)
    return Refusal("not_a_url", "This isn't a complete web address, such as https://example.com/.")


def _means_itself(written: str, read: str) -> bool:
    """Whether browsers read the host exactly as written: no percent encoding, other notations or look-alike letters."""
    if written.startswith("["):
        return "%" not in written and _literal(written.strip("[]")) == _literal(read.strip("[]")) is not None
    if written.isascii():
        return written.lower() == read
    return unicodedata.normalize("NFC", written).lower() == ada_url.idna_to_unicode(read)


def _port(written: str | None, default: int) -> int | None:
    if written is None:
        return default
    plain = written.isascii() and written.isdigit() and not written.startswith("0") and len(written) <= 5
    return int(written) if plain and int(written) <= 65535 else None


@lru_cache(maxsize=1024)
def _literal(host: str) -> IPAddress | None:
    if not host[-1:].isdigit() and ":" not in host:
        return None  # a name, as nearly always
    try:
        return ip_address(host)
    except ValueError:
        return None


def _refuse_unusual(link: Link) -> Refusal | None:
    if link.address is None:
        labels = link.host.split(".")
        if len(link.host) > 253 or any(not 0 < len(label) <= 63 for label in labels):
            return Refusal("bad_name", "This link's host isn't a valid name: look for stray or doubled dots.")
        if len(labels) == 1 or labels[-1] in LOCAL_SUFFIXES:
            return Refusal("local_name", never("a name on a local network"))
        if link.host in METADATA_NAMES:
            return Refusal("metadata_name", never("a platform's own metadata service"))
    elif refusal := classify(link.address):
        return refusal
    if link.port not in PORTS:
        return Refusal("port", f"This link uses port {link.port}; we open ports 80, 443, 8080 and 8443 only.")
    return None


async def approve(
    link: Link, resolver: Resolver, exceptions: frozenset[str] = frozenset()
) -> tuple[IPAddress, ...] | Refusal:
    """The addresses that a link may be fetched from, IPv4 first; a refusal when any one of them isn't plainly public.

    The name is resolved once and the caller connects to these addresses, so a DNS answer that changes afterwards
    has no effect (no DNS rebinding). Raises NameFailure when the name doesn't resolve.
    """
    found = [link.address] if link.address else await resolver(link.host)
    if link.place not in exceptions:
        for address in found:
            if refusal := classify(address):
                return refusal
    return tuple(found if len(found) == 1 else sorted(dict.fromkeys(found), key=lambda address: address.version))
