"""Who decides on whose case, and which decisions can be answered: one table each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.moderation.policy import APPEALABLE, OWN_ACT, OWN_CASE, why_not_answer, why_not_decide
from tests.support.factories import START

ANN, BEA, WANDA = 1, 2, 3


def act(kind: str, by: int = ANN, *, answered: bool = True, report: str = "", decides: Any = None) -> Any:
    return SimpleNamespace(
        act=kind, actor_id=by, affected_id=WANDA, answered_at=START if answered else None, decides=decides,
        report=SimpleNamespace(state=report) if report else None,
    )  # fmt: skip


DECIDING = [
    # who,  concerned, earlier acts,                    refusal
    (ANN, [WANDA], [], None),
    (ANN, [ANN], [], OWN_CASE),
    (ANN, [WANDA, None, ANN], [], OWN_CASE),
    *[(ANN, [WANDA], [act(kind)], OWN_ACT) for kind in sorted(APPEALABLE)],
    *[(BEA, [WANDA], [act(kind)], None) for kind in sorted(APPEALABLE)],
    (ANN, [WANDA], [act("hide", answered=False)], None),
    (ANN, [WANDA], [act("ask")], None),
    (ANN, [WANDA], [act("restore")], None),
    (ANN, [WANDA], [act("hide", BEA), act("warn")], OWN_ACT),
    (BEA, [BEA], [act("hide", BEA)], OWN_CASE),
]


@pytest.mark.parametrize(("who", "concerned", "acts", "refusal"), DECIDING)
def test_who_decides(who: int, concerned: list[int | None], acts: list[Any], refusal: str | None) -> None:
    assert why_not_decide(SimpleNamespace(id=who), concerned, acts) == refusal  # pyright: ignore[reportArgumentType]


ANSWERS = [
    (act("hide", answered=False), True),
    (act("hide", answered=True), False),
    (act("hide", answered=False, report="actioned"), True),
    (act("hide", answered=False, report="appealed"), True),
    (act("hide", answered=False, report="final"), False),
    (act("warn", answered=False, decides=act("hide")), False),
    (act("hide", answered=False, decides=act("ask")), True),
    (act("ask", answered=False), True),
    (act("ask", answered=False, report="notified"), True),
    (act("ask", answered=False, report="actioned"), False),
    (act("ask", answered=False, report="dismissed"), False),
    *[(act(kind, answered=False), False) for kind in ("restore", "lift", "approve", "clear", "grant", "uphold")],
]


@pytest.mark.parametrize(("decision", "expected"), ANSWERS)
def test_what_can_be_answered(decision: Any, expected: bool) -> None:
    person: Any = SimpleNamespace(id=WANDA)
    assert (why_not_answer(person, decision) is None) is expected
