"""`make test`: every check in order, with progress as it goes and a one-page summary at the end."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

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


@dataclass(frozen=True)
class Step:
    """One command; `suite` names its JUnit report when it runs tests."""

    title: str
    command: list[str]
    suite: str = ""


@dataclass(frozen=True)
class Outcome:
    step: Step
    ok: bool
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def pytest_step(title: str, suite: str, *arguments: str, postgres: bool = False) -> Step:
    report = REPORTS / f"{suite}.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "--durations=5", *arguments]
    if postgres:
        few = ["env", "HYPOTHESIS_PROFILE=quick"]  # many examples were tried on SQLite
        command = [*few, sys.executable, "-m", "tests.support.postgres", "--", *command]
    return Step(title, command, suite)


STATIC = [
    Step("Lint (ruff)", [str(BIN / "ruff"), "check", "."]),
    Step("Format (ruff)", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    Step("Types (basedpyright, strict)", [str(BIN / "basedpyright")]),
    Step("Imports (import-linter)", [str(BIN / "lint-imports")]),
]
QUICK = [
    *STATIC,
    pytest_step("Unit tests", "unit", "-n", "2", "tests/unit", "tests/checker", "tests/architecture"),
]
SUITES = ["tests/web", "tests/workers"]
WITH_ROWS = [
    f"tests/unit/{room}"
    for room in ("accounts", "contracts", "bids", "core", "disputes", "jobs", "payments", "reviews", "watches")
] + ["tests/unit/prototypes/test_services.py"]
"""Unit tests that touch the database, so that they run on PostgreSQL too."""
FULL = [
    *STATIC,
    pytest_step("Unit and property tests", "unit", "-n", "2", "tests/unit", "tests/checker", "tests/architecture"),
    pytest_step("Web and worker tests on SQLite", "sqlite", "-n", "2", *SUITES),
    pytest_step(
        "Web, worker and database tests on PostgreSQL", "postgres", "-n", "2", *SUITES, *WITH_ROWS, postgres=True
    ),
    pytest_step("Prototypes seen in a browser", "render", "-n", "2", "--dist=loadgroup", "tests/render"),
    pytest_step("Faults: parts killed and restarted", "faults", "-n", "2", "--dist=loadfile", "tests/faults"),
    pytest_step("The wheel, installed without a checkout", "wheel", "tests/wheel"),
    pytest_step("The story in a browser", "browser", "-n", "2", "--dist=loadfile", "tests/browser"),
]


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


def carry_out(step: Step, number: int, total: int) -> Outcome:
    print(f"\n[{number}/{total}] {step.title}", flush=True)
    started = time.monotonic()
    code = subprocess.run(step.command, cwd=ROOT, check=False).returncode
    seconds = time.monotonic() - started
    if not step.suite:
        return Outcome(step, code == 0, seconds)
    passed, failed, skipped = _counts(REPORTS / f"{step.suite}.xml")
    may_skip = os.environ.get("CI") != "true"
    return Outcome(step, code == 0 and passed > 0 and (may_skip or not skipped), seconds, passed, failed, skipped)


def _counts(report: Path) -> tuple[int, int, int]:
    if not report.exists():
        return 0, 1, 0
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314 (our own report)
    total, errors, failures, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "errors", "failures", "skipped")
    )
    return total - errors - failures - skipped, errors + failures, skipped


def summary(outcomes: list[Outcome]) -> bool:
    print("\n" + "=" * 78)
    for outcome in outcomes:
        tests = f"{outcome.passed} passed, {outcome.failed} failed" if outcome.step.suite else ""
        tests += f", {outcome.skipped} skipped" if outcome.skipped else ""
        print(f"{'ok    ' if outcome.ok else 'FAILED'} {outcome.seconds:6.1f} s  {outcome.step.title:<46} {tests}")
    print("=" * 78)
    ok = all(outcome.ok for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes) + sum(
        not outcome.ok and not outcome.failed for outcome in outcomes
    )
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed")
    return ok


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
    steps = QUICK if quick else FULL
    outcomes = [carry_out(step, number, len(steps)) for number, step in enumerate(steps, 1)]
    sys.exit(0 if summary(outcomes) else 1)


if __name__ == "__main__":
    main()
