"""Watches for rejected work: periodic checks, one comparison per check, one report, judged by a moderator."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from marketplace.bids.models import Bid
from marketplace.checker.browser.view import Rendering
from marketplace.checker.likeness.fingerprint import fingerprint_of
from marketplace.contracts.services.awarding import award_bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.events import prototype_examined
from marketplace.jobs.services.site import look_at_site
from marketplace.moderation.models import Report
from marketplace.prototypes.models import Prototype, StoredCheck
from marketplace.prototypes.originality.index import keep_print
from marketplace.prototypes.quick_check_recording import row_of
from marketplace.prototypes.services import submit_link
from marketplace.watches.models import WorkMatch, WorkWatch
from marketplace.watches.reasons import CLIENTS_WORDS, CREDITED_BID, CREDITED_PAGE, OLD_SITE, is_credited
from marketplace.watches.services import FOUND, NO_SITE, NOTHING, begin_watch, see_to_due, stop_watch
from tests.support.factories import START, make_bid, make_job, make_user
from tests.web.bids.test_evidence import FULL

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)
WORDS = " ".join(f"Members of hall {number} book a slot for the wall in three taps." for number in range(12))
OTHER = " ".join(f"We bake {number} loaves of rye bread every single morning before dawn." for number in range(12))


def shown(prototype: Prototype, text: str, now=START) -> None:
    """Record a full check that saw this text."""
    record = replace(FULL, url=prototype.url, rendering=Rendering(text=text))
    cause = f"full:{now:%Y%m%dT%H%M%S%f}"
    db.session.execute(insert(StoredCheck), [row_of(prototype, record, now, cause=cause)])
    keep_print(prototype.id, prototype.revision, fingerprint_of(text, None), now)
    prototype.examined_at, prototype.state, prototype.due_at = now, "live", None
    prototype_examined.send(prototype)
    db.session.commit()


@pytest.fixture
def lost(app: Flask):
    """A bid that lapsed when another won, on a job with a known client site."""
    with app.app_context():
        job = make_job(make_user("client", name="Cleo Client"), current_site="https://gym.example/")
        mine = submit_link("https://granite.example/", [], START)
        bid = make_bid(job, make_user("freelancer", name="Wanda Works"), prototype_id=mine.id)
        shown(mine, WORDS)
        winner = make_bid(job, make_user("freelancer", name="Will Winner"))
        award_bid(job.client, winner, winner.version, START)
        db.session.commit()
        db.session.expire_all()
        yield bid


def sweep(clock: FixedClock, now) -> None:
    clock.moment = now
    while see_to_due(clock.now):
        pass
    db.session.expire_all()


def watched(bid: Bid, clock: FixedClock) -> WorkWatch:
    watch = begin_watch(bid.freelancer, bid, 90, START)
    db.session.commit()
    sweep(clock, START)
    return watch


def reports() -> list[tuple[str, str, int]]:
    return [(one.state, one.subject_kind, one.affected_id) for one in db.session.scalars(select(Report))]


def test_match_opens_one_report_and_notifies_bidder(lost: Bid, clock: FixedClock) -> None:
    watch = watched(lost, clock)
    assert (watch.site.url, watch.site.watched, watch.due_at) == ("https://gym.example/", False, START + 3 * DAY)
    for hours in (1, 2):
        shown(watch.site, WORDS, START + timedelta(hours=hours))
        sweep(clock, START + timedelta(hours=hours))
    assert (watch.state, watch.summary, watch.due_at) == ("matched", FOUND, None)
    assert reports() == [("open", "site", lost.job.client_id)]
    assert not lost.job.client.is_suspended


def test_different_site_is_no_match_and_is_checked_again(lost: Bid, clock: FixedClock) -> None:
    watch = watched(lost, clock)
    shown(watch.site, OTHER, START + DAY)
    sweep(clock, START + DAY)
    assert (watch.state, watch.summary) == ("watching", NOTHING)
    sweep(clock, START + 3 * DAY)
    assert (watch.site.state, watch.looked_at) == ("queued", START + 3 * DAY)
    assert reports() == []


def test_watch_ends_after_its_days(lost: Bid, clock: FixedClock) -> None:
    watch = watched(lost, clock)
    sweep(clock, START + 90 * DAY)
    assert (watch.state, watch.due_at) == ("ended", None)
    shown(watch.site, WORDS, START + 91 * DAY)
    sweep(clock, START + 91 * DAY)
    assert reports() == []


def test_site_crediting_author_is_explained_until_credit_disappears(lost: Bid, clock: FixedClock) -> None:
    watch = watched(lost, clock)
    shown(watch.site, f"{WORDS} Design by Wanda Works.", START + DAY)
    sweep(clock, START + DAY)
    assert CREDITED_PAGE in watch.summary
    assert reports() == []
    shown(watch.site, WORDS, START + 2 * DAY)
    sweep(clock, START + 2 * DAY)
    assert (len(reports()), db.session.scalar(select(func.count(WorkMatch.id)))) == (1, 1)


def test_credit_by_winner_explains_match(lost: Bid, clock: FixedClock) -> None:
    winner = db.session.scalars(select(Bid).where(Bid.state == "awarded")).one()
    winner.credits = "The layout is Wanda Works’, with her consent."
    watch = watched(lost, clock)
    shown(watch.site, WORDS, START + DAY)
    sweep(clock, START + DAY)
    assert CREDITED_BID in watch.summary
    assert reports() == []


@pytest.mark.parametrize(("before", "reason"), [(WORDS, OLD_SITE), (WORDS[: len(WORDS) * 4 // 5], CLIENTS_WORDS)])
def test_site_content_from_before_bid_is_no_match(lost: Bid, clock: FixedClock, before: str, reason: str) -> None:
    look_at_site(lost.job, START)
    old = db.session.get_one(Prototype, lost.job.current_site_id)
    shown(old, before)
    watch = watched(lost, clock)
    shown(watch.site, WORDS, START + DAY)
    sweep(clock, START + DAY)
    assert reason in watch.summary or OLD_SITE in watch.summary
    assert reports() == []


def test_later_changes_by_bidder_do_not_count(lost: Bid, clock: FixedClock) -> None:
    watch = watched(lost, clock)
    shown(lost.prototype, OTHER, START + DAY)
    shown(watch.site, OTHER, START + DAY)
    sweep(clock, START + DAY)
    assert (watch.summary, reports()) == (NOTHING, [])


def test_watch_waits_for_address(lost: Bid, clock: FixedClock) -> None:
    lost.job.current_site = ""
    watch = watched(lost, clock)
    assert (watch.summary, watch.site_id, watch.state) == (NO_SITE, None, "watching")
    lost.job.current_site = "https://new.example/"
    db.session.commit()
    sweep(clock, START + 3 * DAY)
    assert watch.site.url == "https://new.example/"


def test_repeated_request_is_one_watch_that_can_stop_and_restart(lost: Bid, clock: FixedClock) -> None:
    watch = watched(lost, clock)
    assert begin_watch(lost.freelancer, lost, 90, START) is watch
    for _ in range(2):
        stop_watch(lost.freelancer, lost, START)
    assert (watch.state, watch.due_at) == ("stopped", None)
    assert begin_watch(lost.freelancer, lost, 90, START).state == "watching"


def test_bidders_of_one_job_share_site_checks(lost: Bid, clock: FixedClock) -> None:
    other = submit_link("https://slab.example/", [], START)
    second = make_bid(lost.job, make_user("freelancer", name="Sam Second"), prototype_id=other.id, state="lapsed")
    shown(other, OTHER)
    assert watched(lost, clock).site_id == watched(second, clock).site_id


def test_only_rejected_work_with_full_check_is_watched(lost: Bid) -> None:
    with pytest.raises(NotAllowed):
        begin_watch(make_user("freelancer"), lost, 90, START)
    unseen = submit_link("https://slab.example/", [], START)
    bare = make_bid(lost.job, make_user("freelancer"), prototype_id=unseen.id, state="declined")
    with pytest.raises(Conflict):
        begin_watch(bare.freelancer, bare, 90, START)
    standing = make_bid(lost.job, make_user("freelancer"), prototype_id=lost.prototype_id)
    with pytest.raises(NotAllowed):
        begin_watch(standing.freelancer, standing, 90, START)


@pytest.mark.parametrize(
    ("text", "credited"),
    [
        ("Made by WANDA WORKS, 2026", True),
        ("see granite.example for more", True),
        ("Wanda Worksmith made this", False),
        ("pregranite.example", False),
        ("", False),
    ],
)
def test_credit_detection(lost: Bid, text: str, credited: bool) -> None:
    assert is_credited(lost, text) is credited
