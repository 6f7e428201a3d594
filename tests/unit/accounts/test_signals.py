"""Signals as rows: opaque hashes, deleted in time, and the links that they make."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.linked_accounts import (
    link_between,
    links_among,
    links_seen_since,
    meetings_of,
    share_an_address,
)
from marketplace.accounts.models import AccountSignal, User
from marketplace.accounts.services.signals import digest, forget_signals, know_pair, note_signals, unknow_pair
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotAllowed
from tests.support.factories import START, make_user
from tests.support.queries import counted_queries

pytestmark = pytest.mark.both_engines

SECRET = "s" * 40
OLD = START - timedelta(days=300)
ADDRESSES = {
    "itself": ("198.51.100.7", "198.51.100.7", True),
    "another one": ("198.51.100.7", "198.51.100.8", False),
    "IPv4 mapped into IPv6": ("198.51.100.7", "::ffff:198.51.100.7", True),
    "one IPv6 network, another device": ("2001:db8:1:2:3::4", "2001:db8:1:2::9", True),
    "another IPv6 network": ("2001:db8:1:2::9", "2001:db8:1:3::9", False),
    "two spellings of one IPv6 address": ("2001:DB8::1", "2001:db8:0:0:0:0:0:1", True),
}


def see(person: User, at: datetime = START, **seen: str) -> None:
    note_signals(person.id, seen, SECRET, at)
    db.session.commit()


@pytest.mark.parametrize(("one", "other", "same"), ADDRESSES.values(), ids=ADDRESSES)
def test_address_spellings_are_normalized(one: str, other: str, *, same: bool) -> None:
    assert (digest(SECRET, "address", one) == digest(SECRET, "address", other)) is same


def test_digest_depends_on_secret_and_kind() -> None:
    assert digest(SECRET, "device", "x") != digest("t" * 40, "device", "x")
    assert digest(SECRET, "device", "x") != digest(SECRET, "payout", "x")


def test_signals_are_stored_as_hashes_only(app: Flask) -> None:
    with app.app_context():
        see(make_user(), device="abc", address="198.51.100.7", payout="")
        kept = db.session.execute(select(AccountSignal.kind, AccountSignal.digest).order_by(AccountSignal.kind)).all()
        assert [kind for kind, _ in kept] == ["address", "device"]
        assert all(len(value) == 32 and int(value, 16) for _, value in kept)


def test_repeated_signal_updates_only_its_time_in_one_statement(app: Flask) -> None:
    with app.app_context():
        person = make_user()
        see(person, device="abc", address="198.51.100.7")
        later, person_id = START + timedelta(days=3), person.id
        with counted_queries() as statements:
            note_signals(person_id, {"device": "abc", "address": "198.51.100.7"}, SECRET, later)
        db.session.commit()
        assert len(statements) == 1
        rows = db.session.scalars(select(AccountSignal)).all()
        assert [(row.first_seen, row.last_seen) for row in rows] == [(START, later)] * 2


def test_signals_unseen_for_90_days_are_deleted_in_batches(app: Flask) -> None:
    with app.app_context():
        person = make_user()
        for day in range(5):
            see(person, START - timedelta(days=91 + day), device=f"old{day}")
        see(person, START - timedelta(days=89), device="recent")
        assert [forget_signals(START, limit=3) for _ in range(3)] == [3, 2, 0]
        assert db.session.scalar(select(func.count()).select_from(AccountSignal)) == 1


def test_same_browser_links_and_strangers_cost_one_query(app: Flask) -> None:
    with app.app_context():
        one, other, stranger = make_user(), make_user(created_at=OLD), make_user()
        for person in (one, other):
            see(person, device="abc")
        see(stranger, device="xyz")
        assert link_between(one.id, other.id) == link_between(other.id, one.id) == "device"
        assert link_between(one.id, one.id) is None
        one_id, stranger_id = one.id, stranger.id
        with counted_queries() as statements:
            assert link_between(one_id, stranger_id) is None
        assert len(statements) == 1


def test_address_links_only_simultaneous_accounts_without_a_crowd(app: Flask) -> None:
    with app.app_context():
        one = make_user(created_at=START)
        twin = make_user(created_at=START + timedelta(minutes=10))
        cousin = make_user(created_at=START + timedelta(days=2))
        for person in (one, twin, cousin):
            see(person, address="198.51.100.7")
        assert links_among([one.id, twin.id, cousin.id]) == {(one.id, twin.id): "address"}
        assert share_an_address({(one.id, cousin.id)}) == {(one.id, cousin.id)}
        see(make_user(created_at=OLD), address="198.51.100.7")  # the fourth: a crowd
        assert links_among([one.id, twin.id, cousin.id]) == {}
        assert share_an_address({(one.id, cousin.id)}) == set()


def test_known_pair_may_share_an_address(app: Flask) -> None:
    with app.app_context():
        one, cousin, admin = make_user(), make_user(), make_user("admin")
        for person in (one, cousin):
            see(person, address="198.51.100.7")
        know_pair(admin, one.id, cousin.id, "Sisters.", START)
        assert share_an_address({(one.id, cousin.id)}) == set()


def test_links_among_many_take_at_most_four_queries(app: Flask) -> None:
    with app.app_context():
        people = [make_user(created_at=START) for _ in range(12)]
        for at, person in enumerate(people):
            see(person, device=f"device{at // 2}", address=f"198.51.100.{at // 3}")
        ids = [person.id for person in people]
        with counted_queries() as statements:
            links = links_among(ids)
        assert len(statements) == 4
        assert sorted(links.values()) == ["address"] * 8 + ["device"] * 6


def test_sweep_finds_recent_links_and_skips_crowds(app: Flask) -> None:
    with app.app_context():
        people = [make_user(created_at=START) for _ in range(5)]
        for person in people:
            see(person, START, address="198.51.100.1")  # an office
        for person in people[:2]:
            see(person, START, device="shared")
        for person in people[3:]:
            see(person, START - timedelta(days=5), device="long ago")
        found = links_seen_since(START - timedelta(days=1), limit=100)
        assert found == {(people[0].id, people[1].id): "device"}


def test_known_pair_is_not_linked_until_unmarked(app: Flask) -> None:
    with app.app_context():
        admin, one, other = make_user("admin"), make_user(), make_user()
        for person in (one, other):
            see(person, device="abc")
        know_pair(admin, other.id, one.id, "A couple.", START)
        assert link_between(one.id, other.id) is None
        assert len(meetings_of(one.id, other.id)) == 1
        with pytest.raises(Conflict, match="known already"):
            know_pair(admin, one.id, other.id, "Again.", START)
        unknow_pair(admin, one.id, other.id)
        assert link_between(one.id, other.id) == "device"
        with pytest.raises(Conflict):
            unknow_pair(admin, one.id, other.id)


def test_only_admins_mark_known_pairs(app: Flask) -> None:
    with app.app_context():
        one, other = make_user(), make_user()
        with pytest.raises(NotAllowed):
            know_pair(one, one.id, other.id, "We are two.", START)
        with pytest.raises(NotAllowed):
            unknow_pair(one, one.id, other.id)
