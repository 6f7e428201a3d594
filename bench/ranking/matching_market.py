"""Market B: nobody is simply good; skills match tasks in several dimensions, tastes differ, and prototypes cost.

It shares no assumption with market A that could be avoided: prices follow costs and bidding, not quality; who builds a
prototype weighs what it costs against what it may prove; reviews are missing for a reason; the number of bids has a
heavy tail; the client's choice is made in two steps. Figures were chosen for the reasons beside them before any rank
was measured on them. Amounts of value and of price are shares of the client's budget.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.ranking.contest import Contest, Findings, Flags, Floats, Past, bid_facts, budget, observed, sigmoid
from marketplace.ranking.facts import BidFacts, RankFacts

DIMENSIONS = 6
"""Front end, back end, data, infrastructure, writing, domain: enough that most people are strong in one or two."""


@dataclass(frozen=True)
class MatchingMarket:
    """Market B; the fields are what the sensitivity table turns."""

    gamers: float = 0.10
    """Imitators, who copy a site that is near the spec."""
    prototypes: float = 0.50
    """Where the cut lies between gain and cost of building: about as many bids with a link as in market A."""
    noise: float = 1.0
    unmeasured: float = 0.05
    newcomers: float = 0.30
    head_start: float = 0.5
    """As in market A."""
    punctual: float = 2.0
    """As in market A."""
    outside: float = 0.25
    """How much one's best skill raises what an hour must earn: as much as skill on the task saves hours."""

    def contest(self, seed: int, number: int) -> Contest:
        chance = np.random.default_rng([2, seed, number])
        bids = min(80, 3 + int(np.exp(chance.normal(1.7, 0.9))))  # median 8, mean 11, some jobs draw dozens
        task = _Task.draw(chance)
        people = _People.draw(self, task, bids, chance)
        price = people.price(self.outside, chance)
        hours_to_live = np.clip(96 * np.exp(-0.5 * people.optimism + chance.normal(0, 0.3, bids)), 4, 720).round()
        record, standing = people.record(self.punctual, chance)
        has_link, meets, works = self._prototypes(task, people, standing, chance)
        value = people.value(task, price, hours_to_live, self.head_start * works.mean(axis=1), chance)
        findings = self._findings(people, has_link, meets, chance)
        match = people.match(task, chance)
        job = budget(
            middle=task.middle,
            width=float(chance.choice([0.15, 0.4])),  # some clients know what they will pay, some don't
            kind=str(chance.choice(["range", "highest", "none"], p=[0.65, 0.25, 0.10])),
            requirements=len(task.hard),
            job_id=f"b{seed}-{number}",
        )
        facts = bid_facts(
            job,
            findings,
            {
                "price": (100 * (price * task.middle).round()).astype(int).tolist(),
                "go_live_hours": hours_to_live.astype(int).tolist(),
                "match": match.round(3).tolist(),
                "hours": chance.gamma(0.6, 40, bids),
                **record,
            },
        )
        chosen = _choice(facts, value, price, chance)
        return Contest(facts, value, facts.bids[chosen].id, people.newcomer, people.gamer)

    def _prototypes(
        self, task: _Task, people: _People, standing: Floats, chance: np.random.Generator
    ) -> tuple[Flags, Flags, Flags]:
        """(who links one, which requirements each seems to meet, which it really meets)."""
        bids, requirements = len(people.gamer), len(task.hard)
        # Building costs evenings: who is known already need not, who feels unable will not; a large job is worth it.
        belief = people.able + chance.normal(0, 0.5, bids)
        gain = belief - 0.8 * standing + 0.3 * np.log(task.middle / 2_000) + chance.normal(0, 0.5, bids)
        has_link = people.gamer | (gain > 2.6 * (0.5 - self.prototypes) + 0.55)
        evenings = chance.normal(0, 0.5, (bids, 1))
        # The steep curve makes bidders on a job fail the same hard requirements.
        builds = chance.random((bids, requirements)) < sigmoid(1.7 * (people.on_each - task.hard) - 0.2 + evenings)
        copies = chance.random((bids, requirements)) < np.where(task.hard < 0.3, 0.75, 0.1)  # the easy half is copied
        gamer, linked = people.gamer[:, None], has_link[:, None]
        return has_link, np.where(gamer, copies, builds) & linked, builds & linked & ~gamer

    def _findings(self, people: _People, has_link: Flags, meets: Flags, chance: np.random.Generator) -> Findings:
        bids, requirements = meets.shape
        blocks = chance.random(bids) < 0.05  # a wall against robots comes up half way
        half = np.arange(requirements) < requirements // 2
        measured = (chance.random(meets.shape) >= self.unmeasured) & (half | ~blocks[:, None])
        met = observed(meets, measured, 0.03 * self.noise, 0.06 * self.noise, chance)
        polish = np.clip(sigmoid(0.9 * people.craft + 0.3) + chance.normal(0, 0.05 * self.noise, bids), 0, 1)
        polish[(chance.random(bids) < 0.10) | blocks] = np.nan
        return Findings(_states(has_link, people.gamer, chance), met.sum(axis=1), measured.sum(axis=1), polish)


