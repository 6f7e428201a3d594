"""`marketplace rank` replays a rank from a file, and says what is wrong with a file that it can't read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.ranking.command import rank
from marketplace.ranking.weights import CURRENT, V1, as_json

JOB = {"budget_min": 200000, "budget_max": 350000, "currency": "EUR", "requirements": 12}
STRONG = {
    "id": "a", "price": 290000, "days": 18, "go_live_hours": 6, "match": 0.8, "submitted_at": "2026-01-02T03:04:05Z",
    "reviews": {"positive": 13, "total": 14}, "prototype": {"state": "live", "met": 11, "measured": 12, "polish": 0.9},
}  # fmt: skip
CHEAP = {"id": "b", "price": 190000, "prototype": None}


def test_prints_order_score_and_reasons(tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps({"job": JOB, "bids": [CHEAP, STRONG]}))
    result = CliRunner().invoke(rank, [str(file), "--weights", "v1"])
    answer = json.loads(result.output)
    assert [(bid["id"], bid["rank"]) for bid in answer["order"]] == [("a", 1), ("b", 2)]
    best = answer["order"][0]
    assert best["score"] == sum(term["points"] for term in best["terms"]) == 58_927
    assert {"name": "requirements", "points": 26_154, "why": "11 of 12 met"} in best["terms"]
    assert (answer["weights"], best["provisional"]) == ("v1", False)


def test_reads_one_job_a_line() -> None:
    lines = "\n".join(json.dumps({"job": JOB, "bids": [bid]}) for bid in (STRONG, CHEAP))
    result = CliRunner().invoke(rank, ["-", "--jsonl"], input=lines)
    assert [json.loads(line)["order"][0]["id"] for line in result.output.splitlines()] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "facts: Invalid JSON"),
        (json.dumps({"job": JOB, "bids": [{"id": "a"}]}), "bids.0.price: Field required"),
        (json.dumps({"job": JOB, "bids": [CHEAP, CHEAP]}), "two bids have the same id"),
        (json.dumps({"job": JOB, "bids": [CHEAP | {"price": -1}]}), "bids.0.price"),
        (
            json.dumps({"job": JOB, "bids": [CHEAP | {"prototype": {"state": "live", "met": 3, "measured": 2}}]}),
            "met is above measured",
        ),
        (json.dumps({"job": JOB | {"budget_min": 9 * 10**6}, "bids": []}), "budget_min is above budget_max"),
        (
            json.dumps({"job": JOB, "bids": [CHEAP | {"colour": "red"}]}),
            "bids.0.colour: Extra inputs are not permitted",
        ),
        (json.dumps({"job": JOB, "bids": [CHEAP | {"match": "0.5"}]}), "bids.0.match: Input should be a valid number"),
        (json.dumps({"job": JOB, "bids": [CHEAP | {"match": float("nan")}]}), "bids.0.match"),
        (json.dumps({"job": JOB, "bids": [CHEAP | {"promises": {"kept": 2, "total": 1}}]}), "kept is above total"),
        (
            json.dumps({"job": JOB, "bids": [CHEAP | {"contracts": {"completed": 1.5, "total": 1}}]}),
            "completed is above total",
        ),
        (
            json.dumps({"job": JOB, "bids": [CHEAP | {"reviews": {"positive": 0.1234, "total": 1}}]}),
            "bids.0.reviews.positive: should have three decimals at most",
        ),
        (json.dumps({"job": JOB, "bids": [CHEAP | {"submitted_at": 1}]}), "bids.0.submitted_at: should be a date"),
        (json.dumps({"job": JOB, "bids": [CHEAP | {"submitted_at": "2026-01-02T03:04:05"}]}), "timezone"),
        (json.dumps({"job": JOB, "bids": [CHEAP | {"prototype": []}]}), "bids.0.prototype: Input should be an object"),
        (json.dumps({"job": JOB, "bids": [{}] * 1000}), "and 1997 more"),
        (json.dumps({"job": JOB, "bids": [CHEAP | {"two\nlines": 1}]}), "bids.0.two?lines"),
        ("[" * 100_000, "recursion limit"),
        (b"\xff\xfe", "Invalid JSON"),
    ],
)
def test_facts_that_cannot_be_read_get_one_clear_line(text: str | bytes, complaint: str) -> None:
    result = CliRunner().invoke(rank, ["-"], input=text)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: standard input: ")
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_wrong_line_is_named_after_the_ranks_of_those_before_it() -> None:
    lines = [json.dumps({"job": JOB, "bids": [CHEAP]}), "", json.dumps({"job": JOB})]
    result = CliRunner().invoke(rank, ["-", "--jsonl"], input="\n".join(lines))
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr == "Error: standard input, line 3: bids: Field required\n"


def test_a_line_ends_at_a_line_feed_only_and_a_mark_at_the_start_is_ignored() -> None:
    job = json.dumps({"job": JOB | {"id": "a\u2028b"}, "bids": []}, ensure_ascii=False)
    result = CliRunner().invoke(rank, ["-", "--jsonl"], input=b"\xef\xbb\xbf" + job.encode())
    assert json.loads(result.stdout) == {"weights": CURRENT.version, "order": []}


def test_a_rank_by_fitted_weights_replays_from_their_file(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text(json.dumps({"weights": as_json(replace(V1, version="fit-1", match=0)), "report": {}}))
    job = json.dumps({"job": JOB, "bids": [CHEAP | {"match": 1.0}]})
    answer = json.loads(CliRunner().invoke(rank, ["-", "--weights", str(file)], input=job).stdout)
    points = {term["name"]: term["points"] for term in answer["order"][0]["terms"]}
    assert (answer["weights"], points["match"], len(points)) == ("fit-1", 0, 7)


@pytest.mark.parametrize("text", ["[]", "{", '{"weights": {"version": "x"}}', '{"weights": []}'])
def test_a_file_that_holds_no_weights_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "weights.json"
    file.write_text(text)
    result = CliRunner().invoke(rank, ["-", "--weights", str(file)], input="{}")
    assert (result.exit_code, result.stderr) == (1, f"Error: {file}: these are no weights\n")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(rank, [str(tmp_path / "none.json")])
    assert (result.exit_code, result.stderr) == (1, f"Error: {tmp_path / 'none.json'}: No such file or directory\n")


@pytest.mark.parametrize("arguments", [[], ["-", "--weights", "v0"], ["-", "--colour"], ["-", "-", "-"]])
def test_wrong_usage_has_an_exit_code_of_its_own(arguments: list[str]) -> None:
    assert CliRunner().invoke(rank, arguments).exit_code == 64
