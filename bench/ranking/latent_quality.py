"""Market A: one hidden quality drives everything a freelancer does; some bidders play games with what can be seen.

Every figure was chosen for the reason beside it before any rank was measured on it. Amounts of value and of price are
shares of the client's budget; qualities are in standard deviations of the market.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.ranking.contest import Contest, Findings, Flags, Floats, Past, bid_facts, budget, observed, sigmoid

KINDS = ("honest", "gamer", "padder", "low-baller", "early")


@dataclass(frozen=True)
class LatentQuality:
    """Market A; the fields are what the sensitivity table turns."""

    gamers: float = 0.15
    """Facades built for the checks. One in seven: large, because a rank by checks invites them."""
    prototypes: float = 0.50
    """Honest bids with a link. The product asks for one with each bid; half is what asking achieves."""
    noise: float = 1.0
    """Multiplies all errors of our checks."""
    unmeasured: float = 0.08
    """Checks without an answer: our faults, log-in walls, sites that ask us to slow down."""
    newcomers: float = 0.30
    """As in the design; open marketplaces see many who bid before they have ever worked there."""
    head_start: float = 0.5
    """How much of what a prototype really does goes into the product: half is kept, half was done in haste."""
    punctual: float = 2.0
    """Log-odds of keeping a promise, for an average bidder: 85 % are kept in the market, as the weights believe."""

    def contest(self, seed: int, number: int) -> Contest:
        chance = np.random.default_rng([1, seed, number])
        bids = 2 + chance.poisson(9)  # about 11 a job, as in the design; never fewer than two
        people = _People.draw(self, bids, chance)
        requirements = int(chance.integers(4, 17))  # what a spec of one page holds
        # Days until the client decides: one in five is slow, and links die meanwhile.
        waits = float(chance.uniform(28, 56) if chance.random() < 0.2 else chance.uniform(1, 7))
        difficulty = chance.normal(0, 0.5)  # jobs differ, but less than people do
        arrival = np.where(people.early, chance.exponential(0.3, bids), chance.exponential(30, bids))
        has_link, meets, works = self._prototypes(people, requirements, chance)
        price, hours_to_live, value = people.offers(difficulty, self.head_start * works.mean(axis=1), chance)
        findings = self._findings(people, has_link, meets, waits, chance)
        job = budget(
            middle=2_000 * float(np.exp(chance.normal(0, 0.9))),  # most jobs are small, a few large
            width=0.25,
            kind=str(chance.choice(["range", "highest", "none"], p=[0.85, 0.10, 0.05])),
            requirements=requirements,
            job_id=f"a{seed}-{number}",
        )
        middle = (job.budget_max + (job.budget_min or job.budget_max)) / 2 or 200_000
        facts = bid_facts(
            job,
            findings,
            {
                "price": (price * middle).round(-2).astype(int).tolist(),
                "go_live_hours": hours_to_live.astype(int).tolist(),
                "match": people.match(chance).round(3).tolist(),
                "hours": arrival,
                **people.record(self.punctual, chance),
            },
        )
        chosen = _choice(value, price, arrival, chance)
        return Contest(facts, value, facts.bids[chosen].id, people.newcomer, people.gamer)

    def _prototypes(
        self, people: _People, requirements: int, chance: np.random.Generator
    ) -> tuple[Flags, Flags, Flags]:
        """(who links one, which requirements each seems to meet, which it really meets)."""
        base = np.log(self.prototypes / (1 - self.prototypes))
        # The able find building easier; newcomers have nothing else to show; a facade is a gamer's whole bid; those
        # who live on cheap or hasty bids seldom build.
        eagerness = base + 0.4 * people.skill + 0.4 * people.newcomer
        eagerness += np.select([people.gamer, people.early, people.cheap, people.padder], [2.0, -1.7, -0.6, -0.4], 0.0)
        has_link = chance.random(len(eagerness)) < sigmoid(eagerness)
        # 60 % of checks look at what a facade can show, the rest at what must work.
        hard, deep = chance.normal(0, 1, requirements), chance.random(requirements) < 0.4
        ability = sigmoid(people.skill[:, None] - hard + 0.9)  # a prototype does somewhat more than half of a job
        facade = np.where(deep, 0.15 + 0.3 * ability, 0.9)
        gamer = people.gamer[:, None]
        meets = (chance.random(ability.shape) < np.where(gamer, facade, ability)) & has_link[:, None]
        return has_link, meets, meets & (deep | ~gamer)

    def _findings(
        self, people: _People, has_link: Flags, meets: Flags, waits: float, chance: np.random.Generator
    ) -> Findings:
        bids = len(has_link)
        measured = chance.random(meets.shape) >= self.unmeasured
        # The zoo of sites in tests/support tells of checks that err a few times in a hundred.
        met = observed(meets, measured, 0.03 * self.noise, 0.04 * self.noise, chance)
        polish = sigmoid(0.8 * people.design + 0.4 + 0.9 * people.gamer)  # bought templates are fast and look good
        polish = np.clip(polish + chance.normal(0, 0.08 * self.noise, bids), 0, 1)
        polish[chance.random(bids) < 0.15] = np.nan  # the full check comes later, or not at all
        state = _states(people.gamer, has_link, waits, chance)
        return Findings(state, met.sum(axis=1), measured.sum(axis=1), polish)


def _states(gamer: Flags, has_link: Flags, waits: float, chance: np.random.Generator) -> list[str]:
    """Free hosts drop about one link in 150 a day; a few answers can't be told; moderators catch some facades."""
    dead = chance.random(len(gamer)) < 0.02 + 1 - np.exp(-waits / 150)
    other = chance.random(len(gamer))
    live = np.select(
        [other < 0.04, other < 0.06, other < 0.065, gamer & (other > 0.90), gamer & (other > 0.86)],
        ["unknown", "broken", "refused", "flagged", "rejected"],
        "live",
    )
    return np.where(has_link, np.where(dead, "dead", live), "").tolist()