def _states(has_link: Flags, gamer: Flags, chance: np.random.Generator) -> list[str]:
    """Three in ten links are on free plans that fall asleep or are taken down; the others seldom fail."""
    free, draw, copied = chance.random((3, len(has_link)))
    asleep = np.select([draw < 0.15, draw < 0.20, draw < 0.26], ["unknown", "broken", "dead"], "live")
    paid = np.select([draw < 0.02, draw < 0.03], ["unknown", "dead"], "live")
    state = np.where(free < 0.3, asleep, paid)
    caught = gamer & (state == "live") & (copied < 0.3)  # likeness to another site is flagged, then judged
    state = np.where(caught, np.where(copied < 0.15, "rejected", "flagged"), state)
    return np.where(has_link, state, "").tolist()


def _choice(facts: RankFacts, value: Floats, price: Floats, chance: np.random.Generator) -> int:
    """Four bids are shortlisted at a glance, talks tell more of those; one client in twelve takes the cheapest."""
    glance = np.array([_at_a_glance(bid) for bid in facts.bids]) - 0.6 * price + chance.normal(0, 0.5, len(value))
    shortlist = np.argsort(-glance)[:4]
    if chance.random() < 1 / 12:
        return int(shortlist[np.argmin(price[shortlist])])
    return int(shortlist[np.argmax(value[shortlist] + chance.normal(0, 0.25, len(shortlist)))])


def _at_a_glance(bid: BidFacts) -> float:
    """What a hurried client sees: fit in words, a link that works, stars."""
    live = bid.prototype is not None and bid.prototype.state in ("live", "flagged")
    return 0.5 * bid.match + 0.4 * live + 0.15 * float(np.log1p(bid.reviews.positive))


@dataclass(frozen=True)
class _Task:
    """A job as its client means it."""

    middle: float
    share: Floats
    """How much of the work lies in each dimension."""
    about: NDArray[np.int64]
    """The dimension that each requirement asks for."""
    hard: Floats
    style: Floats
    thrift: float
    """How much a unit of money means to this client."""
    urgency: float

    @classmethod
    def draw(cls, chance: np.random.Generator) -> _Task:
        share = chance.dirichlet(np.full(DIMENSIONS, 0.5))  # most jobs lie in two or three dimensions
        count = int(chance.integers(3, 16))
        return cls(
            middle=2_000 * float(np.exp(chance.normal(0, 1.1))),
            share=share,
            about=chance.choice(DIMENSIONS, count, p=share),
            hard=chance.normal(0.3, 1.1, count),
            style=chance.normal(0, 1, 2),
            thrift=float(np.exp(chance.normal(0, 0.4))),
            urgency=float(chance.exponential(0.06)),
        )


