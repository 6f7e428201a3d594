"""Whether two URLs share host, origin or site; only the site needs the public suffix list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ada_url

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


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

    Siblings (a.example.com, b.example.com) are two hosts: under github.io, say, they have different owners.
    """
    first, second = host_of(one), host_of(other)
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def is_same_site(one: str, other: str) -> bool:
    """Whether the URLs' hosts share a registrable domain, as browsers tell sites apart.

    www.gym.example and demo.gym.example are one site. a.netlify.app and b.netlify.app are two, for the public suffix
    list says that anybody gets a name there. Addresses in numbers, and names without a domain, are compared with
    their ports.
    """
    return bool(_site(one)) and _site(one) == _site(other)


def _site(url: str) -> str:
    """The domain as browsers write it, whatever alphabet and port were typed; empty when there is none."""
    try:
        normal = ada_url.normalize_url(url)
    except ValueError:
        return ""
    host = host_of(normal).removesuffix(".")
    if _is_number(host) or "." not in host:
        return urlsplit(normal).netloc.rpartition("@")[2]
    return _suffixes().privatesuffix(host) or host


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # takes half a second to import

    return PublicSuffixList()


def is_same_origin(one: str, other: str) -> bool:
    """Whether both URLs have the same origin: scheme, host and port."""
    try:
        first, second = urlsplit(one), urlsplit(other)
        return (first.scheme, first.hostname, first.port) == (second.scheme, second.hostname, second.port)
    except ValueError:
        return False
