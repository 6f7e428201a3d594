"""Whatever both sides do in any order, only its author sees a sealed review, on pages or in mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import MarketplaceError
from marketplace.core.outbox import OutgoingMail
from marketplace.notifications.models import Notification
from marketplace.reviews.marks import Marks
from marketplace.reviews.models import Review
from marketplace.reviews.records import histories_of
from marketplace.reviews.services.answering import reply_to, set_quoted
from marketplace.reviews.services.revealing import reveal_due
from marketplace.reviews.services.writing import correct_review
from tests.support.contracts import make_offer, sign_both
from tests.support.factories import START, make_bid, make_job
from tests.support.reviews import complete, review
from tests.web.bids.conftest import Fair, reload

pytestmark = pytest.mark.both_engines

NAMES = ["client writes", "freelancer writes", "client edits", "replies", "corrects", "quotes", "week", "sweep"]
ACTS = st.lists(st.sampled_from(NAMES), max_size=7)
TABS = ("", "/reviews?as=client", "/reviews?as=freelancer")


class Stage:
    """One completed contract, with a unique secret text for each side's review."""

    def __init__(self, app: Flask, clock: FixedClock, fair: Fair, number: int) -> None:
        self.app, self.clock, self.fair, self.number = app, clock, fair, number
        with app.app_context():
            bid = reload(fair.bids["wanda"])
            clock.moment = START
            self.contract = complete(sign_both(make_offer(make_bid(make_job(bid.job.client), bid.freelancer)))).id
        self.secrets = {side: f"secret{number}{side}" for side in ("client", "freelancer")}

    def act(self, name: str) -> None:
        with self.app.app_context():
            contract = db.session.get_one(Contract, self.contract)
            try:
                self._act(name, contract)
                db.session.commit()
            except MarketplaceError:
                db.session.rollback()  # refusals are fine, leaks are not

    def _act(self, name: str, contract: Contract) -> None:
        now = self.clock.moment
        side, _, what = name.partition(" ")
        if what:
            review(contract, side, Marks(1, 1, 1) if what == "edits" else Marks(5, 5, 5), self.secrets[side], now)
        elif name == "week":
            self.clock.moment += timedelta(days=7)
        elif name == "sweep":
            reveal_due(self.clock.now)
        for one in [] if what else self.reviews():
            if name == "replies":
                reply_to(one.subject, one, "Thank you.", now)
            elif name == "corrects":
                correct_review(one.author, one, f"{one.text} (corrected)", now)
            elif name == "quotes":
                set_quoted(one.subject, one, quoted=True, now=now)

    def reviews(self) -> list[Review]:
        wanted = [one for one in db.session.scalars(select(Review)) if one.round.contract_id == self.contract]
        return list(wanted)

    def leaks(self) -> list[str]:
        """Places where somebody sees what is sealed from them."""
        with self.app.app_context():
            sealed = {one.author_id: (one.id, one.about) for one in self.reviews() if one.revealed_at is None}
            contract = db.session.get_one(Contract, self.contract)
            slugs = contract.client.slug, contract.freelancer.slug
            told = [*db.session.scalars(select(Notification.body)), *db.session.scalars(select(OutgoingMail.text))]
            counted = histories_of([contract.freelancer_id])[contract.freelancer_id].reviews
            job, authors = contract.award.job.slug, {contract.client_id: "client", contract.freelancer_id: "freelancer"}
            shown = [one for one in db.session.scalars(select(Review)) if one.revealed_at and one.about == "freelancer"]
        found = [] if len(counted) == len(shown) else ["the record counts what is sealed"]
        paths = [
            f"/contracts/{self.contract}", "/me", "/inbox", f"/jobs/{job}", f"/jobs/{job}/bids", "/admin/queue",
            *(f"/people/{slug}{more}" for slug in slugs for more in TABS),
        ]  # fmt: skip
        for author, (review_id, _) in sealed.items():
            secret = self.secrets[authors[author]]
            found += [f"told: {text}" for text in told if secret in text]
            others = [
                who for who in ("anonymous", "nora", "admin", "client", "wanda") if self.fair.people.get(who) != author
            ]
            of_review = [f"/reviews/{review_id}", f"/contracts/{self.contract}/review", f"/report/review/{review_id}"]
            for who in others:
                browser = self.fair.as_(who)
                pages = paths + of_review if who in ("client", "wanda") else paths[6:] + of_review
                found += [f"{who}: {path}" for path in pages if secret in browser.get(path, follow_redirects=True).text]
        return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_sealed_reviews_never_leak(app: Flask, clock: FixedClock, fair: Fair, acts: list[str]) -> None:
    with app.app_context():
        number = len(db.session.scalars(select(Contract.id)).all())
    stage = Stage(app, clock, fair, number)
    for name in acts:
        stage.act(name)
    assert stage.leaks() == []


def test_leak_search_detects_a_leak(app: Flask, clock: FixedClock, fair: Fair) -> None:
    """A leaked sealed review is found, so the property above can fail."""
    stage = Stage(app, clock, fair, 0)
    stage.act("client writes")
    with app.app_context():
        body = f"Psst: {stage.secrets['client']}"
        told = Notification(user_id=fair.people["wanda"], kind="review", dedupe_key="leak", subject="Psst", path="/me")
        told.body, told.created_at = body, START
        db.session.add(told)
        db.session.commit()
    assert f"told: {body}" in stage.leaks()
