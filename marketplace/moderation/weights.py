"""An admin's approval of new rank weights, and the rollback; logged in the audit log."""

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
    """The maximum that one part of the score adds (or subtracts) before and after, in milli-points."""

    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Figure:
    """Accuracy of predicted choices in the held-out jobs: by chance, by the old weights and by the fitted ones."""

    label: str
    unit: str
    chance: float
    start: float
    fitted: float


def changes(version: WeightVersion | None) -> list[WeightChange]:
    """Each part by the weights in use and by the version (None: the one shipped with the product)."""
    before, after = weights_in_use(), weights_of(version)
    return [WeightChange(LABELS[name], before.most(name), after.most(name)) for name in NAMES]


def weights_of(version: WeightVersion | None) -> Weights:
    """The weights of the version."""
    return from_json(version.values) if version else CURRENT


def figures(report: dict[str, Any]) -> list[Figure]:
    """The report's figures, as table rows."""
    return [
        Figure(label, unit, report["chance"][key], report["start"][key], report["fitted"][key])
        for key, (label, unit) in FIGURES.items()
    ]


def verdict_of(report: dict[str, Any]) -> str:
    """The report's verdict."""
    return verdict(report["gain"], report["gain_error"])


def change_weights(admin: User, version: WeightVersion | None, reason: str, now: datetime) -> None:
    """Activate a version (None: the one shipped with the product); raises Conflict if it is active already.

    Raises Invalid for the admin's name or an address in the public reason.
    """
    why = Why(reason, "weights", reason)
    refuse_names(why, admin)
    before = weights_in_use()
    action = "consent" if version and version.consented_at is None else "roll_back"
    use_weights(admin, version, now)
    after = {"weights": weights_of(version).version}
    note_entry(admin, KIND, version.id if version else 0, action, why, {"weights": before.version}, after, now)
