"""`make test`: every check, what waits beside what computes, with progress and a one-page summary at the end."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Lock

from tests.support.reports import Failure, Report, read_report

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "reports"
BIN = Path(sys.executable).parent
PACKAGES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "chromium-headless-shell": ("chromium-headless-shell",),
    "pgbouncer": ("pgbouncer", "/usr/sbin/pgbouncer"),
    "libfaketime": ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"),
    "postgresql": ("/usr/lib/postgresql",),
}
"""Debian package -> any of these programs or folders means that it is there."""


PROGRESS_SECONDS = 30
SLOWEST = 10
BOTH_ENGINES = "pytest.mark.both_engines"
_PERCENT = re.compile(rb"\[ *(\d+)%\]")


@dataclass(frozen=True)
class Step:
    """One command; `suite` names its JUnit report when it runs tests."""

    title: str
    command: list[str]
    suite: str = ""

    @property
    def log(self) -> Path:
        """What it says, until it is printed as a whole."""
        return REPORTS / f"{self.suite or Path(self.command[0]).name}-{abs(hash(self.title))}.txt"


@dataclass(frozen=True)
class Outcome:
    step: Step
    ok: bool
    seconds: float
    report: Report


def pytest_step(title: str, suite: str, *arguments: str, postgres: bool = False) -> Step:
    report = REPORTS / f"{suite}.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "--durations=5", *arguments]
    if postgres:
        few = ["env", "HYPOTHESIS_PROFILE=quick"]  # many examples were tried on SQLite
        command = [*few, sys.executable, "-m", "tests.support.postgres", "--", *command]
    return Step(title, command, suite)


def tests_of_both_engines() -> list[str]:
    """The modules with tests that run on PostgreSQL too; tests/architecture/test_both_engines.py says which have to."""
    folders = (ROOT / "tests" / name for name in ("unit", "web", "workers"))
    modules = (path for folder in folders for path in sorted(folder.rglob("test_*.py")))
    return [str(path.relative_to(ROOT)) for path in modules if BOTH_ENGINES in path.read_text()]


STATIC = [
    Step("Lint (ruff)", [str(BIN / "ruff"), "check", "."]),
    Step("Format (ruff)", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    Step("Templates (djlint)", [str(BIN / "djlint"), "--check", "--lint", "--quiet", "templates"]),
    Step("Types (basedpyright, strict)", [str(BIN / "basedpyright")]),
    Step("Imports (import-linter)", [str(BIN / "lint-imports")]),
]
UNIT = ["tests/unit", "tests/checker", "tests/architecture"]
QUICK = [[*STATIC, pytest_step("Unit tests", "unit", "-n", "2", *UNIT)]]
WAITING = [
    pytest_step("Prototypes seen in a browser", "render", "-n", "2", "--dist=loadgroup", "tests/render"),
    pytest_step("Faults: parts killed and restarted", "faults", "-n", "2", "--dist=loadfile", "tests/faults"),
    pytest_step("The wheel, installed without a checkout", "wheel", "tests/wheel"),
    pytest_step("The story in a browser", "browser", "-n", "2", "--dist=loadfile", "tests/browser"),
]
"""Real processes, which wait for each other much of the time."""
COMPUTING = [
    *STATIC,
    pytest_step("Unit, web and worker tests on SQLite", "sqlite", "-n", "2", *UNIT, "tests/web", "tests/workers"),
    pytest_step(
        "What depends on the engine, on PostgreSQL", "postgres", "-n", "2", "-m", "both_engines",
        *tests_of_both_engines(), postgres=True,
    ),
]  # fmt: skip
"""They take what the others leave of the processors."""
FULL = [WAITING, COMPUTING]


def install_packages() -> None:
    """Install what only the system can give (a browser, PostgreSQL), where that is possible without asking."""
    missing = [
        name for name, signs in PACKAGES.items() if not any(shutil.which(sign) or Path(sign).exists() for sign in signs)
    ]
    if not missing or not shutil.which("apt-get"):
        return
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print(f"Installing {', '.join(missing)} with apt (once) ...", flush=True)
    subprocess.run([*root, "apt-get", "update", "-qq"], check=False)
    install = [
        *root,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
    ]
    subprocess.run([*install, *missing], check=False, stdout=subprocess.DEVNULL)


def carry_out(step: Step, yielding: bool, printing: Lock) -> Outcome:
    """Run a step to its end, tell every half minute how far it is, and print all that it said at once."""
    started = time.monotonic()
    command = ["nice", "-n", "5", *step.command] if yielding else step.command
    with step.log.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    while True:
        try:
            code = process.wait(PROGRESS_SECONDS)
            break
        except subprocess.TimeoutExpired:
            with printing:
                print(f"... {time.monotonic() - started:5.0f} s  {step.title}{_how_far(step.log)}", flush=True)
    seconds = time.monotonic() - started
    report = read_report(REPORTS / f"{step.suite}.xml") if step.suite else Report(0, 0, (), ())
    may_skip = os.environ.get("CI") != "true"
    ok = code == 0 and (not step.suite or report.passed > 0) and (may_skip or not report.skipped)
    with printing:
        print(f"\n{'ok' if ok else 'FAILED'} after {seconds:.0f} s: {step.title}", flush=True)
        sys.stdout.buffer.write(step.log.read_bytes())
        sys.stdout.flush()
    return Outcome(step, ok, seconds, report)


def _how_far(log: Path) -> str:
    percents = _PERCENT.findall(log.read_bytes())
    return f"  {int(percents[-1])} %" if percents else ""


def carry_out_all(lanes: Sequence[Sequence[Step]]) -> list[Outcome]:
    """Each lane in order, and the lanes beside each other; all but the first yield to it."""
    printing = Lock()

    def lane(number: int) -> list[Outcome]:
        return [carry_out(step, number > 0, printing) for step in lanes[number]]

    with ThreadPoolExecutor(len(lanes)) as pool:
        return list(chain.from_iterable(pool.map(lane, range(len(lanes)))))


def failures_of(outcome: Outcome) -> list[Failure]:
    """What to show of a step that failed: its tests, or else its own last word."""
    if outcome.ok or outcome.report.failures:
        return list(outcome.report.failures)
    said = outcome.step.log.read_text(errors="replace").strip().splitlines()
    return [Failure(outcome.step.title, said[-1] if said else "it ended without a word")]


def summary(outcomes: list[Outcome]) -> bool:
    """The last page: the slowest tests, what failed by name, and each step in a line."""
    times = sorted(chain.from_iterable(outcome.report.times for outcome in outcomes), reverse=True)
    failures = [failure for outcome in outcomes for failure in failures_of(outcome)]
    if times:
        print("\n" + "=" * 78 + f"\nThe {SLOWEST} slowest tests")
        for seconds, test in times[:SLOWEST]:
            print(f"{seconds:7.1f} s  {test}")
    if failures:
        print("\n" + "=" * 78 + "\nFailed")
        for test, error in failures:
            print(f"  {test}\n      {error}")
    print("\n" + "=" * 78)
    for outcome in outcomes:
        report = outcome.report
        tests = f"{report.passed} passed, {len(report.failures)} failed" if outcome.step.suite else ""
        tests += f", {report.skipped} skipped" if report.skipped else ""
        print(f"{'ok    ' if outcome.ok else 'FAILED'} {outcome.seconds:6.1f} s  {outcome.step.title:<46} {tests}")
    print("=" * 78)
    print(f"{sum(outcome.report.passed for outcome in outcomes)} passed, {len(failures)} failed")
    return all(outcome.ok for outcome in outcomes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="lint, types, imports and unit tests only")
    quick = parser.parse_args().quick
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes would compile all of their imports anew
    if not quick:
        install_packages()
        os.environ["HYPOTHESIS_PROFILE"] = "long"
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir()
    sys.exit(0 if summary(carry_out_all(QUICK if quick else FULL)) else 1)


if __name__ == "__main__":
    main()
