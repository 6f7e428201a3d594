"""Help inside the product: plain pages for the people who use it."""

from __future__ import annotations

from flask import Blueprint, render_template

from marketplace.core.errors import NotFound

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
    "accessibility": "Accessibility",
}


@bp.get("/help/<name>")
def page(name: str) -> str:
    """One help page."""
    if name not in PAGES:
        raise NotFound("There is no such help page.")
    return render_template(f"help/{name}.html", title=PAGES[name], pages=PAGES, name=name)
