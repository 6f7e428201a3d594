"""A person's money by month: held at the time, released so far, earned so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from marketplace.core.database import db
from marketplace.payments.models import AccountKind, Hold, LedgerAccount, LedgerEntry, Posting

if TYPE_CHECKING:
    from marketplace.accounts.models import User

MONTHS = 12
WIDTH, TALL, FLOOR = 540, 116, 130
ALL_LABELS = 4
"""Up to so many months are all named under the chart."""


@dataclass(frozen=True, slots=True)
class Point:
    """State at the end of a month (or now); amounts in minor units."""

    end: datetime
    held: int
    """Holds paid by the person or awaiting them."""
    released: int
    """Gross amount of the same holds, cumulative."""
    earned: int
    """Net earnings, cumulative."""

    @property
    def last(self) -> datetime:
        """Last second counted, which lies in the point's month."""
        return self.end - timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """Money held at the end of a month; `held` in minor units, the others in units of the chart."""

    held: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """A month under the chart; `anchor` is start, middle or end."""

    x: float
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class MoneyChart:
    """Points as they are drawn on WIDTH x TALL above FLOOR; `released` and `earned` are SVG paths."""

    top: int
    """The amount that TALL stands for, minor units."""
    bars: Sequence[Bar]
    released: str
    earned: str
    labels: Sequence[Label]


def money_chart(points: Sequence[Point]) -> MoneyChart:
    """The chart of these points, of which there is at least one."""
    top = max(1, *(max(point.held, point.released, point.earned) for point in points))
    step = WIDTH / len(points)

    def path(amounts: Sequence[int]) -> str:
        at = [f"{round(step * (i + 0.5), 1)} {round(FLOOR - TALL * one / top, 1)}" for i, one in enumerate(amounts)]
        return "M" + "L".join(at)

    heights = [TALL * point.held / top for point in points]
    return MoneyChart(
        top,
        [
            Bar(point.held, *(round(n, 1) for n in (step * (i + 0.2), FLOOR - height, step * 0.6, height)))
            for i, (point, height) in enumerate(zip(points, heights, strict=True))
            if point.held
        ],
        path([point.released for point in points]),
        path([point.earned for point in points]),
        _labels(points, step),
    )


def _labels(points: Sequence[Point], step: float) -> list[Label]:
    """All months where they have room, else the first, the middle and the last, which is now."""
    last, few = len(points) - 1, len(points) <= ALL_LABELS
    shown = range(len(points)) if few else sorted({0, len(points) // 2, last})
    anchors = {} if few else {0: "start", last: "end"}
    return [
        Label(
            round(step * (i + 0.5), 1),
            anchors.get(i, "middle"),
            "now" if i == last else points[i].last.strftime("%b %Y"),
        )
        for i in shown
    ]


def chart_points(user: User, currency: str, now: datetime) -> list[Point]:
    """Points of the last twelve months, oldest first; fewer if the first payment is younger."""
    holds = db.session.execute(
        select(Hold.created_at, Hold.resolved_at, Hold.amount, Hold.released).where(
            Hold.currency == currency, or_(Hold.payer_id == user.id, Hold.payee_id == user.id)
        )
    ).all()
    earnings = db.session.execute(
        select(LedgerEntry.at, Posting.amount)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(LedgerAccount.owner_id == user.id, LedgerAccount.currency == currency)
        .where(LedgerAccount.kind == AccountKind.PAYABLE, LedgerEntry.what == "resolved")
    ).all()
    first = min((*(hold.created_at for hold in holds), *(at for at, _ in earnings)), default=now)

    def point(end: datetime) -> Point:
        begun = [hold for hold in holds if hold.created_at < end]
        over = [hold for hold in begun if hold.resolved_at and hold.resolved_at < end]
        return Point(
            end,
            held=sum(hold.amount for hold in begun) - sum(hold.amount for hold in over),
            released=sum(hold.released for hold in over),
            earned=-sum(amount for at, amount in earnings if at < end),
        )

    return [point(end) for end in month_ends(first, now)]


def month_ends(first: datetime, now: datetime) -> Sequence[datetime]:
    """Ends of up to twelve months (at least two) from the month of `first`; the last one is now plus a second."""
    months = min(MONTHS, max(2, (now.year - first.year) * 12 + now.month - first.month + 1))
    index = now.year * 12 + now.month - 1
    starts = [datetime((index - back) // 12, (index - back) % 12 + 1, 1, tzinfo=UTC) for back in range(months - 1)]
    from_now = datetime.fromtimestamp(now.timestamp() + 1, UTC)
    return [*reversed(starts), from_now]
