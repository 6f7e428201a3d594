"""Addresses that the guard refuses from any source, by who names them, and the public ones just outside."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_network
from typing import NamedTuple

from tests.support.guard_sources import Case, Source, named_by, together

_SSRF_FILTER_BLOCKS = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
)  # fmt: skip


def _in_ipv6(block: str) -> dict[str, Case]:
    """The first and last address of a block of IPv4, each IPv4-compatible and IPv4-mapped."""
    network = ip_network(block)
    return {
        f"{network[end]} as {kind}": Case(
            str(IPv6Address(prefix | int(network[end]))), "transition", Source.SSRF_FILTER
        )
        for end in (0, -1)
        for kind, prefix in (("IPv4-compatible", 0), ("IPv4-mapped", 0xFFFF << 32))
        if prefix or int(network[end])  # zero as IPv4-compatible is the unspecified address
    }


IPV4 = together(
    named_by(Source.SMOKESCREEN, {
        "private 10": ("10.0.0.1", "private"),
        "private 172": ("172.16.0.1", "private"),
        "private 192": ("192.168.0.1", "private"),
        "provider network, start": ("100.64.0.1", "shared"),
        "provider network": ("100.64.0.100", "shared"),
        "provider network, end": ("100.127.255.254", "shared"),
        "loopback, far end": ("127.255.255.255", "loopback"),
        "cloud metadata": ("169.254.169.254", "link_local"),
        "broadcast": ("255.255.255.255", "reserved"),
    }),
    named_by(Source.GITLAB, {
        "unspecified": ("0.0.0.0", "unspecified"),  # noqa: S104
        "loopback, the next": ("127.0.0.2", "loopback"),
        "link-local": ("169.254.168.100", "link_local"),
        "private 192, a host": ("192.168.1.2", "private"),
        "provider network, the middle": ("100.64.127.127", "shared"),
    }),
    named_by(Source.SENTRY, {
        "loopback": ("127.0.0.1", "loopback"),
        "private 10, a host": ("10.0.1.1", "private"),
    }),
    named_by(Source.SAFEURL, {
        "this network": ("0.1.2.3", "unspecified"),
        "protocol assignments": ("192.0.0.7", "protocol"),
        "documentation 1": ("192.0.2.1", "documentation"),
        "documentation 2": ("198.51.100.7", "documentation"),
        "documentation 3": ("203.0.113.9", "documentation"),
        "benchmarking": ("198.19.0.1", "benchmarking"),
        "6to4 relay": ("192.88.99.1", "protocol"),
        "multicast": ("224.0.0.1", "multicast"),
        "reserved": ("240.0.0.1", "reserved"),
    }),
    named_by(Source.IANA_IPV4, {
        "dummy address": ("192.0.0.8", "protocol"),
        "port control": ("192.0.0.9", "protocol"),
        "NAT64 discovery": ("192.0.0.170", "protocol"),
        "AS112": ("192.31.196.1", "protocol"),
        "AS112, direct": ("192.175.48.1", "protocol"),
        "multicast tunnels": ("192.52.193.1", "protocol"),
        "multicast, private": ("239.255.255.250", "multicast"),
    }),
    named_by(Source.PLATFORM, {
        "Amazon's container credentials": ("169.254.170.2", "link_local"),
        "Amazon's time": ("169.254.169.123", "link_local"),
        "Tencent's metadata": ("169.254.0.23", "link_local"),
        "Alibaba's metadata": ("100.100.100.200", "shared"),
        "Oracle's metadata": ("192.0.0.192", "protocol"),
        "Azure's host agent": ("168.63.129.16", "platform"),
        "Docker's bridge": ("172.17.0.1", "private"),
    }),
)  # fmt: skip

IPV6 = together(
    named_by(Source.SMOKESCREEN, {
        "IPv6 loopback": ("::1", "loopback"),
        "IPv6 multicast": ("ff02::2", "multicast"),
        "NAT64 to private 172": ("64:ff9b::ac1c:5", "transition"),
        "NAT64 to documentation": ("64:ff9b::c000:201", "transition"),
        "NAT64 to private 10": ("64:ff9b::a00:1", "transition"),
        "NAT64 to public": ("64:ff9b::808:808", "transition"),
        "NAT64 to broadcast": ("64:ff9b::ffff:ffff", "transition"),
        "6to4 to documentation": ("2002:c000:201::1", "transition"),
        "6to4 to private 10": ("2002:a00:1::1", "transition"),
        "6to4 to public": ("2002:808:808::1", "transition"),
        "Teredo": ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "protocol"),
        "Teredo, another": ("2001:0:1234:5678:9abc:def0:1234:5678", "protocol"),
        "just outside NAT64": ("64:ff9c::1", "not_public"),  # public there, but outside 2000::/3
    }),
    named_by(Source.GITLAB, {
        "IPv6 unspecified": ("::", "unspecified"),
        "IPv4-mapped unspecified": ("::ffff:0.0.0.0", "transition"),
        "IPv4-mapped loopback": ("::ffff:127.0.0.1", "transition"),
        "IPv4-mapped private 10": ("::ffff:a00:2", "transition"),
        "IPv4-mapped private 172": ("::ffff:ac10:20", "transition"),
        "IPv4-mapped private 192": ("::ffff:c0a8:102", "transition"),
        "IPv4-mapped metadata": ("::ffff:a9fe:a9fe", "transition"),
        "IPv4-mapped broadcast": ("::ffff:ffff:ffff", "transition"),
        "IPv6 link-local": ("fe80::c800:eff:fe74:8", "link_local"),
        "site-local": ("feef::1", "private"),
        "site-local, lower": ("fee2::", "private"),
        "unique local": ("fc00:bf8b:e62c:abcd:abcd:aaaa:aaaa:aaaa", "private"),
    }),
    named_by(Source.SENTRY, {"IPv4-mapped, refused as a network": ("::ffff:10.0.1.2", "transition")}),
    named_by(Source.SSRF_FILTER, {
        "discard only": ("100::1", "discard"),
        "ORCHID": ("2001:20::1", "protocol"),
        "ORCHID, the first": ("2001:10::1", "protocol"),
        "IPv6 documentation": ("2001:db8::1", "documentation"),
    }),
    named_by(Source.RFC_TRANSITION, {
        "IPv4-compatible": ("::127.0.0.1", "transition"),
        "IPv4-mapped public": ("::ffff:1.1.1.1", "transition"),
        "IPv4-translated": ("::ffff:0:127.0.0.1", "transition"),
        "NAT64 to loopback": ("64:ff9b::7f00:1", "transition"),
        "local NAT64": ("64:ff9b:1::7f00:1", "transition"),
        "6to4 to loopback": ("2002:7f00:1::1", "transition"),
        "ISATAP": ("2a00:1450::5efe:7f00:1", "transition"),
        "ISATAP, universal bit": ("2a00:1450::200:5efe:7f00:1", "transition"),
    }),
    named_by(Source.IANA_IPV6, {
        "link-local, far end": ("febf::1", "link_local"),
        "unique local, assigned": ("fd12:3456::1", "private"),
        "site-local, start": ("fec0::1", "private"),
        "IPv6 multicast, global": ("ff0e::1", "multicast"),
        "IPv6 documentation, new": ("3fff::1", "documentation"),
        "dummy prefix": ("100:0:0:1::1", "not_public"),
        "segment routing": ("5f00::1", "protocol"),
        "IPv6 benchmarking": ("2001:2::1", "protocol"),
        "AS112, IPv6": ("2620:4f:8000::1", "protocol"),
        "drone identities": ("2001:30::1", "protocol"),
        "unassigned, below": ("1fff::1", "not_public"),
        "unassigned, above": ("4000::1", "not_public"),
        "unassigned, far above": ("e000::1", "not_public"),
    }),
    named_by(Source.PLATFORM, {
        "Amazon's metadata, IPv6": ("fd00:ec2::254", "private"),
        "Google's metadata, IPv6": ("fd20:ce::254", "private"),
    }),
)  # fmt: skip

ADDRESSES = together(IPV4, IPV6, *map(_in_ipv6, _SSRF_FILTER_BLOCKS))
"""Name -> an address refused from any source."""


class Answer(NamedTuple):
    """The result of resolving a name, and the refusal's code."""

    addresses: tuple[str, ...]
    code: str
    source: Source


