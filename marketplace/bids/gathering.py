"""Gathers what a job's rank is computed from, in a fixed number of queries however many bids there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, load_only

from marketplace.accounts.models import PortfolioItem, Profile
from marketplace.bids.match import match, words
from marketplace.bids.models import Bid, bid_portfolio
from marketplace.bids.states import RANKED
from marketplace.core.database import db
from marketplace.jobs.models import Job, JobSkill, Requirement
from marketplace.jobs.requirements import FREE
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.states import WAITING, PrototypeState
from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, RankFacts

PASSING = WAITING | {PrototypeState.UNKNOWN}
"""States that say nothing new about a link that was checked before."""

_Works = dict[int, list[str]]


def rank_facts(job: Job) -> RankFacts:
    """The facts about the job and about each bid that holds a place."""
    is_checkable = (Requirement.job_id == job.id) & (Requirement.kind != FREE)
    checkable = len(db.session.scalars(select(Requirement.id).where(is_checkable)).all())
    skills = db.session.scalars(select(JobSkill.name).where(JobSkill.job_id == job.id)).all()
    spec_words, works = words(job.title, job.spec), _shown_works(job.id)
    bids = [
        BidFacts(
            id=str(bid.id),
            price=bid.price or 0,
            days=bid.days,
            go_live_hours=bid.go_live_hours,
            submitted_at=bid.submitted_at,
            match=_match(profile, skills, spec_words, works.get(bid.id, [])),
            prototype=prototype_facts(prototype, checkable) if prototype else None,
        )
        for bid, prototype, profile in db.session.execute(_ranked_rows(job.id))
    ]
    return RankFacts(
        job=JobFacts(
            id=str(job.id),
            budget_min=job.budget_min,
            budget_max=job.budget_max,
            currency=job.currency,
            requirements=checkable,
        ),
        bids=bids,
    )


def prototype_facts(prototype: Prototype, checkable: int) -> PrototypeFacts:
    """What is known of a link: while it is looked at again, or when a look could not tell, what was known before."""
    state = prototype.state
    if prototype.is_confirmed_dead:
        state = "dead"
    elif state in PASSING and prototype.failures:
        state = PrototypeState.BROKEN
    elif state in PASSING and prototype.met is not None:
        state = PrototypeState.LIVE
    if state == PrototypeState.LIVE and prototype.review:
        state = prototype.review  # flagged waits for a human, who clears or rejects it
    measured = min(prototype.measured or 0, checkable)  # the spec may have lost lines since
    met, polish = min(prototype.met or 0, measured), _polish(prototype)
    return PrototypeFacts.model_validate({"state": str(state), "met": met, "measured": measured, "polish": polish})


def _polish(prototype: Prototype) -> float | None:
    return None if prototype.polish is None else round(prototype.polish, 3)


def _ranked_rows(job_id: int) -> Select[Bid, Prototype, Profile]:
    return (
        select(Bid, Prototype, Profile)
        .outerjoin(Prototype, Prototype.id == Bid.prototype_id)
        .outerjoin(Profile, Profile.user_id == Bid.freelancer_id)
        .where(Bid.job_id == job_id, Bid.state.in_(RANKED))
        .options(
            load_only(Bid.price, Bid.days, Bid.go_live_hours, Bid.submitted_at),
            load_only(Profile.skills, Profile.headline, Profile.about),
            defer(Prototype.requirements),
            defer(Prototype.summary),
        )
        .order_by(Bid.id)
    )


def _shown_works(job_id: int) -> _Works:
    """Bid id -> what its chosen portfolio items say."""
    texts: _Works = defaultdict(list)
    rows = db.session.execute(
        select(bid_portfolio.c.bid_id, PortfolioItem.title, PortfolioItem.description)
        .join(PortfolioItem, PortfolioItem.id == bid_portfolio.c.portfolio_item_id)
        .join(Bid, Bid.id == bid_portfolio.c.bid_id)
        .where(Bid.job_id == job_id)
    )
    for bid_id, title, description in rows:
        texts[bid_id] += (title, description)
    return texts


def _match(profile: Profile | None, skills: Sequence[str], spec_words: frozenset[str], works: list[str]) -> float:
    if profile is None:
        return 0.0
    own_words = words(profile.headline, profile.about, *profile.skills, *works)
    return match(skills, spec_words, profile.skills, own_words)
