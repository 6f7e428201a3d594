"""The study's figures as tables and plots, put between markers into the documents that quote them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.ranking import plots
from bench.ranking.figures import Estimate, Figures, mean, ratio
from bench.ranking.sensitivity import AS_IT_IS, Turned
from bench.ranking.study import Curve, Goal, Rankings
from marketplace.ranking.fit import Fitted
from marketplace.ranking.weights import NAMES

WAYS = {
    "random": "by chance", "newest": "newest first", "price": "cheapest first", "rating": "share of good reviews",
    "wilson": "the same, Wilson's lower bound", "shrunk": "the same, shrunk", "polish": "polish of the prototype",
    "v1": "Prebuilt, weights of v1", "on A": "Prebuilt, fitted on A (v2)", "on B": "Prebuilt, fitted on B",
    "no prototypes": "v2 without prototypes", "bound, no prototypes": "bound without prototypes",
    "uncapped": "v2's terms, no caps or floors", "terms": "v2's terms, freely combined",
    "bound": "upper bound (LambdaMART)",
}  # fmt: skip
"""Every way to rank, in the order of tables and plots."""
PLAIN = ("random", "newest", "price", "rating", "polish", "on A", "bound")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; all but the first column stand to the right."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, rule, *rows))


def figure(one: Estimate, digits: int = 3) -> str:
    """A figure with its interval."""
    return f"{one.value:.{digits}f} ({one.low:.{digits}f} to {one.high:.{digits}f})"


def plain(pair: Sequence[Rankings]) -> str:
    """The short table for the people ranked."""
    rows = [
        [WAYS[name].removesuffix(" (v2)").replace("Prebuilt, fitted on A", "**Prebuilt**")]
        + [
            text
            for result in pair
            for text in (f"{result.figures[name].ndcg.mean():.2f}", f"{result.figures[name].first.mean():.0%}")
        ]
        for name in PLAIN
    ]
    return table(["order by", "A: NDCG@3", "A: best bid first", "B: NDCG@3", "B: best bid first"], rows)


def ways(result: Rankings) -> str:
    """All ways to rank on one market."""
    rows = [[label, *_way(result.figures[name])] for name, label in WAYS.items()]
    heads = [f"market {result.market.name}", "NDCG@3", "best first, times chance", "loss of the first",
             "newcomers, page", "newcomers, first three"]  # fmt: skip
    return table(heads, rows)


def _way(of: Figures) -> list[str]:
    return [
        figure(mean(of.ndcg)),
        figure(ratio(of.first, of.chance), 2),
        figure(mean(of.loss), 2),
        f"{ratio(of.exposure, of.merit).value:.2f}",
        f"{ratio(of.shown, of.shown_merit).value:.2f}",
    ]


def goals(found: Sequence[Goal]) -> str:
    """Each goal on both markets."""
    rows: list[list[str]] = []
    for one in found:
        limits = [
            f"{word} {limit:g}" for word, limit in (("at least", one.least), ("at most", one.most)) if limit is not None
        ]
        rows.append([one.text, one.market, " and ".join(limits), figure(one.figure), one.verdict])
    return table(["goal", "market", "asked", "measured", "result"], rows)


def turned(rows: Sequence[Turned]) -> str:
    """The table of sensitivity."""
    cells = [
        [one.text, one.market, f"{one.links:.0%}", figure(one.ours), f"{one.ours.value / one.bound.value:.2f}",
         f"{one.ours.value - one.price.value:+.2f}", f"{one.without.value - one.ours.value:+.2f}"]
        for one in rows
    ]  # fmt: skip
    heads = ["what is turned", "market", "bids with a link", "NDCG@3 of v2", "over the bound", "against cheapest first",
             "without prototypes"]  # fmt: skip
    return table(heads, cells)


def learning(curves: Sequence[Curve]) -> str:
    """How many decided jobs a fit needs."""
    rows = [[f"{curve.jobs:,}", *(figure(one) for one in curve.on)] for curve in curves]
    return table(["decided jobs of market A", "NDCG@3 on A", "NDCG@3 on B"], rows)


def weights(on_a: Fitted, on_b: Fitted) -> str:
    """The fitted weights and how well they foretell choices held out."""
    rows = [[name, *(f"{getattr(one.weights, name) / 1000:g}" for one in (on_a, on_b))] for name in NAMES]
    for text, field in (("chosen bid first, weights at the start", "start"), ("the same, fitted weights", "fitted")):
        rows.append([text, *(f"{getattr(one.report, field).top_1:.0%}" for one in (on_a, on_b))])
    rows.append(
        ["gain in log-likelihood a job", *(f"{o.report.gain:.3f} ± {o.report.gain_error:.3f}" for o in (on_a, on_b))]
    )
    return table(["points at most", "fitted on A", "fitted on B"], rows)


def drawings(pair: Sequence[Rankings], rows: Sequence[Turned]) -> dict[str, str]:
    """File name -> SVG."""
    markets = [f"market {result.market.name}" for result in pair]
    by_ndcg = [
        plots.Dots(label, tuple(mean(result.figures[name].ndcg) for result in pair), is_ours=name == "on A")
        for name, label in WAYS.items()
    ]
    by_newcomers = [
        plots.Dots(
            label,
            tuple(ratio(r.figures[name].exposure, r.figures[name].merit) for r in pair),
            is_ours=name == "on A",
        )
        for name, label in WAYS.items()
    ]
    panes = [(f"Market {name}", _links(name, rows)) for name in ("A", "B")]
    return {
        "ways.svg": plots.dots("How well each order finds the best bids (NDCG@3)", by_ndcg, markets,
                               (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
        "newcomers.svg": plots.dots("How often newcomers are seen, against what they merit", by_newcomers, markets,
                                    (0.6, 0.8, 1.0, 1.2), band=(0.9, 1.1)),
        "links.svg": plots.panels("What prototypes add, by how many bids have one (NDCG@3)",
                                  "share of bids with a link", panes, (0.5, 0.6, 0.7, 0.8, 0.9)),
    }  # fmt: skip


def _links(market: str, rows: Sequence[Turned]) -> list[plots.Line]:
    chosen = sorted(
        (row for row in rows if row.market == market and (row.text == AS_IT_IS or row.text.startswith("links"))),
        key=lambda row: row.links,
    )
    return [
        plots.Line("upper bound", [(row.links, row.bound) for row in chosen], 2),
        plots.Line("Prebuilt (v2)", [(row.links, row.ours) for row in chosen], 0),
        plots.Line("v2, no prototypes", [(row.links, row.without) for row in chosen], 1),
    ]


def put(document: str, name: str, body: str) -> str:
    """The document with `body` between its markers of that name; raises ValueError where they are missing."""
    pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
    text, count = re.subn(pattern, lambda found: f"{found[1]}{body}\n{found[2]}", document, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"the markers of {name} are there {count} times")
    return text
