"""Due rows are leased to one worker at a time; an expired lease is rejected."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.core.claims import claim_due, end_claim, lock_all_claimed, lock_claimed, renew_claims
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.factories import START

pytestmark = pytest.mark.both_engines

MINUTE = timedelta(minutes=1)


def add_due(count: int, due_at=START) -> None:
    db.session.add_all(
        OutgoingMail(to=f"{n}@example.com", subject="Hi", text="Hi", created_at=START, due_at=due_at)
        for n in range(count)
    )
    db.session.commit()


def test_rows_are_leased_once_oldest_first(app: Flask) -> None:
    with app.app_context():
        add_due(3)
        first = [row.id for row in claim_due(OutgoingMail, START, 2, 60)]
        db.session.commit()
        second = [row.id for row in claim_due(OutgoingMail, START, 2, 60)]
        assert (first, second) == ([1, 2], [3])


def test_row_not_due_is_not_leased(app: Flask) -> None:
    with app.app_context():
        add_due(1, START + MINUTE)
        assert claim_due(OutgoingMail, START, 5, 60) == []
        assert len(claim_due(OutgoingMail, START + MINUTE, 5, 60)) == 1


def test_expired_lease_is_taken_over_and_fences_its_old_holder(app: Flask) -> None:
    with app.app_context():
        add_due(1)
        late = claim_due(OutgoingMail, START, 1, 60)[0].lease_token
        db.session.commit()
        fresh = claim_due(OutgoingMail, START + 2 * MINUTE, 1, 60)[0].lease_token
        db.session.commit()
        assert lock_claimed(OutgoingMail, 1, late) is None
        assert lock_claimed(OutgoingMail, 1, fresh) is not None


def test_released_row_is_due_again_as_requested_or_never(app: Flask) -> None:
    with app.app_context():
        add_due(2)
        again, never = claim_due(OutgoingMail, START, 2, 60)
        end_claim(again, START + MINUTE)
        end_claim(never, None)
        db.session.commit()
        assert [row.id for row in claim_due(OutgoingMail, START + MINUTE, 5, 60)] == [again.id]


def test_renewed_lease_lasts_unless_lost(app: Flask) -> None:
    with app.app_context():
        add_due(2)
        tokens = {row.id: row.lease_token or "" for n in range(2) for row in claim_due(OutgoingMail, START, 1, 60 - n)}
        claim_due(OutgoingMail, START + timedelta(seconds=59), 1, 60)  # another worker takes the second
        renew_claims(OutgoingMail, tokens, START + MINUTE, 60)
        assert claim_due(OutgoingMail, START + MINUTE, 5, 60) == []
        assert [row.id for row in lock_all_claimed(OutgoingMail, tokens)] == [1]


def test_eight_concurrent_workers_never_share_a_row(app: Flask) -> None:
    with app.app_context():
        add_due(40)
    taken: list[int] = []

    def work() -> None:
        with app.app_context():
            while rows := claim_due(OutgoingMail, START, 3, 60):
                taken.extend(row.id for row in rows)
                db.session.commit()
            db.session.rollback()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == list(range(1, 41))


def test_lease_from_before_clock_was_set_back_is_expired(app: Flask) -> None:
    with app.app_context():
        add_due(1)
        claim_due(OutgoingMail, START + 60 * MINUTE, 1, 60)
        db.session.commit()
        assert len(claim_due(OutgoingMail, START, 1, 60)) == 1
        db.session.commit()
        assert claim_due(OutgoingMail, START, 1, 60) == [], "one that may still be at work is left alone"
