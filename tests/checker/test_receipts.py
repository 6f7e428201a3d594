"""A receipt is valid as it was signed, and not after any change; verifying needs nobody else."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from marketplace.checker.receipt_command import receipt
from marketplace.checker.receipts import NotValid, ReceiptStatement, key_from, public_part, sign, verify
from tests.support.factories import START

KEY, OTHER = key_from("0f" * 32), key_from("1e" * 32)
STATEMENT = ReceiptStatement(
    issuer="https://prebuilt.example",
    bid=7,
    url="https://gym.example/ö",
    revision=1,
    submitted_at=START,
    sha256="ab" * 32,
    first_seen_at=START,
    last_seen_at=START,
)
TEXT = sign(STATEMENT, KEY).encode()


def test_a_receipt_is_valid_as_it_was_signed() -> None:
    assert verify(TEXT).statement == STATEMENT
    assert verify(TEXT, public_part(KEY)["public_key"]).key_id == public_part(KEY)["key_id"]
    assert sign(STATEMENT, KEY).encode() == TEXT, "the same statement and key always give the same text"


def test_receipt_with_other_json_layout_is_valid() -> None:
    assert verify(json.dumps(json.loads(TEXT), sort_keys=True).encode()).statement == STATEMENT


def test_a_receipt_of_another_key_is_refused() -> None:
    with pytest.raises(NotValid, match="another key"):
        verify(TEXT, public_part(OTHER)["public_key"])


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 255))
def test_any_changed_byte_makes_a_receipt_invalid(at: int, change: int) -> None:
    changed = TEXT[:at] + bytes([TEXT[at] ^ change]) + TEXT[at + 1 :]
    try:
        found = verify(changed)
    except NotValid:
        return
    assert (found.statement, found.public_key) == (STATEMENT, public_part(KEY)["public_key"])
    assert json.loads(changed) == json.loads(TEXT), "only the layout changed"


def with_(**changes: Any) -> bytes:
    return json.dumps({**json.loads(TEXT), **changes}).encode()


BAD = {
    "empty": b"",
    "no JSON": b"receipt",
    "no object": b"[]",
    "not UTF-8": b"\xff\xfe{}",
    "huge": b" " * 70_000,
    "deep": b"[" * 50_000,
    "a key twice": TEXT.replace(b'"bid": 7', b'"bid": 8, "bid": 7'),
    "not a number": with_(statement={**json.loads(TEXT)["statement"], "bid": float("nan")}),
    "another bid": with_(statement={**json.loads(TEXT)["statement"], "bid": 8}),
    "another algorithm": with_(algorithm="none"),
    "no signature": with_(signature=""),
    "a key that is not base64": with_(public_key="???"),
    "somebody else's key": with_(**public_part(OTHER)),
    "a key of another length": with_(public_key=b64encode(b"x").decode()),
    "something more": with_(more=1),
    "a lone surrogate": TEXT.replace(b"https://gym", b"\\ud800https://gym"),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_files_that_are_no_receipts_are_not_valid(text: bytes) -> None:
    with pytest.raises(NotValid):
        verify(text)


def test_the_command_says_what_is_proven_and_what_is_not(tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    file.write_bytes(TEXT)
    result = CliRunner().invoke(receipt, ["verify", str(file)])
    assert result.exit_code == 0
    assert "https://gym.example/ö" in result.output
    assert "Not proven" in result.output
    trusted = CliRunner().invoke(receipt, ["verify", str(file), "--key", public_part(KEY)["public_key"]])
    assert "Not proven" not in trusted.output


@pytest.mark.parametrize(
    ("trick", "shown"),
    [
        ("\r", r"\r"),
        ("\nvalid: ", r"\nvalid: "),
        ("\x1b[2K", r"\x1b[2K"),
        ("\x9b8m", r"\x9b8m"),
        ("\u202e", r"\u202e"),
        ("ö", "ö"),
    ],
)
@pytest.mark.parametrize("field", ["issuer", "url"])
def test_command_escapes_control_characters(tmp_path: Path, field: str, trick: str, shown: str) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(sign(STATEMENT.model_copy(update={field: f"https://a.example/{trick}b"}), KEY))
    result = CliRunner().invoke(receipt, ["verify", str(file)], color=True)
    assert f"https://a.example/{shown}b" in result.output
    assert all(line.isprintable() for line in result.output.split("\n"))
    assert result.output.count("\n") == 6


def test_the_commands_exit_codes(tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    file.write_bytes(TEXT.replace(b"gym", b"spa"))
    assert CliRunner().invoke(receipt, ["verify", str(file)]).exit_code == 1
    assert CliRunner().invoke(receipt, ["verify", str(tmp_path / "none")]).exit_code == 64
