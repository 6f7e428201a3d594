"""Cases of the address guard's tables with their sources, so that gaps can be found."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Source(StrEnum):
    """Who names a case. From other projects' tests only the addresses are taken, never code."""

    OWN = "thought of here, when guards were compared (docs/decisions/0004-address-guard.md)"
    WHATWG = "URL standard: what browsers read, url.spec.whatwg.org"
    WPT = "web-platform-tests, url/resources/urltestdata.json"
    TSAI = "Orange Tsai, A New Era of SSRF, Black Hat USA 2017: links that parsers disagree about"
    GITLAB = "GitLab, gems/gitlab-http/spec/gitlab/http_v2/url_blocker_spec.rb"
    SMOKESCREEN = "Stripe's smokescreen, TestClassifyAddr and TestSelectTargetAddr in pkg/smokescreen"
    SSRF_FILTER = (
        "arkadiyt/ssrf_filter, the lists in lib/ssrf_filter/ssrf_filter.rb, tried in spec/lib/ssrf_filter_spec.rb"
    )
    SAFEURL = "IncludeSecurity/safeurl-python, the default lists in safeurl/safeurl.py and safeurl_tests.py"
    SENTRY = "Sentry, tests/sentry/net/test_socket.py"
    IANA_IPV4 = "IANA IPv4 special-purpose address registry, and the multicast and reserved blocks of its address space"
    IANA_IPV6 = "IANA IPv6 special-purpose address registry, and its address space registry"
    RFC_NAMES = "special-use names: RFC 6761, 6762, 7686, 8375 and 9476, and ICANN's .internal"
    RFC_TRANSITION = "addresses that stand for others: RFC 2765, 4291, 5214, 6052, 8215"
    PLATFORM = "a platform's own documents on its metadata service, host agent or service names"


class Case(NamedTuple):
    """One link or address that the guard refuses."""

    given: str
    """The link, or the address."""
    code: str
    """The refusal's code."""
    source: Source


def named_by(source: Source, table: dict[str, tuple[str, str]]) -> dict[str, Case]:
    """Name -> (given, code), all from one source."""
    return {name: Case(given, code, source) for name, (given, code) in table.items()}


def together(*groups: dict[str, Case]) -> dict[str, Case]:
    """Merge all groups into one table; names must be unique."""
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
    return {name: case for group in groups for name, case in group.items()}
