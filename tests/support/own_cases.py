"""Shared test cases of custom orders, for Python's function and its JavaScript twin: (name, bids, percents, ids in
order).

A bid is (id, rank, score, (price, speed, evidence, record)), milli-points; percents are in the same order.
"""

from __future__ import annotations

CHEAP = (1, 3, 48_000, (8_000, 0, 20_000, 0))
PROVEN = (2, 1, 61_500, (-2_500, 3_000, 39_000, 2_000))
KNOWN = (3, 2, 52_000, (0, 1_000, 15_000, 16_000))
ALL = [CHEAP, PROVEN, KNOWN]
HALF = (4, 1, 10_001, (1, 0, 0, 0))
TWIN = (5, 2, 10_001, (0, 1, 0, 0))
WITHDRAWN_PLACE = (6, None, 90_000, (8_000, 0, 40_000, 20_000))
NOT_SCORED = (7, None, 0, (0, 0, 0, 0))
BELOW_NOTHING = (8, 4, -13_000, (-8_000, 0, -2_000, -20_000))

CASES = [
    ("nothing turned is the platform's order", ALL, (100, 100, 100, 100), [2, 3, 1]),
    ("the order of the input does not matter", [KNOWN, CHEAP, PROVEN], (100, 100, 100, 100), [2, 3, 1]),
    ("price counts twice", ALL, (200, 100, 100, 100), [2, 1, 3]),
    ("price alone", ALL, (200, 0, 0, 0), [1, 3, 2]),
    ("record counts twice", ALL, (100, 100, 100, 200), [3, 2, 1]),
    ("evidence does not count", ALL, (100, 100, 0, 100), [3, 1, 2]),
    ("nothing counts but the match, which is the same", ALL, (0, 0, 0, 0), [2, 3, 1]),
    ("a step of a quarter decides by hundredths", [HALF, TWIN], (75, 100, 100, 100), [5, 4]),
    ("equal own scores keep the platform's order", [TWIN, HALF], (125, 125, 100, 100), [4, 5]),
    ("no place stays no place", [NOT_SCORED, WITHDRAWN_PLACE, CHEAP], (200, 200, 200, 200), [1, 6, 7]),
    ("points below nothing rise when they count less", [BELOW_NOTHING, CHEAP], (0, 100, 0, 0), [1, 8]),
    ("points below nothing", [CHEAP, BELOW_NOTHING], (200, 200, 200, 200), [1, 8]),
    ("one bid", [PROVEN], (0, 50, 175, 25), [2]),
    ("no bid", [], (150, 100, 100, 100), []),
]

POINTS = [(7_116_200, "71.2"), (5_500_000, "55"), (0, "0"), (25_000, "0.3"), (-5_000, "0"), (-1_230_000, "-12.3")]
"""Own scores in hundredths of milli-points, and how pages show them."""
