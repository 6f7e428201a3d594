from __future__ import annotations

from marketplace.bids.match import match, words


def test_every_skill_and_a_third_of_the_words_is_a_full_match() -> None:
    spec = words("Booking calendar member")
    assert match(["css", "python"], spec, ["CSS", "Python", "Go"], words("I built a calendar")) == 1.0


def test_half_of_the_skills_is_two_fifths() -> None:
    assert match(["css", "python"], words("booking"), ["css"], words("paintings")) == 0.4


def test_a_job_without_skills_goes_by_its_words() -> None:
    assert match([], words("booking calendar"), ["css"], words("booking of rooms")) == 1.0


def test_nothing_in_common_is_zero() -> None:
    assert match(["css"], words("booking"), [], frozenset()) == 0.0


def test_everyday_and_short_words_say_nothing() -> None:
    assert words("We would like you to make THE Booking-Site with it") == {"booking", "site"}
