"""Looks into pages' markup, in a process of its own: markup can be written to cost a parser minutes or gigabytes.

Run as `python -m marketplace.prototypes.markup` it answers one JSON line with another: {"wanted": [[kind, value]],
"pages": [[path, source]]} with [[outcome, evidence]], one for each wanted thing, in order.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space for the process; beyond that it ends, and with it the look."""
EXCERPT = 160
"""Characters of evidence around what was found."""
MAX_SELECTOR = 200
LITTLE_TEXT = 80
"""Characters; a page with scripts and less text than this is taken to be filled in by them."""
FIELDS = "input:not([type=hidden]), textarea, select"


class Outcome(StrEnum):
    """What trying a requirement came to; not measured never counts against a bidder."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"


Trial = tuple[Outcome, str]
"""An outcome and its evidence."""


@dataclass(slots=True)
class Page:
    """A page's source, parsed."""

    path: str
    tree: LexborHTMLParser
    text: str
    made_by_scripts: bool


def read_page(path: str, source: str) -> Page:
    """Parse a page; scripts and styles don't count as its text."""
    tree = LexborHTMLParser(source)
    has_scripts = tree.css_first("script") is not None
    tree.strip_tags(["script", "style", "template", "noscript"])
    text = " ".join(tree.body.text(separator=" ").split()) if tree.body else ""
    return Page(path, tree, text, has_scripts and len(text) < LITTLE_TEXT)


def look_for(kind: str, value: str, pages: list[Page]) -> Trial:
    """Try one text, selector or form on the pages, the first that has it wins."""
    look = {"text": _text, "selector": _selector, "form": _form}[kind]
    try:
        found, what = look(value, pages)
    except (SelectolaxError, ValueError):
        return Outcome.NOT_MEASURED, "This isn't a CSS selector that the checker understands."
    if found:
        return Outcome.MET, found
    if any(page.made_by_scripts for page in pages):
        return Outcome.NOT_MEASURED, f"{what} in the page's source, but scripts write this page; that takes a browser."
    return Outcome.NOT_MET, f"{what} in {', '.join(page.path for page in pages)}."


def _text(wanted: str, pages: list[Page]) -> tuple[str, str]:
    needle = " ".join(wanted.split()).casefold()
    for page in pages:
        at = page.text.casefold().find(needle)
        if at >= 0:
            start = max(at - EXCERPT // 2, 0)
            return f"{page.path}: “…{page.text[start : start + EXCERPT]}…”", ""
    return "", "Not found"


def _selector(selector: str, pages: list[Page]) -> tuple[str, str]:
    for page in pages:
        if node := page.tree.css_first(_checked(selector)):
            return f"{page.path}: {(node.html or '')[:EXCERPT]}", ""
    return "", "Not found"


def _form(selector: str, pages: list[Page]) -> tuple[str, str]:
    for page in pages:
        for node in page.tree.css(_checked(selector or "form")):
            form = node if node.tag == "form" else node.css_first("form")
            if form is not None and (names := _field_names(form)):
                return f"{page.path}: a form with {', '.join(names[:6])}", ""
    return "", "No form with fields"


def _field_names(form: LexborNode) -> list[str]:
    return [field.attributes.get("name") or field.tag or "" for field in form.css(FIELDS)]


def _checked(selector: str) -> str:
    if not selector or len(selector) > MAX_SELECTOR:
        raise ValueError(selector)
    return selector


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main(read_line: Callable[[], str] = sys.stdin.readline) -> None:
    """Answer lines until there are no more."""
    _limit_memory()
    while line := read_line():
        task = json.loads(line)
        pages = [read_page(path, source) for path, source in task["pages"]]
        print(json.dumps([look_for(kind, value, pages) for kind, value in task["wanted"]]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
