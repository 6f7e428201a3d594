"""Text that people write: Markdown made safe HTML, and slugs made from titles."""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = {"p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6", "hr",
         "a", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
SLUG_LENGTH = 60
_JOINERS = "\u200c\u200d"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_UNSEEN_SPACES = "\u200b\u2060\ufeff"


@lru_cache(maxsize=2048)
def render_markdown(source: str) -> Markup:
    """Safe HTML of a Markdown text; headings start at level 3 and skip none, images and raw HTML are dropped."""
    html = _fit_headings(_markdown.render(source))
    return Markup(  # noqa: S704 (nh3 has just cleaned it)
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow ugc noopener noreferrer",
        )
    )


def parse_markdown(source: str) -> list[Token]:
    """The parts of a Markdown text, for whoever shows it elsewhere than on a page; links lead to safe schemes only."""
    return _markdown.parse(source)


def _fit_headings(html: str) -> str:
    """Whatever levels the author chose, the page's own outline (which ends at level 2) goes on without a gap."""
    heading = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
    used = sorted({match[1] for match in heading.finditer(html)})
    above = 2

    def fit(match: re.Match[str]) -> str:
        nonlocal above
        above = min(3 + used.index(match[1]), above + 1, 6)
        return f"<h{above}>{match[2]}</h{above}>"

    return heading.sub(fit, html)


def one_line(text: str | None) -> str:
    """One line of visible text; names and titles end up in headings and in the subjects of mails.

    Control characters become spaces; invisible ones that turn the writing's direction or hide in it are dropped
    (the two joiners that scripts and emoji need stay between visible characters).
    """
    kinds = ((char, unicodedata.category(char)) for char in text or "")
    visible = (" " if kind == "Cc" else char for char, kind in kinds if kind != "Cf" or char in _JOINERS)
    return " ".join("".join(visible).split()).strip(_JOINERS + " ")


def with_scheme(address: str) -> str:
    """A typed web address without spaces at the ends; https:// comes before one that names no scheme.

    example.com, //example.com and example.com:8080 name none; http://example.com stays, as does what is no web address.
    """
    plain = address.strip().strip(_UNSEEN_SPACES).strip()
    if not plain or _SCHEME.match(plain):
        return plain
    return f"https:{plain}" if plain.startswith("//") else f"https://{plain}"


def without_links(name: str, length: int = 60) -> str:
    """A name for a mail to somebody who doesn't know us: short, and nothing in it that mail programs make a link of."""
    short = one_line(name)[:length].rstrip()
    return re.sub(r"(?<=\S)[.:/@\\\u3002\uff0e\uff61]+(?=\S)", " ", short)


def slugify(title: str) -> str:
    """Lower-case ASCII words joined by hyphens, 60 characters at most; "item" when nothing is left."""
    ascii_text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    return words[:SLUG_LENGTH].rstrip("-") or "item"


def unique_slug(title: str) -> str:
    """A slug with a random tail, so that nobody can guess or squat one."""
    return f"{slugify(title)}-{secrets.token_hex(4)}"
