from __future__ import annotations

from string import printable

from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.bids.match import match, wanted_terms


def test_every_skill_and_a_third_of_the_words_is_a_full_match() -> None:
    job = wanted_terms(["css", "python"], "Booking calendar member")
    assert match(job, ["CSS", "Python", "Go"], "I built a calendar") == 1.0


def test_half_of_the_skills_is_two_fifths() -> None:
    assert match(wanted_terms(["css", "python"], "booking"), ["css"], "paintings") == 0.4


def test_a_job_without_skills_goes_by_its_words() -> None:
    assert match(wanted_terms([], "booking calendar"), ["css"], "booking of rooms") == 1.0


def test_nothing_in_common_is_zero() -> None:
    assert match(wanted_terms(["css"], "booking"), []) == 0.0


def test_everyday_and_short_words_say_nothing() -> None:
    assert wanted_terms([], "We would like you to make THE Booking-Site with it").words == {"booking", "site"}


@given(st.text(st.sampled_from(printable)))
@example("Rope_climbs,booked2climb\x1cCLIMBS")
def test_plain_text_is_read_as_any_other(says: str) -> None:
    job = wanted_terms([], "Rope climbs booked, climb twice")
    assert match(job, [], says) == match(job, [], says, "é")


@given(st.text(st.sampled_from(printable)))
def test_a_spec_in_plain_text_asks_for_what_any_other_does(spec: str) -> None:
    assert wanted_terms([], spec) == wanted_terms([], spec, "é")
