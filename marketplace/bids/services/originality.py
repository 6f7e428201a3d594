"""Why a prototype looks like another one: what the bids say of it, before a human has to look."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sqlalchemy import select

from marketplace.bids.models import Bid
from marketplace.checker.likeness.compare import LIKE_PICTURE
from marketplace.core.database import db
from marketplace.core.events import prototype_resembles
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.originality.services import settle_review
from marketplace.prototypes.states import ResemblanceState

OWN_WORK = "it is the bidder’s own work, shown in another bid."
CREDITED = "the bid credits it under “What it reuses”."
CLIENTS_WORDS = "the words are the client’s own, and it looks different from their site today."
CLIENTS_SITE = "it is nearly the client’s own site as it is today."


def explain_again(bid: Bid) -> None:
    """What the bid credits may have changed: look anew at the near-copies that no human has decided on.

    Every room explains what it knows of, as when the near-copy was noted.
    """
    prototype = bid.prototype
    if prototype is None:
        return
    open_ones = select(Resemblance).where(
        Resemblance.prototype_id == prototype.id,
        Resemblance.revision == prototype.revision,
        Resemblance.state.in_([ResemblanceState.FLAGGED, ResemblanceState.EXPLAINED]),
    )
    for resemblance in db.session.scalars(open_ones).all():
        resemblance.state, resemblance.explanation = ResemblanceState.FLAGGED, ""
        prototype_resembles.send(resemblance)
    db.session.flush()
    settle_review(prototype)


def explain_resemblance(resemblance: Resemblance) -> None:
    """Take the flag away where the likeness has a reason that can be told without a human; else leave it."""
    bid = db.session.scalar(select(Bid).where(Bid.prototype_id == resemblance.prototype_id))
    other = db.session.scalar(select(Bid).where(Bid.prototype_id == resemblance.other_id))
    site_of = db.session.scalar(select(Job.id).where(Job.current_site_id == resemblance.other_id))
    if bid is None:
        if db.session.scalar(select(Job.id).where(Job.current_site_id == resemblance.prototype_id)):
            _explain(resemblance, "it is a client’s own site.")
    elif other and other.freelancer_id == bid.freelancer_id:
        _explain(resemblance, OWN_WORK)
    elif _credits(bid, db.session.get_one(Prototype, resemblance.other_id), other):
        _explain(resemblance, CREDITED)
    elif site_of == bid.job_id:
        if (resemblance.picture_likeness or 0.0) < LIKE_PICTURE:
            _explain(resemblance, CLIENTS_WORDS)
        else:
            resemblance.explanation = CLIENTS_SITE


def _explain(resemblance: Resemblance, reason: str) -> None:
    resemblance.state, resemblance.explanation = ResemblanceState.EXPLAINED, reason


def _credits(bid: Bid, earlier: Prototype, other: Bid | None) -> bool:
    """Whether the bid names the earlier site's exact host or its author's whole name."""
    said = " ".join(bid.credits.casefold().split())
    host = (urlsplit(earlier.url).hostname or "").removeprefix("www.")
    author = " ".join(other.freelancer.name.casefold().split()) if other else ""
    by_host = rf"(?<![\w.-])(www\.)?{re.escape(host)}(?!\.?[\w-])"
    by_name = rf"(?<!\w){re.escape(author)}(?!\w)"
    return bool((host and re.search(by_host, said)) or (author and re.search(by_name, said)))
