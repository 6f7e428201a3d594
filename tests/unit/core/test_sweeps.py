"""Each due row is processed once in its own transaction; failures and unstarted rows delay no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from marketplace.core.backoff import Backoff
from marketplace.core.claims import end_claim
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail, post_mail
from marketplace.core.sweeps import Claim, Clock, Groups, Rows, Sweep
from tests.support.factories import START

pytestmark = pytest.mark.both_engines


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def mails(context: Flask) -> list[int]:
    for number in range(3):
        post_mail(f"a{number}@example.com", "Hello", "Words", START)
    db.session.commit()
    return list(db.session.scalars(select(OutgoingMail.id).order_by(OutgoingMail.id)))


def finish(claim: Claim[OutgoingMail], clock: Clock) -> None:
    if mail := claim.lock():
        mail.sent_at = clock()
        end_claim(mail, None)


def failing(mail_id: int, error: Exception) -> Callable[[Claim[OutgoingMail], Clock], None]:
    def act(claim: Claim[OutgoingMail], clock: Clock) -> None:
        finish(claim, clock)
        if claim.id == mail_id:
            raise error

    return act


def sent() -> list[int]:
    done = select(OutgoingMail.id).where(OutgoingMail.sent_at.is_not(None)).order_by(OutgoingMail.id)
    return list(db.session.scalars(done))


def away() -> OperationalError:
    return OperationalError("SELECT 1", {}, Exception("the connection is lost"), connection_invalidated=True)


def test_each_due_row_is_processed_once(mails: list[int], clock: FixedClock) -> None:
    sweep = Rows(OutgoingMail, finish, limit=2)
    assert [sweep(clock.now), sweep(clock.now), sweep(clock.now)] == [2, 1, 0]
    assert sent() == mails


def test_failed_row_is_due_again_and_others_are_processed(mails: list[int], clock: FixedClock) -> None:
    assert Rows(OutgoingMail, failing(mails[0], RuntimeError()))(clock.now) == 3
    assert sent() == mails[1:]
    clock.moment += timedelta(minutes=1)
    assert Rows(OutgoingMail, finish)(clock.now) == 1
    assert sent() == mails


def test_failed_group_is_processed_row_by_row(mails: list[int], clock: FixedClock) -> None:
    act = failing(mails[1], RuntimeError())

    def act_on_all(group: Sequence[Claim[OutgoingMail]], clock: Clock) -> None:
        for claim in group:
            act(claim, clock)

    Groups(OutgoingMail, act_on_all, lambda claims: [claims])(clock.now)
    assert sent() == [mails[0], mails[2]]


def test_unstarted_rows_are_given_back_and_not_counted(mails: list[int], clock: FixedClock) -> None:
    assert Rows(OutgoingMail, finish, is_counted=True)(clock.now, seconds=0) == 3
    rows = db.session.execute(select(OutgoingMail.attempts, OutgoingMail.lease_token)).all()
    assert [tuple(row) for row in rows] == [(0, None)] * 3


def test_lost_claim_returns_no_row(mails: list[int], clock: FixedClock) -> None:
    late: list[OutgoingMail | None] = []

    def act(claim: Claim[OutgoingMail], clock: Clock) -> None:
        late.append(Claim(claim.model, claim.id, "another's").lock())

    Rows(OutgoingMail, act)(clock.now)
    assert late == [None] * 3


def test_outage_ends_the_sweep_and_gives_claims_back(
    mails: list[int], clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    rows = Rows(OutgoingMail, failing(mails[0], away()))
    Sweep("workers.mail.send_due", rows, every=5, queue="mail").run(clock.now)
    assert "a sweep ended early: the database can't be used now" in caplog.messages
    assert sent() == []
    assert Rows(OutgoingMail, finish)(clock.now) == 2, "the one that was begun waits for its lease"


def test_other_error_of_a_batch_is_not_hidden(context: Flask, clock: FixedClock) -> None:
    def batch(_clock: Clock, _seconds: float) -> int:
        raise RuntimeError("wrong")

    with pytest.raises(RuntimeError, match="wrong"):
        Sweep("workers.mail.send_due", batch, every=5, queue="mail").run(clock.now)


def test_pauses_double_up_to_the_longest_until_giving_up() -> None:
    again = Backoff(timedelta(seconds=1), timedelta(seconds=5), max_tries=4)
    dues = [again.next_due(tries, START) for tries in range(5)]
    assert [due and (due - START).total_seconds() for due in dues] == [1, 2, 4, 5, None]
