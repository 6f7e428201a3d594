"""Tries a job's checkable lines on a prototype's pages; those that need a browser stay "not measured"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from marketplace.prototypes.fetching.reading import source_of, title_of
from marketplace.prototypes.fetching.trail import Trail
from marketplace.prototypes.inspector import Inspector
from marketplace.prototypes.markup import EXCERPT, IN_MARKUP, Outcome, Source, Trial
from marketplace.prototypes.states import PrototypeState
from marketplace.prototypes.verdict import judge

__all__ = ["Finding", "Outcome", "Page", "Requirement", "paths_to_try", "try_requirements", "urls_for"]

KINDS = IN_MARKUP | {"page", "https", "phone", "load_time", "color", "font"}
"""All kinds that a check can try."""
MAX_PAGES = 10
"""Paths tried for one prototype; further ones aren't measured."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a job's spec: kind free | page | text | selector | form | phone | https | load_time."""

    id: str
    kind: str
    value: str = ""
    """page: /path; text: the text; selector and form: a CSS selector; load_time: seconds."""


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


class Page:
    """A fetched page and what its fetch came to."""

    def __init__(self, trail: Trail, path: str = "/") -> None:
        self.trail, self.path, self.verdict = trail, path, judge(trail)

    @property
    def is_live(self) -> bool:
        return self.verdict.state is PrototypeState.LIVE

    @property
    def url(self) -> str:
        """Where the page was in the end."""
        return self.trail.last.url


def paths_to_try(requirements: Iterable[Requirement]) -> list[str]:
    """The paths that must be fetched beside the prototype's own page, at most MAX_PAGES."""
    paths = [requirement.value.strip() for requirement in requirements if requirement.kind == "page"]
    return list(dict.fromkeys(path for path in paths if path.startswith("/") and not path.startswith("//")))[:MAX_PAGES]


def urls_for(path: str, final_url: str) -> list[str]:
    """Where a /path may be: in the prototype's own folder first (many sites share a host), then at the root."""
    return list(dict.fromkeys((urljoin(final_url, path.lstrip("/") or "."), urljoin(final_url, path))))


def try_requirements(
    requirements: Sequence[Requirement], home: Page, pages: dict[str, Page], inspector: Inspector | None, view: object = None
) -> list[Finding]:
    """One finding for each requirement, from the prototype's page and those of `paths_to_try` (keyed by path).

    May block for as long as the inspector's time limit; without an inspector nothing in markup is measured.
    """
    if not home.is_live:
        return [
            _found(wanted, (Outcome.NOT_MEASURED, "The prototype's page couldn't be read.")) for wanted in requirements
        ]
    looked_for = list(
        dict.fromkeys((wanted.kind, wanted.value.strip()) for wanted in requirements if wanted.kind in IN_MARKUP)
    )
    looks: dict[tuple[str, str], Trial] = dict.fromkeys(looked_for, _NO_TURN)
    if looked_for and inspector:
        sources = [
            Source(page.path, page.url, source_of(page.trail)) for page in (home, *pages.values()) if page.is_live
        ]
        looks = dict(zip(looked_for, inspector.look(looked_for, sources), strict=True))
    return [
        _found(wanted, looks.get((wanted.kind, wanted.value.strip())) or _try(wanted, home, pages))
        for wanted in requirements
    ]


def _found(wanted: Requirement, trial: Trial) -> Finding:
    outcome, evidence = trial
    return Finding(wanted.id, wanted.kind, wanted.value, outcome, evidence[: 2 * EXCERPT])


def _try(wanted: Requirement, home: Page, pages: dict[str, Page]) -> Trial:
    if wanted.kind == "page":
        return _page(wanted.value.strip(), home, pages)
    if wanted.kind == "https":
        return _https(home)
    if wanted.kind == "load_time":
        return _load_time(wanted.value, home)
    return Outcome.NOT_MEASURED, "Nothing measures this yet."


def _page(path: str, home: Page, pages: dict[str, Page]) -> Trial:
    page = pages.get(path)
    if page is None:
        return Outcome.NOT_MEASURED, "This page wasn't tried."
    if page.verdict.state is PrototypeState.UNKNOWN:
        return Outcome.NOT_MEASURED, page.verdict.sentence
    if not page.is_live:
        return Outcome.NOT_MET, f"{page.url}: {page.verdict.sentence}"
    if path.strip("/") and len(page.trail.hops) > 1 and page.url == home.url:
        return Outcome.NOT_MET, f"{path} redirects to the start page."
    return Outcome.MET, f"{page.url}: “{title_of(page.trail)}”"


def _https(home: Page) -> Trial:
    if tls := home.trail.last.tls:
        return Outcome.MET, f"{tls.version}, certificate from {tls.issuer or 'a known authority'}"
    return Outcome.NOT_MET, f"The page is served over plain HTTP: {home.url}"


def _load_time(value: str, home: Page) -> Trial:
    try:
        limit = float(value)
    except ValueError:
        return Outcome.NOT_MEASURED, "The number of seconds can't be read."
    seconds = home.trail.total_ms / 1000
    outcome = Outcome.MET if seconds <= limit else Outcome.NOT_MET
    return outcome, f"The page itself arrived in {seconds:.2f} s (pictures and scripts not counted)."
