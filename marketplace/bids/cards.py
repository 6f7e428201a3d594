"""Card of a bid: its explained score and one or two sentences on why it holds its rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from marketplace.bids.gathering import known_state, prototype_facts
from marketplace.bids.models import Bid
from marketplace.bids.since import Since, since_closing
from marketplace.bids.states import RANKED, NoLink
from marketplace.core.states import State
from marketplace.ranking.breakdown import TONES, ScoreChart, ScoreStep, score_chart
from marketplace.ranking.explain import LABELS, Column, columns, load, points
from marketplace.ranking.facts import PrototypeFacts, RankedState
from marketplace.ranking.score import PENDING, WORKING, Score, Term


class CardPart(NamedTuple):
    """One row of an explained score: the term, its label, its colour and its bar."""

    term: Term
    label: str
    tone: int
    step: ScoreStep


@dataclass(frozen=True, slots=True)
class BidCard:
    """A bid with its explanation, identical for client and bidder."""

    bid: Bid
    place: int | None
    """Rank; None when declined, withdrawn or not ranked yet."""
    score: Score | None
    reason: str
    """One or two sentences explaining the rank; empty before the first ranking."""
    columns: Sequence[Column] = ()
    best: Sequence[int | None] = ()
    """Highest points any bid of the job has in each column, in milli-points."""
    counted: PrototypeFacts | None = None
    """Link facts the score is based on; None without a link."""
    since: Since | None = None
    """Change in the link since bids closed; does not affect the score."""

    @property
    def link_state(self) -> State:
        """State shown on the badge: the link's, or a NoLink state."""
        if self.bid.prototype:
            return self.bid.prototype.shown_state
        return NoLink.PORTFOLIO if self.bid.portfolio else NoLink.NONE

    @property
    def weights(self) -> str:
        """Version of the weights used for the score; empty before the first ranking."""
        return str(self.bid.terms.get("weights", "v1")) if self.bid.terms else ""

    @property
    def points(self) -> str:
        """Points as text, such as "55.3 of 93 points" or "27 of 35 points scored so far"."""
        if self.score is None:
            return "Not scored yet"
        so_far = " scored so far" if self.score.provisional else ""
        return f"{points(self.score.total)} of {points(self.score.possible)} points{so_far}"

    @property
    def shares(self) -> list[tuple[int, int, bool]]:
        """Each column as (points, most, known) of the stacked bar, milli-points."""
        return [(column.points, column.most, column.scored) for column in self.columns]

    @property
    def picture(self) -> ScoreChart:
        """Chart of the score's terms as consecutive bars, scaled to the highest possible score."""
        terms = self.score.terms if self.score else ()
        return score_chart([term.points for term in terms], sum(term.most for term in terms))

    @property
    def parts(self) -> list[CardPart]:
        """Every term with its reason and bar; empty before the first ranking."""
        terms = self.score.terms if self.score else ()
        steps = self.picture.steps
        return [
            CardPart(term, LABELS[term.name], TONES[term.name], step) for term, step in zip(terms, steps, strict=True)
        ]


def card_of(bid: Bid, checkable: int, best: dict[str, Any], *, closed: bool = False) -> BidCard:
    """Build the card of a bid on a job with `checkable` machine-checkable requirements.

    `best` is RankSnapshot.best. With `closed`, the card describes the link as ranked and reports later changes
    separately.
    """
    place = bid.rank if bid.state in RANKED else None
    if bid.terms is None:
        return BidCard(bid, place, None, "")
    score = load(str(bid.id), bid.terms)
    parts = [_with_speed(part, bid) for part in columns(score.terms)]
    marks: dict[str, int] = best.get("columns", {})
    facts = prototype_facts(bid.prototype, checkable) if bid.prototype else None
    ranked = PrototypeFacts.model_validate(bid.terms["link"]) if bid.terms.get("link") else facts
    since = since_closing(ranked, facts, checkable) if closed and ranked and facts else None
    counted = ranked if closed else facts
    about_link = _about_link(bid, counted, checkable, best.get("met", []), since) if counted else _about_no_link(score)
    sentences = [about_link, _about_gap(parts, marks)]
    reason = " ".join(sentence for sentence in sentences if sentence)
    return BidCard(bid, place, score, reason, parts, [marks.get(part.heading) for part in parts], counted, since)


def _with_speed(part: Column, bid: Bid) -> Column:
    """Add the response time to the prototype column while the link is live."""
    answers = bid.prototype is not None and known_state(bid.prototype) == RankedState.LIVE
    milliseconds = bid.prototype.response_ms if bid.prototype and answers else None
    if part.heading != "Live prototype" or milliseconds is None or part.points <= 0:
        return part
    seconds = max(milliseconds, 10) / 1000
    return replace(part, fact=f"live, answers in {seconds:.{1 if seconds >= 1 else 2}f} s")


def _about_no_link(score: Score) -> str:
    unearned = sum(term.most for term in score.terms if term.name in ("verified", "requirements"))
    return f"No prototype link, so the {points(unearned)} points for a checked prototype are not earned."


def _about_link(bid: Bid, facts: PrototypeFacts, checkable: int, best_met: Sequence[int], since: Since | None) -> str:
    if facts.state in PENDING:
        return "A provisional place: held while we check the link."
    if facts.state == RankedState.REJECTED:
        return "A moderator rejected the prototype as a copy without credit."
    if facts.state not in WORKING:
        if since:
            return "The link was not working when bids closed."
        return f"The link is not working. {bid.prototype.summary if bid.prototype else ''}".strip()
    if not checkable:
        return "The prototype is live; the job has no requirement that we can check."
    unmeasured = checkable - facts.measured
    sentence = f"Meets {facts.met} of the {checkable} checks"
    if unmeasured:
        sentence += f"; {unmeasured} could not be measured"
    return f"{sentence}{_against_others(facts.met, best_met)}."


def _against_others(met: int, best_met: Sequence[int]) -> str:
    if not best_met or (met >= best_met[0] and len(best_met) < 2):
        return ""
    if met < best_met[0]:
        return f"; the best bid meets {best_met[0]}"
    return f"; the next best meets {best_met[1]}" if best_met[1] < met else "; another bid meets as many"


def _about_gap(parts: Sequence[Column], marks: dict[str, int]) -> str:
    """Name the column in which the bid is furthest behind the best bid."""
    gaps = [(marks.get(part.heading, part.points) - part.points, part) for part in parts if part.scored]
    gap, part = max(gaps, key=lambda pair: pair[0], default=(0, None))
    if part is None or gap <= 0:
        return ""
    return f"Furthest behind the best bid on {part.heading.lower()}, by {points(gap)} points."
