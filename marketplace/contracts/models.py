"""Models of awards and contracts: terms versions, milestones, deadlines, handover items, secrets and timeline."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.contracts.states import (
    ContractState,
    LineChange,
    MilestoneState,
    Owed,
    Pause,
    ProposalKind,
    ProposalState,
)
from marketplace.core.append_only import protect_when_created
from marketplace.core.claims import Due
from marketplace.core.database import Base
from marketplace.core.states import one_of
from marketplace.jobs.models import Job
from marketplace.payments.models import Charge, Hold
from marketplace.prototypes.models import Prototype

_STANDING = text("withdrawn_at IS NULL")
_PROPOSED = text("state = 'proposed'")


class Award(Base):
    """The winning bid of a job with its price at confirmation; at most one standing award per job."""

    __tablename__ = "awards"
    __table_args__ = (
        Index("uq_awards_standing", "job_id", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),
        Index("ix_awards_job_id", "job_id"),
        Index("ix_awards_bid_id", "bid_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    bid_id: Mapped[int] = mapped_column(ForeignKey("bids.id"))
    awarded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    awarded_at: Mapped[datetime]
    price: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    withdrawn_at: Mapped[datetime | None]
    """When the offer fell through before both signed; the job is undecided again since then."""

    job: Mapped[Job] = relationship()
    bid: Mapped[Bid] = relationship()


class Contract(Base):
    """Agreement of client and freelancer: the scope as of the award, and the terms of version `version`."""

    __tablename__ = "contracts"
    __table_args__ = (
        Index("ix_contracts_client_id_updated_at_id", "client_id", "updated_at", "id"),
        Index("ix_contracts_freelancer_id_updated_at_id", "freelancer_id", "updated_at", "id"),
        Index("ix_contracts_prototype_id", "prototype_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    freelancer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[ContractState] = mapped_column(one_of(ContractState, 20), default=ContractState.OFFERED)
    version: Mapped[int] = mapped_column(default=1)
    """Number of the agreed terms version; signatures apply to it."""
    title: Mapped[str] = mapped_column(String(120))
    scope: Mapped[dict[str, Any]]
    """At the award: {"title", "spec", "requirements": [{"id", "kind", "value"}], "offer", "credits", "days", "url"}."""
    amendment: Mapped[str] = mapped_column(Text, default="")
    """Agreed changes to the scope since the award."""
    go_live_hours: Mapped[int | None]
    """Promised hours from payment to live; None: no promise."""
    currency: Mapped[str] = mapped_column(String(3))
    prototype_id: Mapped[int | None] = mapped_column(ForeignKey("prototypes.id"))
    """The awarded prototype; production is compared with its revision `prototype_revision`."""
    prototype_revision: Mapped[int | None]
    offer_days: Mapped[int]
    auto_release_days: Mapped[int]
    warranty_days: Mapped[int]
    fee_bps: Mapped[int]
    """Fee on released money, in basis points. Like the days above, copied from the operator's settings at the award."""
    token: Mapped[str] = mapped_column(String(32), default=lambda: secrets.token_hex(16))
    """Token the client publishes on their domain to prove control of it; shown to the client only."""
    offered_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    signed_client_at: Mapped[datetime | None]
    signed_client_name: Mapped[str] = mapped_column(String(80), default="")
    signed_freelancer_at: Mapped[datetime | None]
    signed_freelancer_name: Mapped[str] = mapped_column(String(80), default="")
    active_at: Mapped[datetime | None]
    """When the second side signed."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    award: Mapped[Award] = relationship()
    client: Mapped[User] = relationship(foreign_keys=client_id)
    freelancer: Mapped[User] = relationship(foreign_keys=freelancer_id)
    prototype: Mapped[Prototype | None] = relationship()
    milestones: Mapped[list[Milestone]] = relationship(order_by="Milestone.position", back_populates="contract")

    @property
    def standing(self) -> list[Milestone]:
        """Milestones not dropped, in order."""
        return [milestone for milestone in self.milestones if milestone.state != MilestoneState.DROPPED]

    @property
    def price(self) -> int:
        """Sum of the standing milestones, in minor units."""
        return sum(milestone.amount for milestone in self.standing)

    @property
    def is_signed(self) -> bool:
        return self.active_at is not None


class ContractVersion(Base):
    """A proposal of terms or cancellation by one side, decided by the other; never deleted."""

    __tablename__ = "contract_versions"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        Index("uq_contract_versions_open", "contract_id", unique=True,
              sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    number: Mapped[int]
    kind: Mapped[ProposalKind] = mapped_column(one_of(ProposalKind, 12, "kind_known"), default=ProposalKind.TERMS)
    state: Mapped[ProposalState] = mapped_column(one_of(ProposalState, 12), default=ProposalState.PROPOSED)
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Unfunded milestones: [{"title", "amount" in minor units, "due_on" ISO date or null}]."""
    go_live_hours: Mapped[int | None]
    amendment: Mapped[str] = mapped_column(Text, default="")
    held_to: Mapped[str] = mapped_column(String(12), default="")
    """For a cancellation: who receives the held money, client or freelancer."""
    reason: Mapped[str] = mapped_column(Text, default="")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]


