"""Passages that two pages share, so that a moderator sees what was copied and not only how much."""

from __future__ import annotations

LEAST = 8
"""Words per passage; shorter ones occur on many pages."""
MOST_WORDS = 5_000
"""Of each page; the start of it."""


def shared_passages(text: str, other: str, limit: int = 5) -> list[str]:
    """Up to `limit` passages of `text` that stand word for word in `other` too, the longest first; case aside."""
    words, others = text.split()[:MOST_WORDS], other.casefold().split()[:MOST_WORDS]
    runs = {tuple(others[at : at + LEAST]) for at in range(len(others) - LEAST + 1)}
    folded = [word.casefold() for word in words]
    passages: list[tuple[int, int]] = []
    for at in range(len(words) - LEAST + 1):
        if tuple(folded[at : at + LEAST]) not in runs:
            continue
        if passages and at < passages[-1][1]:
            passages[-1] = (passages[-1][0], at + LEAST)
        else:
            passages.append((at, at + LEAST))
    passages.sort(key=lambda passage: passage[0] - passage[1])
    return [" ".join(words[start:end]) for start, end in passages[:limit]]
