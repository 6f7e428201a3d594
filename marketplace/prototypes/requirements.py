"""Tries a job's checkable lines on a prototype's pages; those that need a browser stay "not measured"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from marketplace.prototypes.reading import source_of, title_of
from marketplace.prototypes.states import PrototypeState
from marketplace.prototypes.trail import Trail
from marketplace.prototypes.verdict import judge

EXCERPT = 160
"""Characters of evidence around what was found."""
MAX_PAGES = 10
"""Paths tried for one prototype; further ones aren't measured."""
MAX_SELECTOR = 200
LITTLE_TEXT = 200
"""Characters; a page with scripts and less text than this is taken to be filled in by them."""
FIELDS = "input:not([type=hidden]), textarea, select"


class Outcome(StrEnum):
    """What trying a requirement came to; not measured never counts against a bidder."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"


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


Trial = tuple[Outcome, str]
"""An outcome and its evidence."""


class Page:
    """A fetched page, parsed when first looked into."""

    def __init__(self, trail: Trail, path: str) -> None:
        self.trail, self.path, self.verdict = trail, path, judge(trail)
        self._tree: LexborHTMLParser | None = None

    @property
    def is_live(self) -> bool:
        return self.verdict.state is PrototypeState.LIVE

    @property
    def tree(self) -> LexborHTMLParser:
        if self._tree is None:
            self._tree = LexborHTMLParser(source_of(self.trail))
            self._tree.strip_tags(["script", "style", "template", "noscript"])
        return self._tree

    @property
    def text(self) -> str:
        body = self.tree.body
        return " ".join(body.text(separator=" ").split()) if body else ""

    @property
    def is_made_by_scripts(self) -> bool:
        """Next to no text but scripts: what isn't found in it may still be there for a visitor."""
        return b"<script" in self.trail.body and len(self.text) < LITTLE_TEXT


def paths_to_try(requirements: Iterable[Requirement]) -> list[str]:
    """The paths that must be fetched beside the prototype's own page, at most MAX_PAGES."""
    paths = [requirement.value for requirement in requirements if requirement.kind == "page"]
    return list(dict.fromkeys(path for path in paths if path.startswith("/") and not path.startswith("//")))[:MAX_PAGES]


def urls_for(path: str, final_url: str) -> list[str]:
    """Where a /path may be: in the prototype's own folder first (many sites share a host), then at the root."""
    return list(dict.fromkeys((urljoin(final_url, path.lstrip("/") or "."), urljoin(final_url, path))))


def try_requirements(requirements: Iterable[Requirement], home: Page, pages: dict[str, Page]) -> list[Finding]:
    """One finding for each requirement, from the prototype's page and those of `paths_to_try` (keyed by path)."""
    return [_try(requirement, home, pages) for requirement in requirements]


def _try(requirement: Requirement, home: Page, pages: dict[str, Page]) -> Finding:
    value = requirement.value.strip()
    everywhere = [page for page in (home, *pages.values()) if page.is_live]
    trials: dict[str, Callable[[], Trial]] = {
        "page": lambda: _page(value, home, pages),
        "text": lambda: _text(value, everywhere),
        "selector": lambda: _selector(value, everywhere),
        "form": lambda: _form(value, everywhere),
        "https": lambda: _https(home),
        "load_time": lambda: _load_time(value, home),
    }
    trial = trials.get(requirement.kind)
    if trial is None:
        outcome, evidence = Outcome.NOT_MEASURED, "Nothing measures this yet."
    elif not home.is_live:
        outcome, evidence = Outcome.NOT_MEASURED, "The prototype's page couldn't be read."
    else:
        outcome, evidence = trial()
    return Finding(requirement.id, requirement.kind, value, outcome, evidence[: 2 * EXCERPT])


def _page(path: str, home: Page, pages: dict[str, Page]) -> Trial:
    page = pages.get(path)
    if page is None:
        return Outcome.NOT_MEASURED, "This page wasn't tried."
    if page.verdict.state is PrototypeState.UNKNOWN:
        return Outcome.NOT_MEASURED, page.verdict.sentence
    url = page.trail.last.url
    if not page.is_live:
        return Outcome.NOT_MET, f"{url}: {page.verdict.sentence}"
    if path.strip("/") and len(page.trail.hops) > 1 and url == home.trail.last.url:
        return Outcome.NOT_MET, f"{path} redirects to the start page."
    return Outcome.MET, f"{url}: “{title_of(page.trail)}”"


def _text(wanted: str, pages: list[Page]) -> Trial:
    needle = " ".join(wanted.split()).casefold()
    for page in pages:
        at = page.text.casefold().find(needle)
        if at >= 0:
            start = max(at - EXCERPT // 2, 0)
            return Outcome.MET, f"{page.path}: “…{page.text[start : start + EXCERPT]}…”"
    return _not_found("Not found", pages)


def _selector(selector: str, pages: list[Page]) -> Trial:
    try:
        found = _first(selector, pages)
    except (SelectolaxError, ValueError):
        return Outcome.NOT_MEASURED, "This isn't a CSS selector that the checker understands."
    if found is None:
        return _not_found("Not found", pages)
    page, node = found
    return Outcome.MET, f"{page.path}: {(node.html or '')[:EXCERPT]}"


def _form(selector: str, pages: list[Page]) -> Trial:
    try:
        for page in pages:
            for node in page.tree.css(_checked(selector or "form")):
                form = node if node.tag == "form" else node.css_first("form")
                if form is not None and (fields := form.css(FIELDS)):
                    names = [field.attributes.get("name") or field.tag for field in fields]
                    return Outcome.MET, f"{page.path}: a form with {', '.join(str(name) for name in names[:6])}"
    except (SelectolaxError, ValueError):
        return Outcome.NOT_MEASURED, "This isn't a CSS selector that the checker understands."
    return _not_found("No form with fields", pages)


def _https(home: Page) -> Trial:
    hop = home.trail.last
    if hop.tls:
        return Outcome.MET, f"{hop.tls.version}, certificate from {hop.tls.issuer or 'an authority'}"
    return Outcome.NOT_MET, f"The page is served over plain HTTP: {hop.url}"


def _load_time(value: str, home: Page) -> Trial:
    try:
        limit = float(value)
    except ValueError:
        return Outcome.NOT_MEASURED, "The number of seconds can't be read."
    seconds = home.trail.total_ms / 1000
    outcome = Outcome.MET if seconds <= limit else Outcome.NOT_MET
    return outcome, f"The page itself arrived in {seconds:.2f} s (pictures and scripts not counted)."


def _first(selector: str, pages: list[Page]) -> tuple[Page, LexborNode] | None:
    for page in pages:
        if node := page.tree.css_first(_checked(selector)):
            return page, node
    return None


def _checked(selector: str) -> str:
    if not selector or len(selector) > MAX_SELECTOR:
        raise ValueError(selector)
    return selector


def _not_found(what: str, pages: list[Page]) -> Trial:
    if any(page.is_made_by_scripts for page in pages):
        return Outcome.NOT_MEASURED, f"{what} in the page's source, but scripts write this page; that takes a browser."
    return Outcome.NOT_MET, f"{what} in {', '.join(page.path for page in pages)}."
