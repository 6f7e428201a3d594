"""The sample marketplace: every state to look at, and bulk loads."""

from __future__ import annotations

from collections.abc import Callable
from urllib.request import urlopen

import pytest
from flask import Flask
from rich.progress import Progress
from sqlalchemy import func, select

from marketplace.accounts.linked_accounts import links_among
from marketplace.accounts.models import User
from marketplace.accounts.services.signals import note_signals
from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.prototypes.models import Prototype
from marketplace.sample.build import ACCOUNTS, add_small_sample, has_people
from marketplace.sample.load import BIDS_A_JOB, add_load
from marketplace.sample.sites import SITES, serving_sites, site_url
from tests.support.factories import START
from tests.support.product import free_ports
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines


def test_small_sample_has_jobs_and_bids_in_many_states(app: Flask) -> None:
    with app.app_context():
        assert not has_people()
        add_small_sample(START, 8701)
        db.session.commit()
        assert has_people()
        jobs, bids = set(db.session.scalars(select(Job.state))), set(db.session.scalars(select(Bid.state)))
        assert {"draft", "pending_review", "open", "closed", "awarded", "cancelled"} <= jobs
        assert {"submitted", "shortlisted", "declined", "withdrawn", "awarded", "lapsed"} <= bids
        assert db.session.scalar(select(func.count()).select_from(Prototype)) == 10


def test_sample_accounts_can_sign_in(app: Flask, visitor: Callable[[], Visitor]) -> None:
    with app.app_context():
        add_small_sample(START, 8701)
        db.session.commit()
    for _, email, password in ACCOUNTS:
        assert visitor().submit("/signin", {"email": email, "password": password}).location == "/me"


def test_sample_accounts_can_be_used_from_one_browser(app: Flask) -> None:
    with app.app_context():
        add_small_sample(START, 8701)
        emails = [email for _, email, _ in ACCOUNTS]
        people = db.session.scalars(select(User.id).where(User.email.in_(emails))).all()
        for person in people:
            note_signals(person, {"device": "one"}, "s" * 40, START)
        assert (len(people), links_among(people)) == (3, {})


def test_load_is_written_in_bulk_and_can_be_extended(app: Flask, visitor: Callable[[], Visitor]) -> None:
    with app.app_context(), Progress(disable=True) as progress:
        add_load(30, START, progress)
        add_load(20, START, progress)
        assert db.session.scalar(select(func.count()).select_from(Job)) == 50
        assert db.session.scalar(select(func.count()).select_from(Bid)) == 50 * BIDS_A_JOB
    assert visitor().page("/jobs").css_first("a[rel=next]") is not None


@pytest.mark.parametrize("name", [name for name in SITES if name not in ("broken", "slow")])
def test_sample_sites_are_served_on_loopback(name: str) -> None:
    base = free_ports(len(SITES))
    with serving_sites(base) as exceptions:
        url = site_url(name, base)
        assert url.removeprefix("http://").rstrip("/") in exceptions
        with urlopen(url) as page:  # noqa: S310 (our own loopback address)
            assert page.status == 200
