"""Tries a job's checkable lines on a prototype's pages, and on what a browser made of its start page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from marketplace.checker.browser.view import BrowserView
from marketplace.checker.browser_requirements import IN_BROWSER, try_in_browser
from marketplace.checker.fetch.page_text import source_of, title_of
from marketplace.checker.fetch.result import FetchResult
from marketplace.checker.inspector import Inspector
from marketplace.checker.markup import EXCERPT, IN_MARKUP, Outcome, Source, Trial
from marketplace.checker.requirement_values import lacks_value, link_ends
from marketplace.checker.spec import Requirement
from marketplace.checker.states import CheckState
from marketplace.checker.verdict import judge

__all__ = [
    "FetchedPage",
    "Finding",
    "Outcome",
    "paths_to_try",
    "try_requirements",
    "urls_for",
]  # fmt: skip

MAX_PAGES = 10
"""Paths tried for one prototype; further ones aren't measured."""
TO_BE_SEEN = frozenset({"text", "selector", "form", "image"})
"""Kinds that must be visible once a browser opened the page."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What trying one requirement showed."""

    id: str
    kind: str
    value: str
    outcome: Outcome
    evidence: str
    """An excerpt or a sentence, as the client and the bidder see it."""


_NO_TURN: Trial = (Outcome.NOT_MEASURED, "Our checker ran out of time; it will look again.")


class FetchedPage:
    """A fetched page and its verdict."""

    def __init__(self, result: FetchResult, path: str = "/") -> None:
        self.result, self.path, self.verdict = result, path, judge(result)

    @property
    def is_live(self) -> bool:
        return self.verdict.state is CheckState.LIVE

    @property
    def url(self) -> str:
        """Where the page was after all redirects."""
        return self.result.last.url


def paths_to_try(requirements: Iterable[Requirement]) -> list[str]:
    """The paths that must be fetched beside the prototype's own page, at most MAX_PAGES."""
    paths = [path for requirement in requirements for path in _paths_of(requirement)]
    return list(dict.fromkeys(path for path in paths if path.startswith("/") and not path.startswith("//")))[:MAX_PAGES]


def _paths_of(requirement: Requirement) -> tuple[str, ...]:
    if requirement.kind == "link":
        return tuple(end for end in link_ends(requirement.value) or () if end != "/")
    return (requirement.value.strip(),) if requirement.kind == "page" else ()


def urls_for(path: str, final_url: str) -> list[str]:
    """Where a /path may be: in the prototype's own folder first (many sites share a host), then at the root."""
    return list(dict.fromkeys((urljoin(final_url, path.lstrip("/") or "."), urljoin(final_url, path))))


def try_requirements(
    requirements: Sequence[Requirement],
    home: FetchedPage,
    pages: Mapping[str, FetchedPage],
    inspector: Inspector | None,
    view: BrowserView | None = None,
) -> list[Finding]:
    """One finding for each requirement, from the prototype's page and those of `paths_to_try` (keyed by path).

    With a view, the browser's markup of the start page counts beside what was served, what is to be seen there has to
    be visible, and phone width, load time, colours and fonts are measured. May block for twice the inspector's
    time limit; without an inspector nothing in markup is measured.
    """
    if not home.is_live:
        return [
            _found(wanted, (Outcome.NOT_MEASURED, "The prototype's page couldn't be read.")) for wanted in requirements
        ]
    questions = [_question(wanted, home, pages) for wanted in requirements]
    sources = _sources(home, pages, view)
    answers = _answers(list(dict.fromkeys(filter(None, questions))), sources, inspector)
    if view and view.html:
        unseen = [
            question
            for wanted, question in zip(requirements, questions, strict=True)
            if question and wanted.kind in TO_BE_SEEN and wanted.id not in (view.seen or ())
        ]
        answers |= _hidden({one: answers[one] for one in unseen}, sources, inspector, told=view.seen is not None)
    return [
        _found(wanted, answers[question] if question else _try(wanted, home, pages, view))
        for wanted, question in zip(requirements, questions, strict=True)
    ]


def _question(wanted: Requirement, home: FetchedPage, pages: Mapping[str, FetchedPage]) -> tuple[str, str] | None:
    """What to look for in markup; None for a requirement that isn't a matter of it, or can't be met there any more."""
    if wanted.kind not in IN_MARKUP or lacks_value(wanted.kind, wanted.value):
        return None
    if wanted.kind != "link":
        return wanted.kind, wanted.value.strip()
    ends = link_ends(wanted.value)
    if not ends or any(_end(end, home, pages)[0] is not Outcome.MET for end in ends):
        return None
    start, target = ends
    return "link", " ".join(dict.fromkeys([start, *urls_for(target, home.url), pages.get(target, home).url]))


