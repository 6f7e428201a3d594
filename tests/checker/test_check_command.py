"""`marketplace check` says what the worker would, in words, in JSON and by its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.checker.command import check
from marketplace.checker.record import CheckRecord
from tests.support.sites import Site, answer, html, site


def run(*arguments: str) -> Result:
    return CliRunner().invoke(check, list(arguments))


def allowed(there: Site) -> tuple[str, ...]:
    return (there.url, "--allow-local", there.place)


def test_live_link_exits_0_with_a_readable_report() -> None:
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


def test_broken_link_exits_1() -> None:
    with site(answer(404, "no")) as there:
        result = run(*allowed(there))
    assert result.exit_code == 1
    assert "404" in result.output


def test_refused_link_exits_2_and_says_why() -> None:
    result = run("http://10.0.0.1/")
    assert result.exit_code == 2
    assert "private network address" in result.output


def test_unknown_link_exits_3() -> None:
    with site(answer(429, "later")) as there:
        assert run(*allowed(there)).exit_code == 3


@pytest.mark.parametrize("arguments", [(), ("--no-such-option", "http://example.com/"), ("a", "b")])
def test_wrong_usage_exits_64(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 64
    assert "Usage:" in result.output


def test_local_exceptions_are_for_development_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ENVIRONMENT": "production", "SECRET_KEY": "x" * 40, "RECEIPT_KEY": "ab" * 32,
        "BASE_URL": "https://example.com", "SMTP_HOST": "mail", "ALLOW_SANDBOX_PAYMENTS": "true",
        "DATABASE_URL": "postgresql://database/prebuilt", "REDIS_URL": "redis://broker",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    result = run("http://127.0.0.1:8701/", "--allow-local", "127.0.0.1:8701")
    assert result.exit_code == 64
    assert "development only" in result.output


def test_missing_browser_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "/nowhere")
    with site(html("<h1>Hello</h1>")) as there:
        rendering = CheckRecord.from_json(run(*allowed(there), "--render", "--json").output).rendering
    assert rendering
    assert "There is no browser at /nowhere; set BROWSER to" in rendering.sentence


def spec(tmp_path: Path, text: str) -> str:
    path = tmp_path / "spec.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_jobs_lines_are_tried(tmp_path: Path) -> None:
    lines = '{"requirements": [{"kind": "text", "value": "Hello"}, {"kind": "free", "value": "It feels friendly"}]}'
    with site(html("<h1>Hello</h1>")) as there:
        record = CheckRecord.from_json(run(*allowed(there), "--json", "--job", spec(tmp_path, lines)).output)
    assert [(finding.kind, finding.outcome) for finding in record.requirements] == [("text", "met")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON"),
        ("{}", "requirements"),
        ('{"requirements": [{"value": "x"}]}', "requirements.0.kind"),
        ('{"requirements": [{"kind": "shape"}]}', "requirements.0: no kind of requirement is called 'shape'"),
        ('{"requirements": [{"kind": "phone"}, {"kind": "text"}]}', "requirements.1: text: Enter the text"),
        ('{"requirements": [{"kind": "text", "value": " "}]}', "text: Enter the text"),
        ('{"requirements": [{"kind": "page", "value": "prices"}]}', "page: Enter a path"),
        ('{"requirements": [{"kind": "load_time", "value": "-1"}]}', "load_time: Enter seconds"),
        ('{"requirements": [{"kind": "font"}]}', "font: Enter one font's name"),
        ('{"requirements": [{"kind": "language", "value": "english!"}]}', "language: Enter a language tag"),
        ('{"requirements": [{"kind": "free"}]}', "free: Write what must be true"),
    ],
)
def test_a_wrong_spec_is_named(tmp_path: Path, text: str, words: str) -> None:
    result = run("http://example.com/", "--job", spec(tmp_path, text))
    assert result.exit_code == 64
    assert words in result.output


def test_spec_that_is_not_utf_8_exits_64(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_bytes(b'{"requirements": [{"kind": "text", "value": "caf\xe9"}]}')
    result = run("http://example.com/", "--job", str(path))
    assert result.exit_code == 64
    assert "isn't UTF-8" in result.output


def test_a_spec_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    with site(html("<h1>Hello</h1>")) as there:
        result = run(*allowed(there), "--job", spec(tmp_path, '\ufeff{"requirements": []}'))
    assert result.exit_code == 0


def test_a_list_is_checked_one_record_a_line_with_a_summary(tmp_path: Path) -> None:
    links = tmp_path / "links.txt"
    with site({"/": html("<h1>Hello</h1>")}) as there:
        links.write_text(f"# ours\n{there.url}\n\n{there.url}nothing\nhttp://10.0.0.1/\n")
        result = run("--file", str(links), "--jsonl", "--allow-local", there.place)
    states = sorted(CheckRecord.from_json(line).state for line in result.stdout.splitlines())
    assert states == ["broken", "live", "refused"]
    assert "3 links in" in result.stderr
    assert result.exit_code == 1


def test_a_line_that_isnt_utf_8_is_refused_by_itself(tmp_path: Path) -> None:
    links = tmp_path / "links.txt"
    with site(html("<h1>Hello</h1>")) as there:
        links.write_bytes(f"{there.url}\n{there.url}caf".encode() + b"\xe9\n" + there.url.encode())
        result = run("--file", str(links), "--jsonl", "--allow-local", there.place)
    records = [CheckRecord.from_json(line) for line in result.stdout.splitlines()]
    assert sorted(record.reason for record in records) == ["answered", "answered", "not_a_url"]
    assert "3 links in" in result.stderr


def test_byte_order_mark_is_not_part_of_a_link(tmp_path: Path) -> None:
    links = tmp_path / "links.txt"
    with site(html("<h1>Hello</h1>")) as there:
        links.write_text(there.url, encoding="utf-8-sig")
        assert run("--file", str(links), "--allow-local", there.place).exit_code == 0


@pytest.mark.parametrize(
    "arguments", [("--file", "/nowhere"), ("--file", "-", "http://example.com/"), ("--file", "-", "--render")]
)
def test_unreadable_list_exits_64(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 64
