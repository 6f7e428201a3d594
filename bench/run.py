"""`make bench`: every benchmark in turn, each beside a reference of the same run; ends with the table of goals."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).resolve().parent
POSTGRES = [sys.executable, "-m", "tests.support.postgres", "--"]
PYTHON = sys.executable
RUNS = [
    ("Ranking", [PYTHON, "bench/rank_bids.py"]),
    ("Ranking one job again and storing it, on PostgreSQL", [*POSTGRES, PYTHON, "-m", "bench.rescore"]),
    ("Pages on 10,000 jobs, SQLite", [PYTHON, "-m", "bench.pages"]),
    ("Checking links, engine only", [PYTHON, "-m", "bench.check_links", "--links", "5000", "--rounds", "3"]),
    ("Originality among a million prototypes", [PYTHON, "-m", "bench.originality"]),
    ("Checking links, rows due to verdicts stored, on PostgreSQL", [*POSTGRES, PYTHON, "-m", "bench.check_rows"]),
    ("Memory of the worker that checks links, on PostgreSQL", [*POSTGRES, PYTHON, "-m", "bench.check_memory"]),
    ("Rendering with the audits", [PYTHON, "-m", "bench.rendering"]),
]
PROGRAMS = {"wrk": "wrk", "nginx": "nginx-light", "chromium-headless-shell": "chromium-headless-shell"}
"""Program -> Debian package."""


@dataclass(frozen=True)
class Goal:
    """One line of the table: what to look for in the output, and how much it should be."""

    title: str
    pattern: str
    at_least: float = 0
    at_most: float = float("inf")

    def row(self, output: str) -> str:
        """The worst figure of those printed counts."""
        figures = [float(one.replace(",", "")) for one in re.findall(self.pattern, output)]
        goal = f">= {self.at_least:g}" if self.at_least else f"<= {self.at_most:g}"
        if not figures:
            return f"{self.title:<52}{goal:>10}{'none':>10}  not measured"
        found = min(figures) if self.at_least else max(figures)
        reached = "yes" if self.at_least <= found <= self.at_most else "no"
        return f"{self.title:<52}{goal:>10}{found:>10g}  {reached}"


GOALS = [
    Goal("engine / lychee, fresh HTTP", r"fresh HTTP: engine / lychee = ([\d.]+)", at_least=1.0),
    Goal("engine / lychee, fresh TLS, verified", r"fresh TLS: engine / lychee = ([\d.]+)", at_least=0.8),
    Goal("end to end on PostgreSQL / lychee", r"end to end on PostgreSQL / lychee = ([\d.]+)", at_least=0.5),
    Goal("memory of a worker, rows due up to 100,000, MB", r"before, (\d+) MB at most", at_most=100),
    Goal("10,000 bids ranked and stored, seconds", r"10,000 bids of one job ranked .* ([\d.]+) s", at_most=2),
    Goal("originality lookup among a million, ms", r"index +([\d.]+) ms", at_most=10),
    Goal("rendering, fresh browser, pages a minute a core", r"\n  fresh +(\d+) pages", at_least=100),
    Goal("rendering, warm browser, pages a minute a core", r"\n  warm +(\d+) pages", at_least=140),
    Goal("rendering, four tabs, MB", r"four tabs .* (\d+) MB", at_most=370),
]


def main() -> None:
    for program, package in PROGRAMS.items():
        if not shutil.which(program) and shutil.which("apt-get"):
            command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    failed: list[str] = []
    output = ""
    for title, command in RUNS:
        print(f"\n=== {title}", flush=True)
        code, printed = _run(command)
        output += printed
        if code:
            failed.append(title)
    print(f"\n{'goal':<52}{'':>10}{'found':>10}  reached")
    for goal in GOALS:
        print(goal.row(output))
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


def _run(command: list[str]) -> tuple[int, str]:
    """Its exit code and what it printed, which is shown as it comes."""
    lines: list[str] = []
    with subprocess.Popen(command, cwd=BENCH.parent, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode, "".join(lines)


if __name__ == "__main__":
    main()
