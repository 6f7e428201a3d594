"""A study of few jobs has every table and plot, and the documents quote the weights that are in use."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.ranking import report
from bench.ranking.figures import Estimate
from bench.ranking.sensitivity import AS_IT_IS, ROWS, Turned
from bench.ranking.study import Goal, Rankings, Size, goals, markets, rankings
from marketplace.ranking.weights import NAMES, V1, V2

SIZE = Size(training=60, trial=25)
DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture(scope="module")
def results() -> list[Rankings]:
    return [rankings(market, V2, V1) for market in markets(SIZE)]


def test_every_way_to_rank_has_a_row(results: list[Rankings]) -> None:
    for result in results:
        heads, rule, *rows = report.ways(result).splitlines()
        assert len(rows) == len(report.WAYS) == len(result.figures)
        assert {line.count("|") for line in (heads, rule, *rows)} == {7}


def test_chance_finds_the_best_bid_as_often_as_chance_does_and_the_bound_more_often(results: list[Rankings]) -> None:
    for result in results:
        of = result.figures
        assert of["random"].ndcg.mean() < of["bound"].ndcg.mean()
        assert of["random"].first.mean() == pytest.approx(of["random"].chance.mean(), abs=0.2)


def test_every_goal_is_judged_on_each_market(results: list[Rankings]) -> None:
    found = [goal for result in results for goal in goals(result, result.market, V2)]
    rows = report.goals(found).splitlines()[2:]
    assert len(rows) == 16
    assert all(row.split("|")[-2].strip() in {"reached", "just reached", "not reached"} for row in rows)
    assert next(row for row in rows if "gamers triple" in row).count("0.000") == 3  # the same jobs: nothing lost


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [((0.98, 0.975, 0.99), "reached"), ((0.98, 0.96, 0.99), "just reached"), ((0.96, 0.95, 0.98), "not reached")],
)
def test_a_goal_is_reached_when_its_whole_interval_is(interval: tuple[float, float, float], verdict: str) -> None:
    assert Goal("of the bound", "A", Estimate(*interval), 0.97, None).verdict == verdict


def test_plots_are_pictures_with_their_figures_in_words(results: list[Rankings]) -> None:
    one = Estimate(0.5, 0.4, 0.6)
    rows = [Turned(AS_IT_IS, market, 0.5, one, one, one, one) for market in ("A", "B")]
    for drawing in report.drawings(results, rows).values():
        root = ElementTree.fromstring(drawing)  # noqa: S314 - our own drawing
        title, described = (root.find(f"{{http://www.w3.org/2000/svg}}{name}") for name in ("title", "desc"))
        assert root.get("aria-labelledby") == "title desc"
        assert title is not None
        assert title.text
        assert described is not None
        assert re.search(r"\d\.\d\d", described.text or "")


def test_text_between_markers_is_renewed_and_missing_markers_are_told() -> None:
    assert report.put("a\n<!-- t -->\nold\n<!-- /t -->\nb", "t", "new") == "a\n<!-- t -->\nnew\n<!-- /t -->\nb"
    with pytest.raises(ValueError, match="markers of t are there 0 times"):
        report.put("a", "t", "new")


def test_the_documents_quote_a_whole_study_of_the_weights_in_use() -> None:
    text = (DOCS / "ranking-study.md").read_text()
    for name in NAMES:
        assert f"| {name} | {getattr(V2, name) / 1000:g} |" in text
    assert text.count("| as it is |") == 2
    assert text.count("| A |") >= 8 + len([row for row in ROWS if row[1]])
    for plot in re.findall(r"ranking/\w+\.svg", text + (DOCS / "ranking.md").read_text()):
        assert (DOCS / plot).is_file()
