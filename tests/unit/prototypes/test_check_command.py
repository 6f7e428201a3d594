"""`marketplace check` says what the worker would, in words, in JSON and by its exit code."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from marketplace.prototypes.command import check
from marketplace.prototypes.record import CheckRecord
from tests.support.sites import Site, answer, html, site


def run(*arguments: str) -> Result:
    return CliRunner().invoke(check, list(arguments))


def allowed(there: Site) -> tuple[str, ...]:
    return (there.url, "--allow-local", there.place)


def test_a_live_link_is_0_and_readable() -> None:
    with site(html("<title>[bold]Hi[/bold]\x1b[31m</title>")) as there:
        result = run(*allowed(there))
    assert result.exit_code == 0
    assert result.output.startswith("live  Live: answered in")
    assert "[bold]Hi[/bold]" in result.output
    assert "\x1b" not in result.output


def test_json_is_the_check_record() -> None:
    with site(html("<h1>Hello</h1>")) as there:
        result = run(*allowed(there), "--json")
    record = CheckRecord.from_json(result.output)
    assert (record.url, record.state) == (there.url, "live")


def test_a_broken_link_is_1() -> None:
    with site(answer(404, "no")) as there:
        result = run(*allowed(there))
    assert result.exit_code == 1
    assert "404" in result.output


def test_a_refused_link_is_2_and_says_why() -> None:
    result = run("http://10.0.0.1/")
    assert result.exit_code == 2
    assert "private network address" in result.output


def test_an_unknown_link_is_3() -> None:
    with site(answer(429, "later")) as there:
        assert run(*allowed(there)).exit_code == 3


@pytest.mark.parametrize("arguments", [(), ("--no-such-option", "http://example.com/"), ("a", "b")])
def test_wrong_usage_is_64(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 64
    assert "Usage:" in result.output


def test_local_exceptions_are_for_development_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ENVIRONMENT": "production", "SECRET_KEY": "x" * 40, "BASE_URL": "https://example.com", "SMTP_HOST": "mail",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    result = run("http://127.0.0.1:8701/", "--allow-local", "127.0.0.1:8701")
    assert result.exit_code == 64
    assert "development only" in result.output
