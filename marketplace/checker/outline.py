"""A page's outline: headings, links to own pages, form fields; what stays when text and colours change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from marketplace.checker.audits.facts import PageFacts

MOST = 60
"""Of each part; the first ones."""
MAX_WORDS = 120
"""Characters of a heading, a path, a form's fields."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One page's, as kept in its full check's record."""

    headings: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """Of its own site's pages, relative to the page's folder, so that a site may move."""
    forms: tuple[str, ...] = ()
    """The names of each form's fields, sorted."""


def outline_of(facts: PageFacts) -> Outline:
    """The outline of a page."""
    page = urlsplit(facts.url)
    folder = page.path[: page.path.rfind("/") + 1] or "/"
    paths = (urlsplit(link.url) for link in facts.links)
    own = (link.path.removeprefix(folder) or "." for link in paths if link.netloc == page.netloc)
    return Outline(
        headings=_first(facts.headings),
        paths=_first(own),
        forms=_first(" ".join(sorted(form.fields)) or "-" for form in facts.forms),
    )


def outline_likeness(one: Outline | None, other: Outline | None) -> float | None:
    """0..1: the mean share (Jaccard) of headings, paths and forms in common; None where there is nothing to compare."""
    if one is None or other is None:
        return None
    pairs = ((one.headings, other.headings), (one.paths, other.paths), (one.forms, other.forms))
    shares = [_share(set(map(str.casefold, a)), set(map(str.casefold, b))) for a, b in pairs if a or b]
    return sum(shares) / len(shares) if shares else None


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def _first(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part[:MAX_WORDS] for part in parts))[:MOST]
