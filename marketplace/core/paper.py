"""PDF files, typeset by Typst, with fonts for every script in use today."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from markdown_it.tree import SyntaxTreeNode

from marketplace.core.text import parse_markdown

TEMPLATE = Path(__file__).with_suffix(".typ")
FONTS = Path(__file__).resolve().parents[1] / "fonts"
MAIN_FONT = "Noto Sans"
NESTING = {"blockquote", "bullet_list", "ordered_list", "list_item", "strong", "em"}
MAX_DEPTH = 12
"""Nesting levels (a list is two); deeper content is set at this level, since Typst refuses deep nesting."""

Kind = Literal["title", "heading", "text", "markdown", "note", "facts"]


@dataclass(frozen=True, slots=True)
class PaperPart:
    """A paragraph or heading in `text`; for `facts`, a table of (term, value) in `rows`."""

    text: str = ""
    kind: Kind = "text"
    rows: tuple[tuple[str, str], ...] = ()


def pdf(title: str, parts: Iterable[PaperPart], made_at: datetime) -> bytes:
    """Return the bytes of an A4 PDF, identical for identical input; `made_at` is its creation time.

    Glyphs missing from our fonts come from the machine's fonts, where available.
    """
    import typst  # 30 MB of memory: load only when somebody asks for a PDF

    data = {"title": title, "parts": [_as_data(part) for part in parts], "fonts": _families()}
    made: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[FONTS],
        sys_inputs={"data": json.dumps(data)},
        timestamp=int(made_at.timestamp()),
    )
    return made


@cache
def _families() -> list[str]:
    """Names of our fonts, Latin first, so that they take precedence over the machine's."""
    import typst

    return [MAIN_FONT, *sorted(set(typst.Fonts(False, False, [FONTS]).families()) - {MAIN_FONT})]


def _as_data(part: PaperPart) -> dict[str, Any]:
    data = asdict(part) | {"rtl": _reads_from_right(part.text)}
    if part.kind == "markdown":
        data["nodes"] = list(_nodes(SyntaxTreeNode(parse_markdown(part.text)).children))
    return data


def _reads_from_right(text: str) -> bool:
    """Whether the first letter with a direction is right-to-left (rules P2 and P3 of Unicode annex 9)."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def _nodes(tree: Iterable[SyntaxTreeNode], depth: int = 0) -> Iterator[dict[str, Any]]:
    """Convert a Markdown syntax tree to plain data; images become their alternative text, since pages drop them too."""
    for node in tree:
        nests = node.type in NESTING
        if nests and depth >= MAX_DEPTH:
            yield from _nodes(node.children, depth)
            continue
        data: dict[str, Any] = {"type": node.type, "text": node.content if not node.children else ""}
        if node.type == "link":
            data["href"] = node.attrGet("href")
        if node.type == "ordered_list":
            data["start"] = node.attrGet("start") or 1
        yield data | {"children": list(_nodes(node.children, depth + nests))}
