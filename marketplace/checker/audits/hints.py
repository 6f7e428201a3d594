"""Hints: paragraphs that seem to answer free-text lines; never a finding, never scored.

Evidence: hints [{id, line, where (the paragraph), likeness 0..1}], lines (how many there are).

Likeness is the cosine of TF-IDF vectors: shared words count more the rarer they are on the page
(Salton and Buckley 1988, "Term-weighting approaches in automatic text retrieval").
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput

NAME = "hints"
VERSION = 1
MIN_LIKENESS = 0.2
"""Below this two texts share hardly more than by chance."""
EXCERPT = 200
"""Characters of a paragraph."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDINGS = re.compile(r"(?<=\w{3})(ing|ed|es|s|e)$")

Vector = dict[str, float]
"""Word -> weight; of length 1."""


def audit(seen: AuditInput) -> Audit:
    """Always a note, or not measured."""
    if not seen.free_lines:
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, "The job has no lines in the client’s own words.")
    if seen.facts is None or seen.is_unwritten:
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, "The page’s text couldn’t be read.")
    hints = find_hints(seen.free_lines, seen.facts.blocks)
    sentence = f"The page seems to speak of {len(hints)} of {len(seen.free_lines)} lines in the client’s own words. "
    sentence += "Only a hint where to look: nothing is scored by it."
    return Audit(NAME, VERSION, Tone.NOTE, sentence, "", {"hints": hints, "lines": len(seen.free_lines)})


def find_hints(lines: Sequence[tuple[str, str]], blocks: Sequence[str]) -> list[dict[str, object]]:
    """The most similar block for each (id, line) that has one, in the lines' order."""
    counts = [Counter(_words(block)) for block in blocks]
    spread = Counter(word for words in counts for word in words)
    vectors = [_vector(words, spread, len(blocks)) for words in counts]
    found: list[dict[str, object]] = []
    for id_, line in lines:
        wanted = _vector(Counter(_words(line)), spread, len(blocks))
        likeness, block = max(((_cosine(wanted, vector), at) for at, vector in enumerate(vectors)), default=(0.0, 0))
        if likeness >= MIN_LIKENESS:
            found.append({"id": id_, "line": line, "where": blocks[block][:EXCERPT], "likeness": round(likeness, 2)})
    return found


def _words(text: str) -> list[str]:
    """Words of three letters or more, stemmed by common English endings: slot and slots are one."""
    return [_ENDINGS.sub("", word) for word in _WORD.findall(text.casefold())]


def _vector(counts: Counter[str], spread: Counter[str], blocks: int) -> Vector:
    weights = {word: count * (math.log((1 + blocks) / (1 + spread[word])) + 1) for word, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _cosine(one: Vector, other: Vector) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())
