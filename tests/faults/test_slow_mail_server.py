"""With a mail server that accepts mails and then drips, jobs are still ranked and ended, and money moves."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from marketplace.bids.models import RankSnapshot
from marketplace.bids.services.rescoring import ask_for_rescore
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail, post_mail
from marketplace.jobs.models import Job
from marketplace.payments.models import Charge
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.money import make_charge, make_payable, pay
from tests.support.plant import SECONDS, Plant, wait_for
from tests.support.post_office import PostOffice

pytestmark = pytest.mark.faults
MAILS = 14


@pytest.fixture
def slow_post(post: PostOffice) -> Generator[PostOffice]:
    post.mails.clear()
    post.be_slow()
    yield post
    post.go_on()


def test_slow_mail_server_delays_only_mail(plant: Plant, slow_post: PostOffice) -> None:
    with plant.app.app_context():
        for number in range(MAILS):
            post_mail(f"a{number}@example.com", "Hello", "Words", datetime.now(UTC))
        db.session.commit()
    wait_for(lambda: slow_post.waiting > 0, SECONDS)
    with plant.app.app_context():
        client, freelancer = make_user("client"), make_user("freelancer")
        job = make_job(client)
        make_bid(job, freelancer)
        ask_for_rescore(job.id, START)
        over = make_job(client, bid_deadline=START)
        make_payable(freelancer)
        charge = make_charge(client, freelancer)
        pay(charge)
        ranked, ended, paid = job.id, over.id, charge.id
    wait_for(lambda: _done(plant, ranked, ended, paid), SECONDS)
    assert slow_post.mails == [], "no mail was through yet"
    slow_post.go_on()
    wait_for(lambda: len(slow_post.mails) > 0, SECONDS)
    with plant.app.app_context():
        kept = OutgoingMail.sent_at.is_not(None) | OutgoingMail.due_at.is_not(None)
        assert db.session.scalar(select(func.count()).where(~kept)) == 0, "all are sent or still due"


def _done(plant: Plant, ranked: int, ended: int, paid: int) -> bool:
    with plant.app.app_context():
        return (
            db.session.scalar(select(func.count()).where(RankSnapshot.job_id == ranked)) == 1
            and db.session.get_one(Job, ended).state == "closed"
            and db.session.get_one(Charge, paid).state == "succeeded"
        )
