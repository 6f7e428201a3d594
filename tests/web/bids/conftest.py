"""Fixtures: a job with bids, and all kinds of visitors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from flask import Flask

from marketplace.bids.models import Bid
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.prototypes.services import submit_link
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.stages import Stages
from tests.support.visitor import Visitor


@dataclass
class Fair:
    """Ids of a job, its bids by the bidder's first name, and people by role; `as_` opens a browser as one of them."""

    slug: str
    people: dict[str, int]
    as_: Callable[[str], Visitor]
    bids: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def fair(app: Flask, clock: FixedClock, visitor: Callable[[], Visitor], stages: Stages) -> Fair:
    """Wanda has a working prototype, Bob a broken one, Nora none; Fay has not bid."""
    slug, made, bids = stages.reach("fair", lambda: _make_fair(app, clock))
    people = dict(made)  # copied, as a test may add people

    def browser(name: str) -> Visitor:
        return visitor().as_user(people[name]) if name in people else visitor()

    return Fair(slug, people, browser, dict(bids))


def _make_fair(app: Flask, clock: FixedClock) -> tuple[str, dict[str, int], dict[str, int]]:
    with app.app_context():
        client = make_user("client", name="Cleo Client")
        lines = [("page", "/prices"), ("text", "Book now"), ("free", "It feels friendly")]
        job = make_job(client, requirements=lines, skills=("css",))
        wanda, bob, nora = (make_user("freelancer", name=name) for name in ("Wanda Works", "Bob Broken", "Nora None"))
        people = {
            "client": client,
            "fay": make_user("freelancer", name="Fay Fresh"),
            "wanda": wanda,
            "bob": bob,
            "nora": nora,
            "other client": make_user("client", name="Otto Other"),
            "admin": make_user("admin", name="Ann Admin"),
            "other admin": make_user("admin", name="Bea Beside"),
            "suspended": make_user("client", "freelancer", name="Sue Spended", suspended_at=START),
        }
        bids = {
            "wanda": make_bid(job, wanda, prototype_id=_link("live", "Live: answered in 0.4 s.", met=2)),
            "bob": make_bid(job, bob, price=250_000, prototype_id=_link("broken", "There is no page (404).")),
            "nora": make_bid(job, nora, price=330_000, days=9),
        }
        ask_for_rescore(job.id, clock.now())
        db.session.commit()
        rescore_due(clock.now)
        return job.slug, {name: one.id for name, one in people.items()}, {name: bid.id for name, bid in bids.items()}


def _link(state: str, summary: str, met: int | None = None) -> int:
    prototype = submit_link(f"https://{state}.example/", [], START)
    prototype.state, prototype.summary, prototype.checked_at, prototype.due_at = state, summary, START, None
    prototype.met, prototype.measured, prototype.response_ms = met, met, 400 if met else None
    return prototype.id


def reload(bid_id: int) -> Bid:
    """The stored bid; call inside an app context."""
    return db.session.get_one(Bid, bid_id, populate_existing=True)
