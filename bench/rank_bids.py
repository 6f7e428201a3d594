"""The time to rank 10 to 10,000 bids of one job, beside sorting the same bids by price with the standard library."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, RankFacts, ReviewFacts
from marketplace.ranking.order import rank

ROUNDS = 5


def main() -> None:
    print(f"{'bids':>7}{'rank, ms':>11}{'us a bid':>10}{'sort by price, ms':>20}{'ratio':>8}")
    for count in (10, 100, 1_000, 10_000):
        facts = contest(count)
        ranked = best_of(lambda facts=facts: rank(facts))
        by_price = best_of(lambda facts=facts: cheapest_first(facts))
        figures = f"{ranked * 1e3:>11.2f}{ranked / count * 1e6:>10.1f}{by_price * 1e3:>20.3f}{ranked / by_price:>8.0f}"
        print(f"{count:>7,}{figures}")


def cheapest_first(facts: RankFacts) -> list[BidFacts]:
    return sorted(facts.bids, key=lambda bid: bid.price)


def contest(count: int) -> RankFacts:
    """A job with `count` bids of every kind; the same each time."""
    chance = random.Random(count)
    return RankFacts(
        job=JobFacts(budget_min=200_000, budget_max=350_000, currency="EUR", requirements=12),
        bids=[offer(number, chance) for number in range(count)],
    )


def offer(number: int, chance: random.Random) -> BidFacts:
    total = chance.randrange(30)
    reviews = ReviewFacts(positive=chance.randint(0, total), total=total)
    state = chance.choice(["live", "live", "dead", "unknown"])
    prototype = PrototypeFacts.model_validate({"state": state, "met": chance.randrange(13), "measured": 12})
    price, match = chance.randrange(50_000, 900_000), chance.random()
    return BidFacts(id=str(number), price=price, match=match, reviews=reviews, prototype=prototype)


def best_of(work: Callable[[], object]) -> float:
    """Seconds of the fastest of five rounds."""
    times: list[float] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
