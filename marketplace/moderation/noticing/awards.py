"""Patterns across awards: the same low-ranked winner again, a winner on the client's own network."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select, tuple_

from marketplace.accounts.linked_accounts import share_an_address
from marketplace.accounts.linking_rules import Pair, pair_of
from marketplace.bids.models import Bid
from marketplace.contracts.models import Award
from marketplace.core.database import db
from marketplace.moderation.noticing.raising import Notice, move_on, position, raise_flags
from marketplace.moderation.noticing.rules import LOW, is_arranged

BATCH = 100
_WON = select(Award.id, Award.job_id, Award.awarded_by, Bid.freelancer_id, Bid.id, Bid.rank).join(
    Bid, Bid.id == Award.bid_id
)


def notice_awards(now: datetime) -> int:
    """Check awards since last time, with all earlier ones of the same client and freelancer."""
    new = db.session.execute(_WON.where(Award.id > position("awards")).order_by(Award.id).limit(BATCH)).all()
    if not new:
        return 0
    pairs = {(client, winner) for _, _, client, winner, _, _ in new}
    places = _places_won(pairs)
    neighbours = share_an_address({pair_of(*pair) for pair in pairs if pair[0] != pair[1]})
    notices: list[Notice] = []
    for award_id, job_id, client, winner, bid_id, place in new:
        if place is not None and place > LOW and is_arranged(places[client, winner]):
            won = ", ".join(map(str, places[client, winner]))
            words = f"This client chose this freelancer from the places {won}, over time."
            notices.append(Notice("low_winner", f"low_winner:{award_id}", words, job_id, winner, client, (bid_id,)))
        if client != winner and pair_of(client, winner) in neighbours:
            words = "The winner and the client were seen on the same network address, which hardly anybody else has."
            notices.append(
                Notice("shared_address", f"shared_address:{award_id}", words, job_id, winner, client, (bid_id,))
            )
    move_on("awards", new[-1][0])
    return raise_flags(notices, now)


def _places_won(pairs: set[Pair]) -> dict[Pair, list[int]]:
    """(client, freelancer) -> ranks at which one chose the other, oldest first."""
    won: dict[Pair, list[int]] = defaultdict(list)
    of_these = tuple_(Award.awarded_by, Bid.freelancer_id).in_(pairs)
    for _, _, client, winner, _, place in db.session.execute(_WON.where(of_these).order_by(Award.id)):
        if place is not None:
            won[client, winner].append(place)
    return won
