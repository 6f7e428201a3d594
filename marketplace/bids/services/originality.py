"""Explain from the bids why a prototype resembles another, before a moderator has to look."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sqlalchemy import select

from marketplace.bids.models import Bid
from marketplace.checker.likeness.compare import LIKE_PICTURE
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.originality.explaining import Explanation, explain
from marketplace.prototypes.originality.services import settle_review
from marketplace.prototypes.states import ResemblanceState

OWN_WORK = "it is the bidder’s own work, shown in another bid."
CREDITED = "the bid credits it under “What it reuses”."
CLIENTS_WORDS = "the words are the client’s own, and it looks different from their site today."
CLIENTS_SITE = "it is nearly the client’s own site as it is today."


def explain_again(bid: Bid) -> None:
    """Re-evaluate resemblances of the bid's prototype that no moderator has decided, after credits changed."""
    prototype = bid.prototype
    if prototype is None:
        return
    open_ones = select(Resemblance).where(
        Resemblance.prototype_id == prototype.id,
        Resemblance.revision == prototype.revision,
        Resemblance.state.in_([ResemblanceState.FLAGGED, ResemblanceState.EXPLAINED]),
    )
    for resemblance in db.session.scalars(open_ones).all():
        explain(resemblance)
    db.session.flush()
    settle_review(prototype)


def explain_by_bids(resemblance: Resemblance) -> Explanation | None:
    """Explain the likeness from both bids and their jobs; None when they do not explain it."""
    bid = db.session.scalar(select(Bid).where(Bid.prototype_id == resemblance.prototype_id))
    other = db.session.scalar(select(Bid).where(Bid.prototype_id == resemblance.other_id))
    if bid is None:
        is_site = db.session.scalar(select(Job.id).where(Job.current_site_id == resemblance.prototype_id))
        return Explanation("it is a client’s own site.") if is_site else None
    if other and other.freelancer_id == bid.freelancer_id:
        return Explanation(OWN_WORK)
    if _credits(bid, db.session.get_one(Prototype, resemblance.other_id), other):
        return Explanation(CREDITED)
    if db.session.scalar(select(Job.id).where(Job.id == bid.job_id, Job.current_site_id == resemblance.other_id)):
        looks_alike = (resemblance.picture_likeness or 0.0) >= LIKE_PICTURE
        return Explanation(CLIENTS_SITE, needs_human=True) if looks_alike else Explanation(CLIENTS_WORDS)
    return None


def _credits(bid: Bid, earlier: Prototype, other: Bid | None) -> bool:
    """Whether the bid credits the earlier site's exact host or its author's full name."""
    said = " ".join(bid.credits.casefold().split())
    host = (urlsplit(earlier.url).hostname or "").removeprefix("www.")
    author = " ".join(other.freelancer.name.casefold().split()) if other else ""
    by_host = rf"(?<![\w.-])(www\.)?{re.escape(host)}(?!\.?[\w-])"
    by_name = rf"(?<!\w){re.escape(author)}(?!\w)"
    return bool((host and re.search(by_host, said)) or (author and re.search(by_name, said)))
