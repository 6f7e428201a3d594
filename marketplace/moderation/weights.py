"""An admin's consent to new weights of the rank, and the way back; noted in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.accounts.models import User
from marketplace.bids.models import WeightVersion
from marketplace.bids.services.weighing import use_weights
from marketplace.bids.weights import verdict, weights_in_use
from marketplace.moderation.noting import note_entry, refuse_names
from marketplace.moderation.wording import Why
from marketplace.ranking.explain import LABELS
from marketplace.ranking.weights import CURRENT, NAMES, Weights, from_json

KIND = "weights"
FIGURES = {
    "log_likelihood": ("Log-likelihood of a choice", "nats per job; closer to 0 is better"),
    "top_1": ("The chosen bid stands first", "share of the jobs"),
    "ndcg": ("NDCG of the chosen bid", "1 when it always stands first"),
}


@dataclass(frozen=True, slots=True)
class WeightChange:
    """The most that one part of the score gives (or takes) before and after, milli-points."""

    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Figure:
    """How well choices are foretold in the jobs held out, by chance, by the weights before and by those fitted."""

    label: str
    unit: str
    chance: float
    start: float
    fitted: float


def changes(version: WeightVersion | None) -> list[WeightChange]:
    """Each part by the weights in use beside the same by the version (None: the one that the product came with)."""
    before, after = weights_in_use(), weights_of(version)
    return [WeightChange(LABELS[name], before.most(name), after.most(name)) for name in NAMES]


def weights_of(version: WeightVersion | None) -> Weights:
    """The weights of the version."""
    return from_json(version.values) if version else CURRENT


def figures(report: dict[str, Any]) -> list[Figure]:
    """The report's figures, as a table has them."""
    return [
        Figure(label, unit, report["chance"][key], report["start"][key], report["fitted"][key])
        for key, (label, unit) in FIGURES.items()
    ]


def verdict_of(report: dict[str, Any]) -> str:
    """What the report comes to."""
    return verdict(report["gain"], report["gain_error"])


def change_weights(admin: User, version: WeightVersion | None, reason: str, now: datetime) -> None:
    """Make a version count (None: the one that the product came with); raises Conflict when it does already.

    Raises Invalid for the admin's name or an address in the reason, which everybody reads.
    """
    why = Why(reason, "weights", reason)
    refuse_names(why, admin)
    before = weights_in_use()
    action = "consent" if version and version.consented_at is None else "roll_back"
    use_weights(admin, version, now)
    after = {"weights": weights_of(version).version}
    note_entry(admin, KIND, version.id if version else 0, action, why, {"weights": before.version}, after, now)
