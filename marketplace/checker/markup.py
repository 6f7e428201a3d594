"""Tries requirements on pages' markup; runs only in the separate process (see markup_process.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from marketplace.checker.audits.facts_reader import LITTLE_TEXT, SCRIPTS, UNSEEN, PageReader, visible_text
from marketplace.checker.requirement_values import MAX_SELECTOR

EXCERPT = 160
"""Characters of evidence around what was found."""
FIELDS = "input:not([type=hidden]), textarea, select"
PICTURES = "img[alt], [role=img][aria-label]"


class Outcome(StrEnum):
    """The result of trying a requirement; not measured never counts against a bidder."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"


Trial = tuple[Outcome, str]
"""An outcome and its evidence."""


@dataclass(frozen=True, slots=True)
class Source:
    """The markup of a page to search."""

    path: str
    """As the job names it."""
    url: str
    """Where it was read from."""
    source: str
    rendered: bool = False
    """It is the browser's document after scripts ran, not what was served."""


@dataclass(slots=True)
class MarkupPage:
    """A page's source, parsed."""

    path: str
    name: str
    """Its path, as evidence shows it."""
    url: str
    tree: LexborHTMLParser
    text: str
    has_scripts: bool
    may_be_written: bool = False
    """Scripts may add content, and no browser ran them."""


def read_page(page: Source) -> MarkupPage:
    """Parse a page; scripts and styles don't count as its text."""
    tree = LexborHTMLParser(page.source)
    has_scripts = tree.css_first(SCRIPTS) is not None
    tree.strip_tags(UNSEEN)
    name = f"{page.path} in the browser" if page.rendered else page.path
    return MarkupPage(page.path, name, page.url, tree, visible_text(tree), has_scripts)


def read_pages(sources: list[Source]) -> list[MarkupPage]:
    """Parse all pages. With the browser's markup of a page, the served markup counts too, and nothing is left open.

    No browser opens the job's other pages, so that of those only one with next to no text is taken to be written by
    scripts; as long as it has not opened the start page either, each that has scripts.
    """
    pages, rendered = [read_page(source) for source in sources], {page.path for page in sources if page.rendered}
    for page in pages:
        is_unclear = page.has_scripts and (not rendered or len(page.text) < LITTLE_TEXT)
        page.may_be_written = is_unclear and page.path not in rendered
    return pages


def look_for(kind: str, value: str, pages: list[MarkupPage]) -> Trial:
    """Try one kind of requirement on the pages; the first page that meets it wins.

    The values are those of the job's lines, but for `link`: "/path URL ...", any of the URLs is what it must lead to.
    """
    if kind == "link":
        pages = [page for page in pages if page.path == value.split(" ", 1)[0]]
    try:
        found, what = _LOOKS[kind](value, pages)
    except (SelectolaxError, ValueError):
        return Outcome.NOT_MEASURED, "This isn't a CSS selector that the checker understands."
    if found:
        return Outcome.MET, found
    if any(page.may_be_written for page in pages):
        return Outcome.NOT_MEASURED, f"{what} in the page's source, but scripts may write it; that takes a browser."
    return Outcome.NOT_MET, f"{what} in {', '.join(dict.fromkeys(page.path for page in pages))}."


def _text(wanted: str, pages: list[MarkupPage]) -> tuple[str, str]:
    """Ignore white space, since markup may stand within a word."""
    needle = "".join(wanted.split()).casefold()
    for page in pages:
        at = "".join(page.text.split()).casefold().find(needle)
        if at >= 0:
            start = max(_with_spaces(page.text, at) - EXCERPT // 2, 0)
            return f"{page.name}: “…{page.text[start : start + EXCERPT]}…”", ""
    return "", "Not found"


def _with_spaces(text: str, at: int) -> int:
    """The index in `text` of its non-space character number `at`."""
    letters = (place for place, letter in enumerate(text) if not letter.isspace())
    return next(islice(letters, at, None), 0)


def _selector(selector: str, pages: list[MarkupPage]) -> tuple[str, str]:
    for page in pages:
        if node := page.tree.css_first(_checked(selector)):
            return f"{page.name}: {(node.html or '')[:EXCERPT]}", ""
    return "", "Not found"


def _form(selector: str, pages: list[MarkupPage]) -> tuple[str, str]:
    for page in pages:
        for node in page.tree.css(_checked(selector or "form")):
            form = node if node.tag == "form" else node.css_first("form")
            if form is not None and (names := _field_names(form)):
                return f"{page.name}: a form with {', '.join(names[:6])}", ""
    return "", "No form with fields"


def _field_names(form: LexborNode) -> list[str]:
    return [field.attributes.get("name") or field.tag or "" for field in form.css(FIELDS)]


def _checked(selector: str) -> str:
    if not selector or len(selector) > MAX_SELECTOR:
        raise ValueError(selector)
    return selector


def _link(value: str, pages: list[MarkupPage]) -> tuple[str, str]:
    _, *targets = value.split(" ")
    wanted = {_place(target) for target in targets}
    for page in pages:
        for link in PageReader(page.tree, page.url).links():
            if _place(link.url) in wanted:
                return f"{page.name}: “{link.text or link.url}” leads to {link.url}", ""
    return "", f"No link to {urlsplit(targets[0]).path}"


def _place(url: str) -> tuple[str, str]:
    """Host and normalized path: /prices, /prices/ and /prices/index.html?day=1 are the same page."""
    parts = urlsplit(url)
    return parts.netloc, parts.path.removesuffix("index.html").rstrip("/")


def _image(words: str, pages: list[MarkupPage]) -> tuple[str, str]:
    for page in pages:
        for picture in page.tree.css(PICTURES):
            said = " ".join((picture.attributes.get("alt") or picture.attributes.get("aria-label") or "").split())
            if said and words.casefold() in said.casefold():
                return f"{page.name}: an image described as “{said[:EXCERPT]}”", ""
    return "", f"No image whose alternative text says “{words}”" if words else "No image with alternative text"


def _language(wanted: str, pages: list[MarkupPage]) -> tuple[str, str]:
    """The tag itself or one that begins with it (basic filtering of RFC 4647): de is met by de-AT too."""
    said: list[str] = []
    for page in pages:
        tag = (page.tree.root.attributes.get("lang") or "") if page.tree.root else ""
        if f"{tag.lower()}-".startswith(f"{wanted.lower()}-"):
            return f"{page.name}: lang=“{tag}”", ""
        said.append(tag or "nothing")
    return "", f"The language isn't declared as “{wanted}” (declared: {', '.join(dict.fromkeys(said))})"


_LOOKS: dict[str, Callable[[str, list[MarkupPage]], tuple[str, str]]] = {
    "text": _text,
    "selector": _selector,
    "form": _form,
    "link": _link,
    "image": _image,
    "language": _language,
}
"""Each returns its evidence, or an empty string and what to say instead."""
IN_MARKUP = frozenset(_LOOKS)
"""Kinds of requirement that are tried on markup."""
