"""PDFs for people to keep: parts set by Typst, in fonts that hold every script in which people write today."""

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
"""Of those within each other, a list being two; what is deeper is set as if it stood here, for Typst refuses depth."""

Kind = Literal["title", "heading", "text", "markdown", "note", "facts"]


@dataclass(frozen=True, slots=True)
class PaperPart:
    """A paragraph or heading in `text`; for `facts`, a table of (term, value) in `rows`."""

    text: str = ""
    kind: Kind = "text"
    rows: tuple[tuple[str, str], ...] = ()


def pdf(title: str, parts: Iterable[PaperPart], made_at: datetime) -> bytes:
    """The bytes of a PDF on A4, the same for the same input; `made_at` is the time that it says it was made at.

    Letters that none of our fonts has are taken from the machine's, where it has any.
    """
    import typst  # 30 MB that a web process needs only when somebody asks for a PDF

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
    """The names of our fonts, Latin first, so that they come before whatever the machine has."""
    import typst

    return [MAIN_FONT, *sorted(set(typst.Fonts(False, False, [FONTS]).families()) - {MAIN_FONT})]


def _as_data(part: PaperPart) -> dict[str, Any]:
    data = asdict(part) | {"rtl": _reads_from_right(part.text)}
    if part.kind == "markdown":
        data["nodes"] = list(_nodes(SyntaxTreeNode(parse_markdown(part.text)).children))
    return data


def _reads_from_right(text: str) -> bool:
    """Whether its first letter with a direction goes from right to left (rules P2 and P3 of Unicode's annex 9)."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def _nodes(tree: Iterable[SyntaxTreeNode], depth: int = 0) -> Iterator[dict[str, Any]]:
    """The tree of a Markdown text as plain data; images become their alternative text, as pages drop them too."""
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
