"""Near-copies among the sites of the zoo: only the copy of `working` is flagged."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.setup import Setup
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.storage import FileStore
from marketplace.prototypes.full_checks import examine_due
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.queries import evidence_of
from marketplace.prototypes.quick_checks import check_due
from marketplace.prototypes.services import submit_link
from tests.support.factories import START
from tests.support.sites import Site
from tests.support.zoo import zoo_site

pytestmark = pytest.mark.browser

ORIGINAL: dict[str, tuple[str, str]] = {
    "working": ("good", ""),
    "copied": ("note", "flagged"),
    "one_page": ("good", ""),
    "crlf_redirect": ("good", ""),
    "pictured": ("good", ""),
}
"""Site -> what `original` says of it, and what its prototype is marked with; each was given an hour after the last."""


@pytest.fixture
def sites() -> Generator[dict[str, Site]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(zoo_site(name)) for name in ORIGINAL}


def test_only_the_copy_is_flagged(app: Flask, clock: FixedClock, sites: dict[str, Site], tmp_path: Path) -> None:
    setup = Setup(guard=Guard(frozenset(there.place for there in sites.values())), politeness=UNLIMITED)
    with app.app_context():
        ids = {
            name: submit_link(there.url, [], START + timedelta(hours=hours)).id
            for hours, (name, there) in enumerate(sites.items())
        }
        db.session.commit()
        clock.moment = START + timedelta(hours=len(sites))
        assert check_due(setup, clock.now, seconds=20) == len(sites)
        assert examine_due(setup, FileStore(tmp_path), clock.now, linger=0) == len(sites)
        prototypes = {name: db.session.get_one(Prototype, key) for name, key in ids.items()}
        assert {name: (tone_of(one, clock), one.review) for name, one in prototypes.items()} == ORIGINAL
        pairs = db.session.execute(select(Resemblance.prototype_id, Resemblance.other_id)).all()
        assert [tuple(pair) for pair in pairs] == [(ids["copied"], ids["working"])]


def tone_of(prototype: Prototype, clock: FixedClock) -> str:
    """What `original` says of it."""
    audits = evidence_of(prototype, clock.now()).audits
    return next(audit.tone.value for audit in audits if audit.name == "original")
