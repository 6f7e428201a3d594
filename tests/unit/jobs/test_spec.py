"""Problems of a spec, and differences from an earlier one."""

from dataclasses import replace
from datetime import timedelta

from marketplace.jobs.spec import JobSpec, SpecProblem, differences, problems, skills_problem, split_skills
from tests.support.factories import START

WHOLE = JobSpec(
    title="Booking site",
    category="web",
    spec="Members book a slot in three taps, on a phone, with one hand.",
    skills=("css", "python"),
    budget_min=200_000,
    budget_max=350_000,
    bid_deadline=START + timedelta(days=7),
    decision_deadline=START + timedelta(days=14),
    requirements=(("page", "/prices"),),
)


def missing(**changes: object) -> list[str]:
    return [found.field for found in problems(replace(WHOLE, **changes), START)]  # type: ignore[arg-type]


def test_complete_spec_has_no_problems() -> None:
    assert problems(WHOLE, START) == []


def test_requirements_skills_and_attachments_are_optional() -> None:
    assert missing(requirements=(), skills=(), attachments=()) == []


def test_empty_spec_lists_problems_in_order_of_pages() -> None:
    found = [(problem.task, problem.field) for problem in problems(JobSpec(), START)]
    assert found == [
        ("describe", "title"),
        ("describe", "category"),
        ("describe", "spec"),
        ("budget", "budget_max"),
        ("budget", "bid_deadline"),
        ("budget", "decision_deadline"),
    ]


def test_deadlines_must_be_future_and_in_order() -> None:
    assert missing(bid_deadline=START) == ["bid_deadline"]
    assert missing(decision_deadline=START + timedelta(days=7)) == ["decision_deadline"]


def test_minimum_budget_must_not_exceed_maximum() -> None:
    assert missing(budget_min=350_001) == ["budget_max"]


def test_invalid_requirement_is_named_by_its_number() -> None:
    bad = problems(replace(WHOLE, requirements=(("page", "/prices"), ("load_time", "soon"))), START)
    assert bad == [
        SpecProblem("requirements", "requirements", "Requirement 2: Enter seconds from 0.1 to 30, such as 2 or 1.5.")
    ]


def test_at_most_thirty_requirements() -> None:
    assert missing(requirements=(("https", ""),) * 30) == []
    assert missing(requirements=(("https", ""),) * 31) == ["requirements"]


def test_differences_are_in_readable_words() -> None:
    after = replace(WHOLE, budget_max=400_000, category="app", requirements=(("page", "/prices"), ("phone", "")))
    assert differences(WHOLE, after) == {
        "budget_max": {"before": "€3,500", "after": "€4,000"},
        "category": {"before": "Websites", "after": "Apps"},
        "requirements": {
            "before": "There is a page at /prices",
            "after": "There is a page at /prices\nIt fits a phone's width",
        },
    }


def test_skills_are_split_lower_cased_and_deduplicated() -> None:
    assert split_skills(" Python, CSS,,  python ; Graphic   Design") == ("css", "graphic design", "python")


def test_too_many_or_too_long_skills_are_refused() -> None:
    assert skills_problem(tuple(f"skill {number}" for number in range(11)))
    assert skills_problem(("x" * 41,))
    assert skills_problem(("x" * 40,)) is None