def _sources(home: FetchedPage, pages: Mapping[str, FetchedPage], view: BrowserView | None) -> list[Source]:
    """The start page as served and as the browser shows it, then the others."""
    read = [Source(page.path, page.url, source_of(page.result)) for page in (home, *pages.values()) if page.is_live]
    if view and view.html:
        read.insert(1, Source(home.path, view.rendering.url or home.url, view.html, rendered=True))
    return read


def _answers(
    questions: list[tuple[str, str]], sources: list[Source], inspector: Inspector | None
) -> dict[tuple[str, str], Trial]:
    if not questions or not inspector:
        return dict.fromkeys(questions, _NO_TURN)
    return dict(zip(questions, inspector.look(questions, sources), strict=True))


def _hidden(
    unseen: Mapping[tuple[str, str], Trial], sources: list[Source], inspector: Inspector | None, *, told: bool
) -> dict[tuple[str, str], Trial]:
    """The outcome for content of the start page that no visitor sees; other pages may still show it.

    `told`: the browser could tell. Other pages that are the start page again don't count.
    """
    met = [question for question, trial in unseen.items() if trial[0] is Outcome.MET]
    start = {source.source for source in sources if source.path == "/"}
    others = [source for source in sources if source.source not in start]
    outcome = Outcome.NOT_MET if told else Outcome.NOT_MEASURED
    words = "In the source, but not visible" if told else "In the source; our browser couldn't tell whether it shows"
    return {
        question: trial if trial[0] is Outcome.MET else (outcome, f"{words}. {unseen[question][1]}")
        for question, trial in _answers(met, others, inspector).items()
    }


def _found(wanted: Requirement, trial: Trial) -> Finding:
    outcome, evidence = trial
    return Finding(wanted.id, wanted.kind, wanted.value, outcome, evidence[: 2 * EXCERPT])


def _try(wanted: Requirement, home: FetchedPage, pages: Mapping[str, FetchedPage], view: BrowserView | None) -> Trial:
    """Try a requirement that isn't tried on markup."""
    if lacks_value(wanted.kind, wanted.value):
        return Outcome.NOT_MEASURED, "This line doesn't say what to look for."
    if wanted.kind == "page":
        return _page(wanted.value.strip(), home, pages)
    if wanted.kind == "link":
        return _no_link(wanted.value, home, pages)
    if wanted.kind == "https":
        return _https(home)
    if wanted.kind in IN_BROWSER:
        return try_in_browser(wanted.kind, wanted.value.strip(), view.rendering if view else None, home.result.total_ms)
    return Outcome.NOT_MEASURED, "This is for a person to judge."


def _no_link(value: str, home: FetchedPage, pages: Mapping[str, FetchedPage]) -> Trial:
    """Why a link can't be tried: one of its two pages is missing."""
    trials = [_end(end, home, pages) for end in link_ends(value) or ()]
    missing = next((trial for trial in trials if trial[0] is not Outcome.MET), None)
    return missing or (Outcome.NOT_MEASURED, "This isn't a link between two pages, such as / -> /prices.")


def _end(path: str, home: FetchedPage, pages: Mapping[str, FetchedPage]) -> Trial:
    return (Outcome.MET, "") if path == "/" else _page(path, home, pages)


def _page(path: str, home: FetchedPage, pages: Mapping[str, FetchedPage]) -> Trial:
    page = pages.get(path)
    if page is None:
        return Outcome.NOT_MEASURED, "This page wasn't tried."
    if page.verdict.state is CheckState.UNKNOWN:
        return Outcome.NOT_MEASURED, page.verdict.sentence
    if not page.is_live:
        return Outcome.NOT_MET, f"{page.url}: {page.verdict.sentence}"
    if path.strip("/") and len(page.result.hops) > 1 and page.url == home.url:
        return Outcome.NOT_MET, f"{path} redirects to the start page."
    if path.strip("/") and page.result.body == home.result.body:
        return Outcome.NOT_MEASURED, f"{page.url} gives the very same page as the start; look at it in a browser."
    return Outcome.MET, f"{page.url}: “{title_of(page.result)}”"


def _https(home: FetchedPage) -> Trial:
    if tls := home.result.last.tls:
        return Outcome.MET, f"{tls.version}, certificate from {tls.issuer or 'a known authority'}"
    return Outcome.NOT_MET, f"The page is served over plain HTTP: {home.url}"
