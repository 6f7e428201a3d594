"""`make bench`: every benchmark in turn; each prints ratios against a reference measured in the same run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent
POSTGRES = [sys.executable, "-m", "tests.support.postgres", "--"]
PYTHON = sys.executable
RUNS = [
    ("Ranking", [PYTHON, "bench/rank_bids.py"]),
    ("Ranking one job again and storing it, on PostgreSQL", [*POSTGRES, PYTHON, "-m", "bench.rescore"]),
    ("Pages on 10,000 jobs, SQLite", [PYTHON, "-m", "bench.pages"]),
    ("Checking links, engine only", [PYTHON, "-m", "bench.check_links", "--links", "5000", "--rounds", "2"]),
    ("Originality among a million prototypes", [PYTHON, "-m", "bench.originality"]),
    ("Checking links, rows due to verdicts stored, on PostgreSQL", [*POSTGRES, PYTHON, "-m", "bench.check_rows"]),
    ("Memory of the worker that checks links, on PostgreSQL", [*POSTGRES, PYTHON, "-m", "bench.check_memory"]),
]


def main() -> None:
    if not shutil.which("wrk") and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, stdout=subprocess.DEVNULL)
    failed = []
    for title, command in RUNS:
        print(f"\n=== {title}", flush=True)
        if subprocess.run(command, cwd=BENCH.parent, check=False).returncode:
            failed.append(title)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