class Milestone(Base):
    """One step of a contract; `amount` in minor units of the contract's currency."""

    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("contract_id", "position"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_milestones_production_id", "production_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    position: Mapped[int]
    """Position among all milestones the contract ever had, from 1."""
    title: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date | None]
    state: Mapped[MilestoneState] = mapped_column(one_of(MilestoneState, 20), default=MilestoneState.PLANNED)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charges.id"), unique=True)
    """The latest payment started for it."""
    payments_begun: Mapped[int] = mapped_column(default=0)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"), unique=True)
    """Its money, once paid."""
    funded_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submission: Mapped[str] = mapped_column(Text, default="")
    """The freelancer's description of the submitted work."""
    changes: Mapped[str] = mapped_column(Text, default="")
    """The client's latest change request."""
    decided_at: Mapped[datetime | None]
    """When its money was released, refunded or split."""
    auto_release_at: Mapped[datetime | None]
    """When auto-release is due; None before submission and while paused."""
    pause: Mapped[Pause] = mapped_column(one_of(Pause, 10, "pause_known"), default=Pause.NONE)
    """Why auto-release is paused (see wording.pause_words); empty when it is not."""
    pause_evidence: Mapped[str] = mapped_column("paused", Text, default="")
    """Evidence shown with the pause reason; never compared."""
    production_id: Mapped[int | None] = mapped_column(ForeignKey("prototypes.id"))
    live_at: Mapped[datetime | None]
    """When a check first found the production site live at its current address."""
    proven_live_at: Mapped[datetime | None]
    """Since when the current address shows the awarded work on the client's proven domain; measures the promise."""
    verified_at: Mapped[datetime | None]
    """When it was first verified to be the awarded work on the client's domain."""

    contract: Mapped[Contract] = relationship(back_populates="milestones")
    production: Mapped[Prototype | None] = relationship()
    charge: Mapped[Charge | None] = relationship()
    hold: Mapped[Hold | None] = relationship()


class GoLiveCheck(Base):
    """One comparison of a production site with the awarded revision; never changed or deleted."""

    __tablename__ = "go_live_checks"
    __table_args__ = (UniqueConstraint("milestone_id", "production_check_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    at: Mapped[datetime]
    awarded_check_id: Mapped[int | None] = mapped_column(ForeignKey("check_records.id"))
    """Full check of the awarded revision; None if the bid had no prototype or none was checked in a browser."""
    production_check_id: Mapped[int] = mapped_column(ForeignKey("check_records.id"))
    outcome: Mapped[LineChange] = mapped_column(one_of(LineChange, 12, "outcome_known"))
    reasons: Mapped[list[str]]
    text_likeness: Mapped[float | None]
    picture_likeness: Mapped[float | None]
    structure_likeness: Mapped[float | None]


class ContractEvent(Base):
    """One line of a contract's timeline; never changed or deleted."""

    __tablename__ = "contract_events"
    __table_args__ = (Index("ix_contract_events_contract_id_id", "contract_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None when done by the clock, a check or the payment provider."""
    kind: Mapped[str] = mapped_column(String(30))
    sentence: Mapped[str] = mapped_column(String(500))
    words: Mapped[str] = mapped_column(Text, default="")
    """Text that a person entered with the action."""


class Deadline(Due, Base):
    """A scheduled action, done once by a sweep; `due_at` is None once done or cancelled."""

    __tablename__ = "deadlines"
    __table_args__ = (Index("ix_deadlines_contract_id_at", "contract_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    what: Mapped[str] = mapped_column(String(30))
    """A marketplace.contracts.schedule.What."""
    at: Mapped[datetime]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    done_at: Mapped[datetime | None]


class HandoverItem(Base):
    """One item the freelancer hands over; credentials are passed as one-time secrets."""

    __tablename__ = "handover_items"
    __table_args__ = (UniqueConstraint("contract_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    """source | credentials | licence."""
    given: Mapped[str] = mapped_column(Text, default="")
    """Its location, or the text itself."""
    given_at: Mapped[datetime | None]


class Waiver(Base):
    """The client waives one owed thing for one milestone, so that its money may be released without it."""

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("milestone_id", "what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    what: Mapped[Owed] = mapped_column(one_of(Owed, 12, "what_known"))
    waived_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class OneTimeSecret(Base):
    """A secret the other side reads once: stored encrypted, deleted when read."""

    __tablename__ = "one_time_secrets"
    __table_args__ = (
        Index("ix_one_time_secrets_contract_id", "contract_id"),
        CheckConstraint("(ciphertext IS NULL) = (read_at IS NOT NULL)", name="gone_when_read"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    label: Mapped[str] = mapped_column(String(120))
    ciphertext: Mapped[bytes | None] = mapped_column(LargeBinary)
    given_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


protect_when_created(ContractEvent.__table__)
protect_when_created(GoLiveCheck.__table__)
