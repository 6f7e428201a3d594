"""A spec as a plain value, independent of storage: its problems, and differences between two versions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from marketplace.checker.guard.link_syntax import link_problem
from marketplace.checker.requirement_values import problem
from marketplace.core import money
from marketplace.jobs.categories import CATEGORIES
from marketplace.jobs.requirements import MAX_REQUIREMENTS, sentence

MAX_TITLE, MAX_SPEC, MAX_SKILLS, MAX_SKILL_LENGTH = 120, 20_000, 10, 40
MIN_SPEC = 40
"""Minimum characters of a brief."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """All fields of a job; amounts in minor units, times UTC, attachments by file name."""

    title: str = ""
    category: str = ""
    spec: str = ""
    skills: tuple[str, ...] = ()
    current_site: str = ""
    currency: str = "EUR"
    budget_min: int = 0
    budget_max: int = 0
    bid_deadline: datetime | None = None
    decision_deadline: datetime | None = None
    requirements: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()
    requires_prototype: bool = False
    pool_amount: int = 0
    """Shared by those who built a working prototype when nobody is chosen; minor units."""


@dataclass(frozen=True, slots=True)
class SpecProblem:
    """A problem that prevents publication; `task` is the page on which to fix it."""

    task: str
    field: str
    message: str


LABELS = {
    "title": "Title",
    "category": "Category",
    "spec": "Brief",
    "skills": "Skills",
    "current_site": "The site as it is today",
    "currency": "Currency",
    "budget_min": "Lowest budget",
    "budget_max": "Highest budget",
    "bid_deadline": "Bids close",
    "decision_deadline": "Decision by",
    "requirements": "Requirements",
    "attachments": "Attachments",
    "requires_prototype": "Every bid needs a working prototype",
    "pool_amount": "Participation pool",
}


def problems(spec: JobSpec, now: datetime) -> list[SpecProblem]:
    """All problems that prevent publication, in the order of the pages."""
    found = [SpecProblem("describe", field, message) for field, message in _description(spec)]
    found += [SpecProblem("requirements", "requirements", message) for message in _requirements(spec)]
    found += [SpecProblem("budget", field, message) for field, message in _budget(spec, now)]
    return found


def differences(before: JobSpec, after: JobSpec) -> dict[str, dict[str, str]]:
    """Field -> {"before": text, "after": text}, for fields whose text differs."""
    pairs = {
        field.name: {"before": _text(before, field.name), "after": _text(after, field.name)}
        for field in fields(JobSpec)
    }
    return {name: pair for name, pair in pairs.items() if pair["before"] != pair["after"]}


def split_skills(typed: str) -> tuple[str, ...]:
    """Parse comma-separated skills: lower case, no duplicates, alphabetical."""
    words = (" ".join(part.lower().split()) for part in re.split(r"[,;\n]", typed))
    return tuple(sorted({word for word in words if word}))


def skills_problem(skills: tuple[str, ...]) -> str | None:
    """Why these skills can't be stored; None if they can."""
    if len(skills) > MAX_SKILLS:
        return f"Name {MAX_SKILLS} skills at most; these are {len(skills)}."
    long = next((name for name in skills if len(name) > MAX_SKILL_LENGTH), None)
    return f"“{long[:MAX_SKILL_LENGTH]}…” is too long for a skill. Separate skills with commas." if long else None


def _description(spec: JobSpec) -> Iterable[tuple[str, str]]:
    if not spec.title:
        yield "title", "Enter a title."
    if spec.category not in CATEGORIES:
        yield "category", "Choose a category."
    if len(spec.spec) < MIN_SPEC:
        yield "spec", f"Describe the work in {MIN_SPEC} characters or more."
    if message := skills_problem(spec.skills):
        yield "skills", message
    if message := link_problem(spec.current_site):
        yield "current_site", message


def _requirements(spec: JobSpec) -> Iterable[str]:
    if len(spec.requirements) > MAX_REQUIREMENTS:
        yield f"Keep {MAX_REQUIREMENTS} requirements at most; these are {len(spec.requirements)}."
    for number, (kind, value) in enumerate(spec.requirements, 1):
        if message := problem(kind, value):
            yield f"Requirement {number}: {message}"


def _budget(spec: JobSpec, now: datetime) -> Iterable[tuple[str, str]]:
    if spec.budget_max <= 0:
        yield "budget_max", "Enter the most you would pay."
    elif spec.budget_min > spec.budget_max:
        yield "budget_max", "Enter an amount that is not below the lowest."
    if spec.requires_prototype and spec.pool_amount <= 0:
        yield "pool_amount", "Enter what those who build a prototype share if you choose nobody."
    yield from deadline_problems(spec.bid_deadline, spec.decision_deadline, now)


def deadline_problems(
    bids_close: datetime | None, decision_by: datetime | None, now: datetime
) -> Iterable[tuple[str, str]]:
    """(field, message) for deadlines that are missing, past, or in the wrong order."""
    if bids_close is None:
        yield "bid_deadline", "Enter when bids close."
    elif bids_close <= now:
        yield "bid_deadline", "Enter a time in the future for when bids close."
    if decision_by is None:
        yield "decision_deadline", "Enter by when you decide."
    elif bids_close is not None and decision_by <= bids_close:
        yield "decision_deadline", "Enter a time after bids close for your decision."


def _text(spec: JobSpec, name: str) -> str:
    match name:
        case "budget_min" | "budget_max" | "pool_amount":
            return money.display(getattr(spec, name), spec.currency)
        case "requires_prototype":
            return "Yes" if spec.requires_prototype else "No"
        case "bid_deadline" | "decision_deadline":
            moment: datetime | None = getattr(spec, name)
            return f"{moment:%-d %b %Y, %H:%M} UTC" if moment else ""
        case "requirements":
            return "\n".join(sentence(kind, value) for kind, value in spec.requirements)
        case "skills" | "attachments":
            return ", ".join(getattr(spec, name))
        case "category":
            return CATEGORIES.get(spec.category, spec.category)
        case _:
            return getattr(spec, name)
