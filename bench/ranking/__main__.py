"""`python -m bench.ranking`: run the study, print its tables, draw the plots, renew the figures in docs/."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from bench.ranking import report
from bench.ranking.sensitivity import turned
from bench.ranking.study import Size, fitted_on, goals, learning, markets, rankings, tripled
from marketplace.ranking.weights import NAMES, V2

DOCS = Path(__file__).resolve().parents[2] / "docs"
FEW_JOBS = Size(training=400, trial=200, part=0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few jobs, and nothing is written")
    quick = parser.parse_args().quick
    started = time.perf_counter()
    tables, drawings = study(FEW_JOBS if quick else Size())
    for name, text in tables.items():
        print(f"\n{name}\n{text}")
    if not quick:
        write(tables, drawings)
    print(f"\n{time.perf_counter() - started:.0f} seconds")


def study(size: Size) -> tuple[dict[str, str], dict[str, str]]:
    """(tables by the name of their markers, plots by file name)."""
    pair = markets(size)
    on_a, on_b = (fitted_on(market.training, name) for market, name in zip(pair, ("v2", "fitted on B"), strict=True))
    results = [rankings(market, on_a.weights, on_b.weights) for market in pair]
    found = [goal for result in results for goal in goals(result, tripled(result.market, size), on_a.weights)]
    rows = list(turned(on_a.weights, size))
    sizes = [jobs for jobs in (250, 500, 1_000, 2_000) if jobs <= size.training]
    shipped = all(getattr(V2, name) == getattr(on_a.weights, name) for name in NAMES)
    print(f"The weights in use are{'' if shipped else ' NOT'} those fitted on market A.")
    tables = {
        "study-plain": report.plain(results),
        **{f"study-{result.market.name}": report.ways(result) for result in results},
        "study-goals": report.goals(found),
        "study-weights": report.weights(on_a, on_b),
        "study-learning": report.learning(learning(pair, sizes)),
        "study-sensitivity": report.turned(rows),
    }
    return tables, report.drawings(results, rows)


def write(tables: dict[str, str], drawings: dict[str, str]) -> None:
    """Into docs/: the plots, and each table between its markers."""
    for name, text in tables.items():
        document = DOCS / ("ranking.md" if name == "study-plain" else "ranking-study.md")
        document.write_text(report.put(document.read_text(), name, text))
    (DOCS / "ranking").mkdir(exist_ok=True)
    for file, drawing in drawings.items():
        (DOCS / "ranking" / file).write_text(drawing)


if __name__ == "__main__":
    main()
