"""Asks for what may prove that a bidder controls a site: a file on it and a DNS record beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proofs:
    """What was found where a proof may be; None where we couldn't ask, which says nothing about the bidder."""

    lines: tuple[str, ...] | None = None
    """The lines of /.well-known/prebuilt.txt; empty without such a file."""
    records: tuple[str, ...] | None = None
    """The host's DNS TXT records; empty without any."""
