"""Why a prototype looks like an earlier one: the rooms above are asked in a fixed order; the first answer stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import current_app

from marketplace.core.transitions import move
from marketplace.prototypes.models import Resemblance
from marketplace.prototypes.states import RESEMBLANCE_MOVES, ResemblanceState


class Explanation(NamedTuple):
    """What is known of a likeness, as the end of a sentence."""

    words: str
    needs_human: bool = False
    """The words help a moderator, but do not take the flag away."""


Explainer = Callable[[Resemblance], Explanation | None]
"""None: nothing is known."""


def explain(resemblance: Resemblance) -> None:
    """Note the first answer; without one a human has to look."""
    explainers: tuple[Explainer, ...] = current_app.extensions["explainers"]
    found = next((answer for one in explainers if (answer := one(resemblance))), Explanation("", needs_human=True))
    state = ResemblanceState.FLAGGED if found.needs_human else ResemblanceState.EXPLAINED
    move(resemblance, state, "room", RESEMBLANCE_MOVES, explanation=found.words)
