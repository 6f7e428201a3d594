"""Help pages for users, and the documents on the rank, rendered from their source."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, send_from_directory
from markdown_it import MarkdownIt
from markupsafe import Markup

from marketplace.bids.weights import weights_in_use
from marketplace.contracts.views.blueprint import days_of as contract_days
from marketplace.core.errors import NotFound
from marketplace.disputes.views.blueprint import days_of as dispute_days
from marketplace.ranking.breakdown import bounds_in_words
from marketplace.web.request import settings

bp = Blueprint("help", __name__)
PAGES = {
    "start": "Getting started",
    "ranking": "How ranking works",
    "checks": "How we check links",
    "contracts": "After the award",
    "reviews": "Reviews and records",
    "payments": "How money is held and paid",
    "disputes": "Disputes",
    "safety": "Safety and reporting",
    "security": "Reporting a vulnerability",
    "accessibility": "Accessibility",
}
FACTS: dict[str, Callable[[], dict[str, Any]]] = {
    "ranking": lambda: {"score_parts": bounds_in_words(weights_in_use())},
    "contracts": lambda: {"contract_days": contract_days(settings())},
    "disputes": lambda: {"dispute_days": dispute_days(settings())},
    "safety": lambda: {"watch_days": settings().work_watch_days},
}
"""Values of this marketplace's own rules that the pages show."""
DOCUMENTS = {"ranking": "How bids are ranked", "ranking-study": "The study of the rank"}
"""Files in docs/ for people who are ranked; links between them work here too."""


@bp.get("/help/<name>")
def page(name: str) -> str:
    """One help page."""
    if name not in PAGES:
        raise NotFound("There is no such help page.")
    contact = settings().security_contact
    facts = FACTS[name]() if name in FACTS else {}
    return render_template(f"help/{name}.html", title=PAGES[name], pages=PAGES, name=name, contact=contact, **facts)


@bp.get("/help/<name>.md")
def document(name: str) -> str:
    """One document in full."""
    if name not in DOCUMENTS:
        raise NotFound("There is no such document.")
    text = _rendered(_docs() / f"{name}.md")
    return render_template("help/document.html", title=DOCUMENTS[name], pages=PAGES, name="", document=text)


@bp.get("/help/ranking/<name>.svg")
def plot(name: str) -> Response:
    """A picture in a document; it has inline style, so its policy allows that, and nothing else."""
    picture = send_from_directory(_docs() / "ranking", f"{name}.svg")
    picture.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return picture


def _docs() -> Path:
    return Path(current_app.root_path).parent / "docs"


@cache
def _rendered(file: Path) -> Markup:
    """Render the document below its title; wide parts scroll by themselves, by keyboard too."""
    _, _, text = file.read_text().partition("\n")
    html = MarkdownIt("commonmark").enable("table").render(text)
    html = html.replace("<pre>", '<pre tabindex="0">').replace(' style="text-align:right"', ' class="number"')
    number = count(1)
    html = re.sub("<table>.*?</table>", lambda table: _SCROLLING.format(next(number), table[0]), html, flags=re.DOTALL)
    return Markup(html)  # noqa: S704 (ours)


_SCROLLING = '<div class="scroll" role="region" aria-label="Table {}" tabindex="0">{}</div>'