@dataclass(frozen=True)
class _People:
    """The bidders of one job as they are, before anybody looks."""

    skills: Floats
    """Bidders x dimensions."""
    able: Floats
    """Their skill where this task lies."""
    on_each: Floats
    """Their skill on each requirement."""
    craft: Floats
    style: Floats
    load: Floats
    """How much other work they have."""
    optimism: Floats
    newcomer: Flags
    gamer: Flags

    @classmethod
    def draw(cls, market: MatchingMarket, task: _Task, bids: int, chance: np.random.Generator) -> _People:
        # Three times as many read the spec as bid: those who think that it suits them.
        pool = chance.normal(0, 1, (3 * bids, DIMENSIONS))
        feels = pool @ task.share + chance.gumbel(0, 0.6, 3 * bids)
        skills = pool[np.argsort(-feels)[:bids]]
        chance.shuffle(skills)
        gamer = chance.random(bids) < market.gamers
        skills = skills - 0.6 * gamer[:, None]  # who could build it would not copy
        craft = np.where(gamer, 1.0, 0.6 * skills[:, 0]) + chance.normal(0, 0.8, bids)
        return cls(
            skills,
            able=skills @ task.share / np.linalg.norm(task.share),
            on_each=skills[:, task.about],
            craft=craft,
            style=chance.normal(0, 1, (bids, 2)),
            load=chance.normal(0, 1, bids),
            optimism=chance.normal(0, 1, bids),
            newcomer=chance.random(bids) < market.newcomers,
            gamer=gamer,
        )

    def price(self, outside: float, chance: np.random.Generator) -> Floats:
        """Cost plus what the competition allows, half drawn to the budget that everybody can read."""
        bids = len(self.able)
        # The able need fewer hours; what an hour must earn depends on where one lives and what else one could do.
        hour = outside * (self.skills.max(axis=1) - 1.27) + chance.normal(0, 0.5, bids)  # 1.27: the mean best of six
        cost = 0.7 * np.exp(hour - 0.25 * self.able)
        markup = 1.25 + 0.6 / np.sqrt(bids) - 0.15 * (self.load < -0.8)  # many rivals and idle weeks make cheaper
        return np.sqrt(cost * markup)

    def value(self, task: _Task, price: Floats, promised: Floats, done: Floats, chance: np.random.Generator) -> Floats:
        """What each bid would leave this client with; `done` is the share of the work done already."""
        # The project has more time than the prototype had, and two parts of which one fails are worth little.
        covered = sigmoid(1.7 * (self.on_each - task.hard) + 1.0).mean(axis=1)
        covered = covered + done * (1 - covered)
        # At this worth of work well done the average bid about breaks even; clients post jobs for the better ones.
        worth = 3.2 * covered**2 * sigmoid(2.5 - 0.7 * self.load)
        distaste = 0.05 * ((self.style - task.style) ** 2).sum(axis=1)  # no fact tells of it
        looks = 0.15 * task.share[0] * self.craft
        actual = promised * np.exp(0.3 * self.optimism + 0.3 * self.load + chance.normal(0, 0.2, len(price)))
        return worth + looks - distaste - task.thrift * price - task.urgency * np.log2(actual / 96)

    def match(self, task: _Task, chance: np.random.Generator) -> Floats:
        """The share of the task in dimensions that they claim, and words in common; imitators claim everything."""
        claims = self.skills + chance.normal(0, 0.6, self.skills.shape) > 0.2
        claims |= self.gamer[:, None]
        return 0.7 * claims @ task.share + 0.3 * chance.beta(2, 2, len(self.able))

    def record(self, punctual: float, chance: np.random.Generator) -> tuple[dict[str, list[dict[str, float]]], Floats]:
        """(the record as the platform counts it, how well known each is); it tells of other tasks than this one."""
        bids = len(self.able)
        tenure = 1 + np.minimum(chance.lognormal(1.8, 1.1, bids), 150).astype(int)  # a few have very many
        past = Past.of(np.where(self.newcomer, 0, tenure), 6, chance)
        count = len(past.owner)
        skills = self.skills[past.owner]
        # People mostly win what they are good at: the best of two tasks drawn by chance.
        on_task = np.take_along_axis(skills, chance.integers(0, DIMENSIONS, (count, 2)), axis=1).max(axis=1)
        busy = 0.6 * self.load[past.owner] + chance.normal(0, 0.8, count)
        completed = chance.random(count) < sigmoid(2.5 - 0.7 * busy)
        satisfied = on_task + chance.normal(0, 1, count)
        # The delighted rate, the angry rate less (they fear an answer), the rest seldom bother.
        rates = np.select([satisfied > 1, satisfied < -1.2], [0.8, 0.45], 0.3)
        reviewed = completed & (chance.random(count) < rates)
        kept = chance.random(count) < sigmoid(punctual - self.optimism[past.owner] - 0.4 * busy)
        tallies = {
            "reviews": past.tally(satisfied > -1.2, reviewed, ("positive", "total")),
            "promises": past.tally(kept, completed, ("kept", "total")),
            "contracts": past.tally(completed, np.ones_like(completed), ("completed", "total")),
        }
        known = np.array([review["total"] for review in tallies["reviews"]])
        return tallies, 0.35 * np.log1p(known)
