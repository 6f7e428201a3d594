"""Bids and money under load: people bid, pay, submit, approve and end contracts, and record acknowledgements."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from flask_security.utils import hash_password
from sqlalchemy import ColumnElement, Select, func, select

from marketplace.bids.models import Bid
from marketplace.contracts.models import Contract, ContractVersion, Milestone
from marketplace.contracts.terms import PlannedMilestone, Terms
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.payments.models import Charge, Movement
from marketplace.payments.sandbox.models import SandboxMovement, SandboxPayment
from marketplace.payments.verifying import offences
from tests.support.contracts import make_contract
from tests.support.factories import START, make_job, make_user
from tests.support.money import make_payable
from tests.support.surfer import Surfer

PASSWORD = "a ferry leaves the quay at dawn"
CONTRACTS, STEPS, BIDS, LINKS = 4, 8, 16, 4
PAID, RELEASED, REFUNDED = CONTRACTS * STEPS, CONTRACTS * STEPS // 2, CONTRACTS * STEPS // 2
PRICE = 10_000
NOTE = "I run a bouldering wall’s site today, so the slot rules in your brief are familiar to me."
OFFER = {"price": "2900", "days": "18", "go_live_hours": "6", "note": NOTE, "do": "preview"}
FOREVER = timedelta(days=3650)


@dataclass
class Load:
    """The load's people; `acknowledged` holds what the site confirmed as done."""

    app: Flask
    url: str
    link: str = ""
    """Prototype of the first bids, each with its number appended; "" for none."""
    acknowledged: Counter[str] = field(default_factory=Counter[str])
    surfers: list[Surfer] = field(default_factory=list[Surfer])
    _contracts: list[int] = field(default_factory=list[int])
    _jobs: list[str] = field(default_factory=list[str])
    _problems: list[BaseException] = field(default_factory=list[BaseException])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self) -> None:
        """Create contracts with unpaid milestones, and jobs without bids."""
        with self.app.app_context():
            password = hash_password(PASSWORD)
            steps = Terms(tuple(PlannedMilestone(f"Step {number}", PRICE) for number in range(STEPS)))
            for _ in range(CONTRACTS):
                contract = make_contract(steps)
                contract.client.password = contract.freelancer.password = password
                make_payable(contract.freelancer)
                self._contracts.append(contract.id)
            self._bidder = make_user("freelancer", name="Bea Bidder", password=password).email
            client = make_user("client", name="Jo Jobs")
            self._jobs = [make_job(client, bid_deadline=START + FOREVER).slug for _ in range(BIDS)]
            db.session.commit()

    def run(self) -> list[threading.Thread]:
        """Start all threads."""
        works: list[Callable[[], None]] = [lambda number=number: self._carry_out(number) for number in self._contracts]
        threads = [threading.Thread(target=self._kept, args=(work,), daemon=True) for work in [*works, self._bid]]
        for thread in threads:
            thread.start()
        return threads

    def _kept(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as problem:  # noqa: BLE001 (told by the test's own thread)
            self._problems.append(problem)

    def _surfer(self, email: str) -> Surfer:
        surfer = Surfer(self.url)
        self.surfers.append(surfer)
        surfer.sign_in(email, PASSWORD)
        return surfer

    def _carry_out(self, contract_id: int) -> None:
        """Pay for every milestone; submit and approve half; then end the contract, which refunds the rest."""
        with self.app.app_context():
            contract = db.session.get_one(Contract, contract_id)
            emails = contract.client.email, contract.freelancer.email
            steps = [step.id for step in contract.standing]
        client, freelancer = map(self._surfer, emails)
        for step in steps:
            self._pay(client, step)
        for step in steps[: STEPS // 2]:
            freelancer.send(f"/milestones/{step}/submit", {"words": "All pages are done."})
            client.send(f"/milestones/{step}/approve")
            self._note("releases")
        client.send(f"/contracts/{contract_id}/end", {"reason": "We go on elsewhere.", "held_to": "client"})
        freelancer.send(f"/contracts/{contract_id}/proposals/{self._proposal(contract_id)}", form="form[action$=agree]")
        self._note("refunds", STEPS - STEPS // 2)

    def _pay(self, client: Surfer, step: int) -> None:
        pay = client.send(f"/milestones/{step}/fund") or self._pay_page(step)
        checkout = client.send(pay)
        if "/sandbox/" in checkout:
            client.send(checkout, {"card": "pays", "do": "pay"})
        self._note("charges")
        client.wait_until_paid(pay.removesuffix("/done"))

    def _bid(self) -> None:
        bidder = self._surfer(self._bidder)
        for number, slug in enumerate(self._jobs):
            link = f"{self.link}{number}" if self.link and number < LINKS else ""
            bidder.send(f"/jobs/{slug}/bids/new", {**OFFER, "prototype_url": link})
            with self.app.app_context():
                bid_id = db.session.scalars(select(Bid.id).where(Bid.job_id == self._job_id(slug))).one()
            bidder.send(f"/bids/{bid_id}/preview", form="form[action$=place]")
            self._note("bids")

    def _note(self, what: str, count: int = 1) -> None:
        with self._lock:
            self.acknowledged[what] += count

    @property
    def is_under_way(self) -> bool:
        """Whether part of everything was acknowledged, except refunds, which come last."""
        return self.acknowledged["charges"] > PAID // 5

    @property
    def failures(self) -> int:
        """Number of requests without an answer, or with a server error."""
        return sum(surfer.failures for surfer in self.surfers)

    def end(self, threads: list[threading.Thread]) -> None:
        """Wait until everybody's requests are confirmed."""
        for thread in threads:
            thread.join()
        if self._problems:
            raise self._problems[0]
        wanted = {"charges": PAID, "releases": RELEASED, "refunds": REFUNDED, "bids": BIDS}
        assert self.acknowledged == wanted

    def is_settled(self) -> bool:
        """Whether no work is pending."""
        with self.app.app_context():
            on_its_way = select(func.count()).where(Movement.hold_id.is_not(None), Movement.state != "sent")
            return db.session.scalar(on_its_way) == 0 and db.session.scalar(self._movements("transfer")) == RELEASED

    def count(self) -> None:
        """Check that each acknowledged act exists once: in our rooms, in our ledger, and at the provider."""
        with self.app.app_context():
            mine = select(Milestone.state).where(
                Milestone.contract_id.in_(self._contracts), Milestone.state != "dropped"
            )  # fmt: skip
            assert Counter(db.session.scalars(mine)) == {"released": RELEASED, "refunded": REFUNDED}
            charges = select(func.count()).where(Charge.state == "succeeded", self._is_mine)
            assert db.session.scalar(charges) == PAID
            paid = (
                select(func.count())
                .select_from(SandboxPayment)
                .join(Charge, Charge.token == SandboxPayment.charge_token)
            )
            assert db.session.scalar(paid.where(SandboxPayment.paid_at.is_not(None), self._is_mine)) == PAID
            assert db.session.scalar(self._movements("transfer")) == RELEASED
            assert db.session.scalar(self._movements("refund")) == REFUNDED
            bids = select(Bid.state).join(Job).where(Job.slug.in_(self._jobs))
            assert Counter(db.session.scalars(bids)) == {"submitted": BIDS}
            assert offences() == []

    @property
    def _is_mine(self) -> ColumnElement[bool]:
        """Condition on a charge: paid by one of our clients."""
        payers = select(Contract.client_id).where(Contract.id.in_(self._contracts))
        return Charge.payer_id.in_(payers)

    def _movements(self, kind: str) -> Select[int]:
        """Movements that the provider has carried out."""
        moved = select(func.count()).select_from(SandboxMovement).join(
            Charge, Charge.payment_reference == SandboxMovement.payment
        )  # fmt: skip
        return moved.where(SandboxMovement.kind == kind, self._is_mine)

    def _pay_page(self, step: int) -> str:
        with self.app.app_context():
            charge_id = db.session.get_one(Milestone, step).charge_id
            return db.session.get_one(Charge, charge_id).checkout_url

    def _proposal(self, contract_id: int) -> int:
        with self.app.app_context():
            numbers = select(func.max(ContractVersion.number)).where(ContractVersion.contract_id == contract_id)
            return db.session.scalars(numbers).one()

    def _job_id(self, slug: str) -> int:
        return db.session.scalars(select(Job.id).where(Job.slug == slug)).one()


@contextmanager
def load(app: Flask, url: str, link: str = "") -> Generator[Load]:
    """Run the load during the block; at its end all of it is done."""
    people = Load(app, url, link)
    people.prepare()
    threads = people.run()
    yield people
    people.end(threads)
