"""Which addresses are plainly public: a table of every block that isn't, each with its source.

Sources: the IANA special-purpose address registries for IPv4 and IPv6, and the platforms' own documents where named.
Python's `ipaddress.is_global` isn't used: on 3.11 it calls multicast, 6to4, NAT64 and site-local addresses global.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

IPAddress = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why we don't open a link: a code for machines, a sentence for the bidder."""

    code: str
    sentence: str


def never(kind: str) -> str:
    """The bidder's sentence for a link that leads to `kind`."""
    return f"This link points to {kind}, which we never open."


_BLOCKS: tuple[tuple[str, str, str], ...] = (
    ("0.0.0.0/8", "unspecified", "an unspecified address"),  # RFC 791
    ("10.0.0.0/8", "private", "a private network address"),  # RFC 1918
    ("100.64.0.0/10", "shared", "an address inside a provider's network"),  # RFC 6598
    ("127.0.0.0/8", "loopback", "the checking machine itself"),  # RFC 1122
    ("169.254.0.0/16", "link_local", "a link-local or cloud metadata address"),  # RFC 3927
    ("172.16.0.0/12", "private", "a private network address"),  # RFC 1918
    ("192.0.0.0/24", "protocol", "an address reserved for network protocols"),  # RFC 6890; Oracle's metadata too
    ("192.0.2.0/24", "documentation", "an address reserved for documentation"),  # RFC 5737
    ("192.31.196.0/24", "protocol", "an address reserved for network protocols"),  # AS112, RFC 7535
    ("192.52.193.0/24", "protocol", "an address reserved for network protocols"),  # AMT, RFC 7450
    ("192.88.99.0/24", "protocol", "an address reserved for network protocols"),  # 6to4 relays, RFC 7526
    ("192.168.0.0/16", "private", "a private network address"),  # RFC 1918
    ("192.175.48.0/24", "protocol", "an address reserved for network protocols"),  # AS112, RFC 7534
    ("198.18.0.0/15", "benchmarking", "an address reserved for measurements"),  # RFC 2544
    ("198.51.100.0/24", "documentation", "an address reserved for documentation"),  # RFC 5737
    ("203.0.113.0/24", "documentation", "an address reserved for documentation"),  # RFC 5737
    ("224.0.0.0/4", "multicast", "a multicast address"),  # RFC 5771
    ("240.0.0.0/4", "reserved", "a reserved address"),  # RFC 1112; the broadcast address too
    ("168.63.129.16/32", "platform", "a cloud platform's own address"),  # Azure's host agent
    ("2001::/23", "protocol", "an address reserved for network protocols"),  # RFC 2928: Teredo, ORCHID, benchmarking
    ("2001:db8::/32", "documentation", "an address reserved for documentation"),  # RFC 3849
    ("2002::/16", "transition", "an address that stands for another one"),  # 6to4, RFC 3056
    ("2620:4f:8000::/48", "protocol", "an address reserved for network protocols"),  # AS112, RFC 7534
    ("3fff::/20", "documentation", "an address reserved for documentation"),  # RFC 9637
    # From here on outside 2000::/3, which is refused as a whole: these only give the refusal its name.
    ("::/128", "unspecified", "an unspecified address"),
    ("::1/128", "loopback", "the checking machine itself"),
    ("::/96", "transition", "an address that stands for another one"),  # IPv4-compatible, RFC 4291
    ("::ffff:0:0/96", "transition", "an address that stands for another one"),  # IPv4-mapped, RFC 4291
    ("::ffff:0:0:0/96", "transition", "an address that stands for another one"),  # IPv4-translated, RFC 2765
    ("64:ff9b::/96", "transition", "an address that stands for another one"),  # NAT64, RFC 6052
    ("64:ff9b:1::/48", "transition", "an address that stands for another one"),  # local NAT64, RFC 8215
    ("100::/64", "discard", "an address that discards what it gets"),  # RFC 6666
    ("5f00::/16", "protocol", "an address reserved for network protocols"),  # segment routing, RFC 9602
    ("fc00::/7", "private", "a private network address"),  # RFC 4193
    ("fe80::/10", "link_local", "a link-local or cloud metadata address"),  # RFC 4291
    ("fec0::/10", "private", "a private network address"),  # site-local, RFC 3879
    ("ff00::/8", "multicast", "a multicast address"),  # RFC 4291
)
_PUBLIC_IPV6 = IPv6Network("2000::/3")
_ISATAP = (0x00005EFE, 0x02005EFE)
"""Upper halves of interface identifiers that carry an IPv4 address (RFC 5214)."""

_REFUSED = tuple((ip_network(block), Refusal(code, never(what))) for block, code, what in _BLOCKS)
_NOT_PUBLIC = Refusal("not_public", never("an address outside the public internet"))
_STANDS_FOR_ANOTHER = Refusal("transition", never("an address that stands for another one"))

BLOCK_CODES = frozenset({"not_public", *(code for _, code, _ in _BLOCKS)})


def classify(address: IPAddress) -> Refusal | None:
    """Why this address may not be connected to, or None for one that is plainly public."""
    for block, refusal in _REFUSED:
        if address in block:
            return refusal
    if isinstance(address, IPv4Address):
        return None
    if address not in _PUBLIC_IPV6 or address.scope_id is not None:
        return _NOT_PUBLIC
    return _STANDS_FOR_ANOTHER if int(address) >> 32 & 0xFFFFFFFF in _ISATAP else None
