"""Production sites: watched, compared after checks, and their effect on auto-release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.checker.requirements import Outcome
from marketplace.checker.states import CheckState
from marketplace.contracts.going_live import Delivery
from marketplace.contracts.models import ContractEvent, GoLiveCheck, Milestone
from marketplace.contracts.queries import newest_go_live_check
from marketplace.contracts.services.sweeping import do_due
from marketplace.contracts.services.working import submit_work
from marketplace.contracts.states import Pause
from marketplace.contracts.views.showing import promise_of
from marketplace.contracts.wording import pause_words, promise_measured
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.payments.services.settlement import close_chargeback, open_chargeback
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.services import submit_link
from tests.support.contracts import hand_in, make_offer, pay_for, sign_both
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.looks import OTHER, Outline, check_fully, check_quickly, record_of

pytestmark = pytest.mark.both_engines

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://gym.example/"
LINES = [("page", "/prices"), ("text", "Book now"), ("free", "It feels friendly")]


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def milestone(context: None) -> Milestone:
    """A milestone paid at START, of a bid whose prototype had a full check."""
    job = make_job(make_user("client", name="Cleo Client"), requirements=LINES)
    lines = [{"id": str(line.id), "kind": line.kind, "value": line.value} for line in job.requirements]
    link = submit_link("https://demo.example/gym/", lines, START)
    bid = make_bid(job, make_user("freelancer", name="Fay Freelancer"), prototype_id=link.id)
    check_quickly(link, START)
    check_fully(link, START, record_of(link, START))
    return pay_for(sign_both(make_offer(bid)).milestones[0])


def go_live(
    milestone: Milestone, clock: FixedClock, moment=START + 3 * HOUR, url: str = URL, **found: object
) -> Prototype:
    """Submit with the production address, and run a quick and a full check."""
    clock.moment = moment
    hand_in(milestone, moment, url)
    production = milestone.production
    assert production is not None
    check_quickly(production, moment)
    look(production, clock, **found)
    return production


def look(production: Prototype, clock: FixedClock, text: str | None = None, **found: object) -> None:
    """Run a full check, then the sweep."""
    record = record_of(production, clock.moment, **({"text": text} if text else {}), **found)
    check_fully(production, clock.moment, record)
    sweep(clock)


def sweep(clock: FixedClock) -> None:
    while do_due(clock.now):
        pass
    db.session.expire_all()


def test_production_is_watched_with_client_token(milestone: Milestone) -> None:
    hand_in(milestone, url=URL)
    production, contract = milestone.production, milestone.contract
    assert (production.url, production.token, production.watched) == (URL, contract.token, True)
    assert production.requirements == contract.scope["requirements"]


def test_awarded_work_on_client_domain_is_verified_and_promise_measured(
    milestone: Milestone, clock: FixedClock
) -> None:
    go_live(milestone, clock, START + timedelta(hours=3, minutes=10), proven=True)
    assert (milestone.state, milestone.auto_release_at) == ("verified_live", milestone.submitted_at + 7 * DAY)
    assert promise_measured(milestone.contract, milestone) == "Live 3 h 10 min after payment, promised 6 h."
    assert promise_of(milestone, clock.moment) is Delivery.KEPT


def test_late_go_live_is_reported(milestone: Milestone, clock: FixedClock) -> None:
    go_live(milestone, clock, START + timedelta(days=2, hours=4), proven=True)
    assert promise_measured(milestone.contract, milestone) == "Live 2 d 4 h after payment, promised 6 h."
    assert promise_of(milestone, clock.moment) is Delivery.BROKEN


@pytest.mark.parametrize("url", ["https://demo.example/gym/", "https://demo.example/", "https://www.demo.example/"])
def test_prototype_address_is_never_production_even_with_token(
    milestone: Milestone, clock: FixedClock, url: str
) -> None:
    go_live(milestone, clock, url=url, proven=True)
    assert milestone.state == "submitted"
    assert promise_of(milestone, clock.moment) is Delivery.NOT_MEASURED
    assert "It is where the prototype is" in newest_go_live_check(milestone.id).reasons[0]


@pytest.mark.parametrize("hours", [3, 9])
def test_promise_is_not_measured_without_domain_proof(milestone: Milestone, clock: FixedClock, hours: int) -> None:
    go_live(milestone, clock, START + hours * HOUR)
    assert promise_of(milestone, START + 30 * DAY) is Delivery.NOT_MEASURED


def test_late_proof_measures_from_first_live_time(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock)
    clock.moment += 5 * DAY
    look(production, clock, proven=True)
    assert (milestone.proven_live_at, promise_of(milestone, clock.moment)) == (START + 3 * HOUR, Delivery.KEPT)


def test_placeholder_page_does_not_keep_promise(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, text=OTHER, proven=True, outline=Outline(("Soon",)))
    assert promise_of(milestone, START + 4 * HOUR) is Delivery.OPEN
    assert promise_of(milestone, START + 7 * HOUR) is Delivery.BROKEN
    clock.moment += 2 * DAY
    look(production, clock, proven=True)
    assert (milestone.proven_live_at, promise_of(milestone, clock.moment)) == (clock.moment, Delivery.BROKEN)


def test_domain_redirecting_to_prototype_does_not_keep_promise(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True, leads_to="https://demo.example/gym/")
    assert (milestone.proven_live_at, promise_of(milestone, clock.moment)) == (None, Delivery.NOT_MEASURED)
    clock.moment += 2 * DAY
    look(production, clock, proven=True)
    assert (milestone.proven_live_at, promise_of(milestone, clock.moment)) == (clock.moment, Delivery.BROKEN)


def test_new_address_must_be_proven_again(milestone: Milestone, clock: FixedClock) -> None:
    go_live(milestone, clock, proven=True)
    hand_in(milestone, clock.moment, "https://demo.example/gym/")
    assert (milestone.proven_live_at, promise_of(milestone, clock.moment)) == (None, Delivery.OPEN)


def test_missing_token_neither_verifies_nor_pauses(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock)
    assert (milestone.state, milestone.pause, milestone.auto_release_at is not None) == ("submitted", "", True)
    clock.moment += HOUR
    check_quickly(production, clock.moment)
    look(production, clock, proven=True)
    assert milestone.state == "verified_live"


def test_mismatch_pauses_release_with_reason_until_fixed(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True, found={"page": Outcome.NOT_MET})
    assert (milestone.state, milestone.auto_release_at) == ("submitted", None)
    assert milestone.pause == Pause.DIFFERS
    assert "The awarded work met this, production does not: There is a page at /prices." in pause_words(milestone)
    clock.moment += 30 * DAY
    sweep(clock)
    assert milestone.state == "submitted"
    look(production, clock, proven=True)
    assert (milestone.state, milestone.pause, milestone.auto_release_at) == (
        "verified_live", "", clock.moment + 7 * DAY,
    )  # fmt: skip


def test_different_site_is_not_awarded_work(milestone: Milestone, clock: FixedClock) -> None:
    go_live(milestone, clock, text=OTHER, proven=True, outline=Outline(("Bread",)))
    assert "It does not look like the awarded work." in pause_words(milestone)


def test_changed_site_loses_verification(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    clock.moment += DAY
    look(production, clock, text=OTHER, outline=Outline(("Bread",)))
    assert (milestone.state, milestone.auto_release_at) == ("submitted", None)


def test_site_down_pauses_release_until_up(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    for _ in range(3):
        clock.moment += timedelta(minutes=20)
        check_quickly(production, clock.moment, CheckState.BROKEN)
        sweep(clock)
    assert pause_words(milestone) == "The production site is not working: It answers with an error."
    clock.moment += HOUR
    check_quickly(production, clock.moment)
    sweep(clock)
    assert (milestone.pause, milestone.state) == ("", "verified_live")


def test_production_checks_do_not_end_chargeback_pause(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    open_chargeback(milestone.hold)
    db.session.commit()
    sweep(clock)
    for found in ({"proven": True}, {"text": OTHER, "outline": Outline(("Bread",))}):
        clock.moment += DAY
        look(production, clock, **found)
        assert (milestone.pause, milestone.auto_release_at) == (Pause.BANK, None)
    clock.moment += DAY
    close_chargeback(milestone.hold, clock.moment, lost=False)
    db.session.commit()
    sweep(clock)
    assert "It does not look like the awarded work." in pause_words(milestone)


def test_single_failure_does_not_pause_release(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    check_quickly(production, clock.moment + DAY, CheckState.BROKEN)
    sweep(clock)
    assert milestone.pause == ""


def test_requirements_decide_without_awarded_prototype(clock: FixedClock) -> None:
    job = make_job(make_user("client", name="Cleo Client"), requirements=LINES)
    milestone = sign_both(make_offer(make_bid(job, make_user("freelancer", name="Fay")))).milestones[0]
    go_live(milestone, clock, proven=True, found={"text": Outcome.NOT_MET})
    assert "What was agreed is not met: The text “Book now” appears." in pause_words(milestone)


def test_each_full_check_is_compared_once(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    check_quickly(production, clock.moment + HOUR)
    sweep(clock)
    assert len(db.session.scalars(select(GoLiveCheck)).all()) == 1


def test_resubmission_does_not_repeat_went_live_notice(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    clock.moment += DAY
    submit_work(milestone.contract.freelancer, milestone, "A note on the hosting.", URL, clock.moment)
    check_quickly(production, clock.moment)
    look(production, clock, proven=True)
    assert milestone.state == "verified_live"
    assert len(db.session.scalars(select(ContractEvent).where(ContractEvent.kind == "went_live")).all()) == 1


def test_production_is_not_flagged_as_copy(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    found = db.session.scalars(select(Resemblance)).one()
    assert (found.prototype_id, found.state, production.review) == (production.id, "explained", "")


def test_new_address_is_checked_from_start(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    submit_work(milestone.contract.freelancer, milestone, "Moved.", "https://www.gym.example/", clock.moment + DAY)
    assert (milestone.state, milestone.live_at, production.revision) == ("submitted", None, 2)


def test_invalid_address_is_refused(milestone: Milestone) -> None:
    with pytest.raises(Invalid):
        submit_work(milestone.contract.freelancer, milestone, "Live.", "gym.example", START)


def test_site_is_watched_until_warranty_ends(milestone: Milestone, clock: FixedClock) -> None:
    production = go_live(milestone, clock, proven=True)
    clock.moment += 8 * DAY
    sweep(clock)
    assert (milestone.state, production.watched) == ("auto_released", True)
    clock.moment += 30 * DAY
    sweep(clock)
    assert production.watched is False
