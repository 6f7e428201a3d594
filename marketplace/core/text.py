"""User-written text: Markdown rendered as safe HTML, and slugs made from titles."""

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
    """Render Markdown as safe HTML; headings start at level 3 without gaps, images and raw HTML are dropped."""
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
    """Parse Markdown into tokens for other outputs than HTML pages; links keep safe schemes only."""
    return _markdown.parse(source)


def _fit_headings(html: str) -> str:
    """Renumber headings to continue the page's outline (which ends at level 2) without gaps."""
    heading = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
    used = sorted({match[1] for match in heading.finditer(html)})
    above = 2

    def fit(match: re.Match[str]) -> str:
        nonlocal above
        above = min(3 + used.index(match[1]), above + 1, 6)
        return f"<h{above}>{match[2]}</h{above}>"

    return heading.sub(fit, html)


def one_line(text: str | None) -> str:
    """Reduce to one line of visible text, for headings and mail subjects.

    Control characters become spaces; invisible and direction-changing ones are dropped (the two joiners that scripts
    and emoji need stay between visible characters).
    """
    kinds = ((char, unicodedata.category(char)) for char in text or "")
    visible = (" " if kind == "Cc" else char for char, kind in kinds if kind != "Cf" or char in _JOINERS)
    return " ".join("".join(visible).split()).strip(_JOINERS + " ")


def with_scheme(address: str) -> str:
    """Strip a typed web address, and prepend https:// if it has no scheme.

    example.com, //example.com and example.com:8080 have none; http://example.com and what is no web address stay
    unchanged.
    """
    plain = address.strip().strip(_UNSEEN_SPACES).strip()
    if not plain or _SCHEME.match(plain):
        return plain
    return f"https:{plain}" if plain.startswith("//") else f"https://{plain}"


def without_links(name: str, length: int = 60) -> str:
    """Shorten a name for a mail to a stranger, and remove what mail programs would turn into a link."""
    short = one_line(name)[:length].rstrip()
    return re.sub(r"(?<=\S)[.:/@\\\u3002\uff0e\uff61]+(?=\S)", " ", short)


def slugify(title: str) -> str:
    """Lower-case ASCII words joined by hyphens, at most 60 characters; "item" when nothing is left."""
    ascii_text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    return words[:SLUG_LENGTH].rstrip("-") or "item"


def unique_slug(title: str) -> str:
    """A slug with a random suffix, so that nobody can guess or reserve one."""
    return f"{slugify(title)}-{secrets.token_hex(4)}"
