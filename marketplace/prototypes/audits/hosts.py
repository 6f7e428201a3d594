"""Whether two addresses are on one host or origin: names are compared as they are, without a list of domains."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Lower case, without `www.`; empty when there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_below(host: str, names: Iterable[str]) -> bool:
    """Whether it is one of these names, or one below them."""
    return f".{host}".endswith(tuple(f".{name}" for name in names))


def is_same_host(one: str, other: str) -> bool:
    """Whether the URLs' hosts are the same or one is below the other (shop.example and pay.shop.example).

    Neighbours (a.example.com, b.example.com) are two hosts: under names such as github.io they have different owners.
    """
    first, second = host_of(one), host_of(other)
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def is_same_origin(one: str, other: str) -> bool:
    """Whether a browser takes what is at both URLs for one site's: same scheme, host and port."""
    try:
        first, second = urlsplit(one), urlsplit(other)
        return (first.scheme, first.hostname, first.port) == (second.scheme, second.hostname, second.port)
    except ValueError:
        return False
