"""The site listens on HOST, and its links lead there."""

from __future__ import annotations

import socket
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from config.settings import load_settings
from marketplace.listening import listen
from tests.support.product import free_port


def takes(address: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((address, port), timeout=60):
        return True
    return False


@pytest.mark.parametrize(
    ("host", "ipv4", "ipv6"),
    [
        ("127.0.0.1", True, False),
        ("0.0.0.0", True, False),  # noqa: S104 (bound for a moment)
        ("::1", False, True),
        ("::", True, True),
    ],
)
def test_every_kind_of_host_is_listened_on(host: str, ipv4: bool, ipv6: bool) -> None:
    settings = load_settings(host=host, port=free_port())
    with listen(settings, shared=True):
        assert (takes("127.0.0.1", settings.port), takes("::1", settings.port)) == (ipv4, ipv6)
        assert takes(urlsplit(settings.site_url).hostname or "", settings.port)
        with pytest.raises(OSError, match="in use"):
            listen(settings, shared=False)
