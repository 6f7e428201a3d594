"""`marketplace receipt verify FILE`: verify a receipt, offline and without an account."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from marketplace.checker.receipts import MAX_RECEIPT, NotValid, verify
from marketplace.core.usage import UsageCommand


@click.group()
def receipt() -> None:
    """Signed receipts of prototypes."""


@receipt.command("verify", cls=UsageCommand)
@click.argument("file", type=click.File("rb"))
@click.option("--key", help="The issuer's public key (base64), as you know it from the issuer.")
def verify_receipt(file: BinaryIO, key: str | None) -> None:
    """Say what the receipt in FILE (- for the pipe) proves. Exit code: 0 valid, 1 not valid, 64 wrong usage."""
    try:
        found = verify(file.read(MAX_RECEIPT + 1), key)
    except NotValid as error:
        click.echo(f"not valid: {error}")
        sys.exit(1)
    said = found.statement
    issuer = _printable(said.issuer)
    click.echo(f"valid: unchanged since it was signed with key {found.key_id}")
    click.echo(f"  {issuer} states of bid {said.bid}, link {said.revision}: {_printable(said.url)}")
    click.echo(f"  was given on {said.submitted_at:%Y-%m-%d %H:%M:%S} UTC,")
    click.echo(f"  and showed the page with SHA-256 {said.sha256}")
    click.echo(f"  by {said.first_seen_at:%Y-%m-%d %H:%M:%S} UTC, last seen {said.last_seen_at:%Y-%m-%d %H:%M:%S} UTC.")
    if key is None:
        click.echo(f"Not proven: that the key is the issuer's. Compare it with {issuer}{WHERE}, then use --key.")


def _printable(text: str) -> str:
    """With all else escaped: what moves a terminal's cursor or hides text could show another statement."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


WHERE = "/.well-known/prebuilt-receipt-key"
"""Where a marketplace shows its public key."""