ANSWERS: dict[str, Answer] = {
    "private": Answer(("127.0.0.1",), "loopback", Source.SENTRY),
    "private, IPv6": Answer(("::1",), "loopback", Source.SSRF_FILTER),
    "private first": Answer(("192.168.1.1", "8.8.8.8"), "private", Source.SMOKESCREEN),
    "all private": Answer(("192.168.1.1", "10.0.0.1"), "private", Source.SMOKESCREEN),
    "a name made for changing answers": Answer(("192.168.0.120",), "private", Source.GITLAB),
    "private last": Answer(("1.1.1.1", "2606:4700::1111", "10.0.0.1"), "private", Source.OWN),
    "public IPv4, private IPv6": Answer(("1.1.1.1", "fd12:3456::1"), "private", Source.OWN),
    "a public address with a zone id": Answer(("2606:4700::1111%eth0",), "not_public", Source.OWN),
}
"""Name -> addresses of a public name."""

EDGES: dict[str, tuple[str, str | None, str | None]] = {
    "0.0.0.0/8": ("0.255.255.255", None, "1.0.0.0"),
    "10.0.0.0/8": ("10.255.255.255", "9.255.255.255", "11.0.0.0"),
    "100.64.0.0/10": ("100.127.255.255", "100.63.255.255", "100.128.0.0"),
    "127.0.0.0/8": ("127.255.255.255", "126.255.255.255", "128.0.0.0"),
    "169.254.0.0/16": ("169.254.255.255", "169.253.255.255", "169.255.0.0"),
    "172.16.0.0/12": ("172.31.255.255", "172.15.255.255", "172.32.0.0"),
    "192.0.0.0/24": ("192.0.0.255", "191.255.255.255", "192.0.1.0"),
    "192.0.2.0/24": ("192.0.2.255", "192.0.1.255", "192.0.3.0"),
    "192.31.196.0/24": ("192.31.196.255", "192.31.195.255", "192.31.197.0"),
    "192.52.193.0/24": ("192.52.193.255", "192.52.192.255", "192.52.194.0"),
    "192.88.99.0/24": ("192.88.99.255", "192.88.98.255", "192.88.100.0"),
    "192.168.0.0/16": ("192.168.255.255", "192.167.255.255", "192.169.0.0"),
    "192.175.48.0/24": ("192.175.48.255", "192.175.47.255", "192.175.49.0"),
    "198.18.0.0/15": ("198.19.255.255", "198.17.255.255", "198.20.0.0"),
    "198.51.100.0/24": ("198.51.100.255", "198.51.99.255", "198.51.101.0"),
    "203.0.113.0/24": ("203.0.113.255", "203.0.112.255", "203.0.114.0"),
    "224.0.0.0/4": ("239.255.255.255", "223.255.255.255", None),
    "240.0.0.0/4": ("255.255.255.255", None, None),
    "168.63.129.16/32": ("168.63.129.16", "168.63.129.15", "168.63.129.17"),
    "2001::/23": ("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"),
    "2001:db8::/32": ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::", "2001:db9::"),
    "2002::/16": ("2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff::", "2003::"),
    "2620:4f:8000::/48": ("2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:7fff::", "2620:4f:8001::"),
    "3fff::/20": ("3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff::", "3fff:1000::"),
}
"""Block -> its last address, and the public addresses just outside it (None where another block begins)."""
