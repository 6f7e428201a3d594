"""Bidders, client, checker and ranker working concurrently on one job, without deadlocks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.bids.models import Bid
from marketplace.bids.offer import Offer
from marketplace.bids.services.deciding import shortlist, unshortlist
from marketplace.bids.services.rescoring import rescore_due
from marketplace.bids.services.writing import edit_bid, offer_of, place_bid, save_draft
from marketplace.checker.setup import Setup
from marketplace.core.clock import DatabaseClock
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.jobs.services.editing import edit_job
from marketplace.prototypes.quick_checks import check_due
from tests.support.factories import make_job, make_user

pytestmark = pytest.mark.both_engines

OFFER = Offer(290_000, 18, 6, "The hardest part is the waiting list: two people may press at once, so it is held.")
REFUSED = "http://127.0.0.1/"
"""A link the checker refuses without opening a connection."""


def test_concurrent_actors_do_not_deadlock(app: Flask) -> None:
    with app.app_context():
        now = DatabaseClock().now()
        deadlines = {"bid_deadline": now + timedelta(days=3), "decision_deadline": now + timedelta(days=9)}
        job = make_job(make_user("client"), requirements=[("page", "/")], skills=("css",), spec="x" * 50, **deadlines)
        job_id, bids = job.id, list[int]()
        for place in range(8):
            person = make_user("freelancer")
            draft = save_draft(person, job, replace(OFFER, prototype_url=f"{REFUSED}{place}"), now)
            place_bid(person, draft, now)
            db.session.commit()
            bids.append(draft.id)

    def edit(turn: int) -> None:
        bid = db.session.get_one(Bid, bids[turn % 8])
        link = f"{REFUSED}{threading.get_ident()}-{turn}"
        edit_bid(bid.freelancer, bid, replace(offer_of(bid), prototype_url=link), now)

    def change_spec(turn: int) -> None:
        job = db.session.get_one(Job, job_id)
        edit_job(job.client, job, {"requirements": (("page", f"/{turn}"),)}, job.version, now)

    def decide(turn: int) -> None:
        bid = db.session.get_one(Bid, bids[turn % 8])
        (shortlist if turn % 2 else unshortlist)(bid.job.client, bid, now)

    def check(turn: int) -> None:
        check_due(Setup(), DatabaseClock().now, seconds=1)

    def score(turn: int) -> None:
        rescore_due(DatabaseClock().now)

    def keep_doing(act: Callable[[int], None]) -> None:
        with app.app_context():
            for turn in range(12):
                act(turn)
                db.session.commit()
                db.session.remove()

    acts = [edit, edit, change_spec, decide, check, check, score]
    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(keep_doing, acts))  # re-raises errors of the threads, such as deadlocks
