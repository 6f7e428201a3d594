"""Resemblances that need no moderator: own work, credited work, the client's own text."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.bids.services.originality import CLIENTS_SITE, explain_again
from marketplace.contracts.likeness import SAME_WORK
from marketplace.core.database import db
from marketplace.jobs.services.site import look_at_site
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.originality.explaining import explain
from marketplace.prototypes.services import submit_link
from tests.support.contracts import make_contract
from tests.support.factories import START, make_bid, make_job, make_user

pytestmark = pytest.mark.both_engines


def resemblance(later: int, earlier: int, picture: float | None = None) -> Resemblance:
    found = Resemblance(
        prototype_id=later, revision=1, other_id=earlier, text_likeness=0.95, picture_likeness=picture,
        found_at=START, state="flagged", explanation="",
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    explain(found)
    return found


@pytest.mark.parametrize(
    ("says", "state"),
    [
        ("", "flagged"),
        ("Icons: Lucide.", "flagged"),
        ("Started from https://first.example/ with thanks.", "explained"),
        ("Layout by Fay First, with her consent.", "explained"),
    ],
)
def test_credited_work_is_explained(app: Flask, says: str, state: str) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        first, second = (
            submit_link("https://www.first.example/", [], START),
            submit_link("https://b.example/", [], START),
        )
        make_bid(job, make_user("freelancer", name="Fay First"), prototype_id=first.id)
        make_bid(job, make_user("freelancer"), prototype_id=second.id, credits=says)
        assert resemblance(second.id, first.id).state == state


@pytest.mark.parametrize(
    ("says", "state"),
    [
        ("As planned, with annotations.", "flagged"),
        ("Layout by Ann.", "explained"),
        ("ANN’s layout", "explained"),
        ("https://www.my.first.example/ and notfirst.example", "flagged"),
        ("first.example.net", "flagged"),
        ("first.example-shop.net", "flagged"),
        ("Started from (first.example).", "explained"),
        ("https://First.example:8443/page", "explained"),
    ],
)
def test_credit_must_name_full_author_or_host(app: Flask, says: str, state: str) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        links = [submit_link(f"https://{name}.example/", [], START).id for name in ("first", "second")]
        make_bid(job, make_user("freelancer", name="Ann"), prototype_id=links[0])
        make_bid(job, make_user("freelancer"), prototype_id=links[1], credits=says)
        assert resemblance(links[1], links[0]).state == state


def test_own_earlier_work_is_explained(app: Flask) -> None:
    with app.app_context():
        client, author = make_user("client"), make_user("freelancer")
        links = [submit_link(f"https://{name}.example/", [], START).id for name in ("one", "two")]
        for link in links:
            make_bid(make_job(client), author, prototype_id=link)
        assert resemblance(links[1], links[0]).state == "explained"


@pytest.mark.parametrize(
    ("picture", "state", "words"),
    [
        (0.5, "explained", "the words are the client’s own"),
        (None, "explained", "client’s own"),
        (0.95, "flagged", CLIENTS_SITE),
    ],
)
def test_redesign_may_keep_client_text_but_not_look(app: Flask, picture: float | None, state: str, words: str) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        job.current_site = "https://old.example/"
        look_at_site(job, START)
        mine = submit_link("https://new.example/", [], START)
        make_bid(job, make_user("freelancer"), prototype_id=mine.id)
        assert job.current_site_id
        found = resemblance(mine.id, job.current_site_id, picture)
        assert found.state == state
        assert words in found.explanation


def test_edited_bid_keeps_explanation_from_another_room(app: Flask) -> None:
    with app.app_context():
        contract = make_contract(prototype_id=submit_link("https://gym.example/", [], START).id)
        milestone, bid = contract.milestones[0], contract.award.bid
        production = submit_link("https://live.example/", [], START)
        milestone.production_id = production.id
        assert bid.prototype
        found = resemblance(bid.prototype.id, production.id)
        explain_again(bid)
        assert (found.state, found.explanation, bid.prototype.review) == ("explained", SAME_WORK, "")


def test_site_is_checked_once_until_address_changes(app: Flask) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        job.current_site = "https://old.example/"
        look_at_site(job, START)
        first = job.current_site_id
        look_at_site(job, START)
        assert job.current_site_id == first
        assert db.session.get_one(Prototype, first).watched is False
        job.current_site = "https://other.example/"
        look_at_site(job, START)
        assert job.current_site_id != first
        job.current_site = ""
        look_at_site(job, START)
        assert job.current_site_id is None
