"""The network of a request: the part of its address that one household, office or machine can't change at will."""

from __future__ import annotations

import ipaddress

IPV6_PREFIX = 64
"""Stable prefix bits of an IPv6 address; devices change the rest several times a day (RFC 8981)."""


def network_of(address: str) -> str:
    """Return an IPv4 address unchanged and an IPv6 address as its /64; anything else is returned unchanged."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, IPV6_PREFIX), strict=False))