def _choice(value: Floats, price: Floats, arrival: Floats, chance: np.random.Generator) -> int:
    """The client reads early bids more surely than late ones, learns most but not all, and feels the price twice."""
    place = arrival.argsort().argsort()
    read = chance.random(len(value)) >= np.minimum(0.03 * place, 0.4)
    seems = value + chance.normal(0, 0.35, len(value)) - 0.15 * price
    return int(np.argmax(np.where(read | (place == 0), seems, -np.inf)))


@dataclass(frozen=True)
class _People:
    """The bidders of one job as they are, before anybody looks."""

    quality: Floats
    fit: Floats
    """How well this job's domain suits them."""
    reliable: Floats
    design: Floats
    skill: Floats
    """What they put into this job: quality, fit and effort."""
    newcomer: Flags
    gamer: Flags
    padder: Flags
    cheap: Flags
    early: Flags

    @classmethod
    def draw(cls, market: LatentQuality, bids: int, chance: np.random.Generator) -> _People:
        newcomer = chance.random(bids) < market.newcomers
        # A tenth pad their profile, an eighth bid far too low, a tenth paste a text within minutes; the rest is honest.
        shares = np.array([market.gamers, 0.10, 0.12, 0.10])
        kind = chance.choice(KINDS, bids, p=[1 - shares.sum(), *shares])
        gamer, padder, cheap, early = (kind == name for name in KINDS[1:])
        # Who stays is a little better than who starts, and starters differ more.
        quality = np.where(newcomer, chance.normal(-0.1, 1.1, bids), chance.normal(0.05, 1, bids))
        # Who can compete by work seldom needs a game.
        quality = quality + np.select([gamer, padder, cheap], [-0.8, -0.3, -0.2], 0.0)
        fit, other, looks = chance.normal(0, 1, (3, bids))
        effort = np.select([cheap, early], [-0.4, -0.5], 0.0)  # cut corners; never read the spec
        return cls(
            quality,
            fit,
            reliable=0.5 * quality + 0.87 * other,
            design=0.4 * quality + 0.92 * looks,
            skill=0.8 * quality + 0.6 * fit + effort,
            newcomer=newcomer,
            gamer=gamer,
            padder=padder,
            cheap=cheap,
            early=early,
        )

    def offers(self, difficulty: float, done: Floats, chance: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        """(price, promised hours to go live, true value) of each bid; `done` is the share of the work done already."""
        bids = len(self.skill)
        # The good charge a little more, newcomers a little less; opinions on a fair price differ by a fifth.
        price = np.exp(0.10 * self.quality + chance.normal(0, 0.22, bids) - 0.05 * self.newcomer)
        price = price * np.where(self.cheap, chance.uniform(0.45, 0.70, bids), 1.0)
        promised = np.clip(72 * np.exp(chance.normal(-0.2 * self.reliable, 0.5)), 4, 720).round()
        late = np.maximum(0, 0.4 - 0.4 * self.reliable + chance.normal(0, 0.3, bids))
        doublings = np.log2(promised * np.exp(late) / 72)
        # Work done well is worth some times its price, or nobody would buy; unfinished work is worth nothing.
        covered = sigmoid(1.1 * (self.skill - difficulty) + 0.8)
        covered = covered + done * (1 - covered)
        worth = 2.5 * covered * sigmoid(2.5 + 0.8 * self.reliable)
        return price, promised, worth - price - 0.05 * doublings

    def match(self, chance: np.random.Generator) -> Floats:
        """Skills named and words in common: a noisy sign of fit that padders and gamers stretch."""
        padding = np.select([self.padder, self.gamer, self.early], [0.20, 0.15, -0.15], 0.0)
        thin = 0.05 * self.newcomer  # a newcomer's profile is shorter
        return np.clip(0.55 + 0.16 * self.fit + chance.normal(0, 0.10, len(self.fit)) + padding - thin, 0, 1)

    def record(self, punctual: float, chance: np.random.Generator) -> dict[str, list[dict[str, float]]]:
        """Reviews, promises kept and contracts completed, as the platform counts them."""
        bids = len(self.quality)
        contracts = np.where(self.newcomer, 0, np.minimum(chance.geometric(1 / 14, bids), 80))
        faked = np.where(self.gamer & (chance.random(bids) < 0.3), chance.integers(3, 9, bids), 0)
        past = Past.of(contracts + faked, 4, chance)
        first = np.concatenate([[0], np.cumsum(contracts + faked)[:-1]])
        fake = np.arange(len(past.owner)) - first[past.owner] < faked[past.owner]  # bought from friends
        reliable = self.reliable[past.owner]
        completed = fake | (chance.random(len(fake)) < sigmoid(2.5 + 0.8 * reliable))
        satisfied = 0.8 * self.quality[past.owner] + chance.normal(0, 0.8, len(fake))
        # Inflation: one client in seven is unhappy, and half of those still rate kindly; a third never rate.
        positive = fake | (satisfied > -1.2) | (chance.random(len(fake)) < 0.5)
        reviewed = completed & (fake | (chance.random(len(fake)) < 0.65))
        kept = fake | (chance.random(len(fake)) < sigmoid(punctual + reliable))
        everything = np.ones_like(fake)
        return {
            "reviews": past.tally(positive, reviewed, ("positive", "total")),
            "promises": past.tally(kept, completed, ("kept", "total")),
            "contracts": past.tally(completed, everything, ("completed", "total")),
        }
