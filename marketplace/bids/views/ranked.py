"""The client's bids page: ranked cards, tabs, filters, and fragments that update an open page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.bids import policy
from marketplace.bids.cards import BidCard, card_of
from marketplace.bids.listing import SORTS, TABS, BidView, glance, newest_rank, ranked_bids, standing_of, withdrawn_bids
from marketplace.bids.models import Bid
from marketplace.bids.queries import bid_for
from marketplace.bids.views.blueprint import bp, ranked_job
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.models import Job
from marketplace.jobs.requirements import is_checkable
from marketplace.ranking.own import WORDS, Own, own_points, own_score, read_own
from marketplace.web.access import signed_in
from marketplace.web.request import actor, now


@bp.get("/jobs/<slug>/bids")
@signed_in
def ranked(slug: str) -> ResponseReturnValue:
    """List the job's bids by rank or the client's own weighting; 422 when that weighting cannot be parsed."""
    job, (own, unread) = ranked_job(slug), read_own(request.args)
    view = _view(own)
    after = request.args.get("after", "")
    page = ranked_bids(job, view, int(after[:6]) if after.isascii() and after.isdigit() else 0)
    snapshot, best = newest_rank(job.id)
    html = render_template(
        "bids/ranked.html",
        job=job,
        view=view,
        own=own,
        unread=unread,
        words=WORDS,
        standing_of=standing_of,
        own_score=own_score,
        own_points=own_points,
        page=page,
        cards=cards_of(job, page.rows, best),
        glance=glance(job.id),
        withdrawn=withdrawn_bids(job.id),
        news_url=url_for("bids.news", slug=slug, seen=snapshot, **own.turned),
        state=jobs_policy.shown_state(job, now()),
        may_decide=not policy.why_not_choose(actor(), job, now()),
        tabs=TABS,
        sorts=SORTS,
    )
    return html, 422 if unread else 200


@bp.get("/jobs/<slug>/bids/news")
@signed_in
def news(slug: str) -> ResponseReturnValue:
    """Fragment that says when the ranking on the page is outdated."""
    job, seen = ranked_job(slug), request.args.get("seen", "")
    snapshot, _ = newest_rank(job.id)
    changed = str(snapshot) != seen
    own, _ = read_own(request.args)
    fragment = render_template("bids/_news.html", job=job, changed=changed, own=own, news_url=request.full_path)
    response = make_response(fragment)
    if changed:
        response.headers["X-Final"] = "The ranking has changed."
    return response


@bp.get("/bids/<int:bid_id>/state")
@signed_in
def state(bid_id: int) -> ResponseReturnValue:
    """Fragment with the state of the bid's link, polled until its check ends."""
    bid = bid_for(actor(), bid_id)
    response = make_response(render_template("bids/_state.html", card=BidCard(bid, None, None, "")))
    if bid.prototype and not bid.prototype.is_waiting:
        response.headers["X-Final"] = f"{bid.freelancer.name}: {bid.prototype.summary}"
    return response


def cards_of(job: Job, bids: Sequence[Bid], best: dict[str, Any]) -> list[BidCard]:
    """Build the cards of some of the job's bids."""
    checkable = sum(is_checkable(line.kind) for line in job.requirements)
    closed = jobs_policy.bids_closed_at(job, now()) is not None
    return [card_of(bid, checkable, best, closed=closed) for bid in bids]


def _view(own: Own) -> BidView:
    args = request.args
    tab, sort = args.get("tab", ""), args.get("sort", "")
    return BidView(
        tab=tab if tab in TABS else "all",
        sort=sort if sort in SORTS else "rank",
        live="live" in args,
        within_budget="within_budget" in args,
        fast="fast" in args,
        own=own,
    )
