from __future__ import annotations

from string import printable

from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.bids.match import match, wanted_terms


def test_all_skills_and_a_third_of_words_is_full_match() -> None:
    job = wanted_terms(["css", "python"], "Booking calendar member")
    assert match(job, ["CSS", "Python", "Go"], "I built a calendar") == 1.0


def test_half_of_skills_scores_two_fifths() -> None:
    assert match(wanted_terms(["css", "python"], "booking"), ["css"], "paintings") == 0.4


def test_job_without_skills_is_matched_by_words() -> None:
    assert match(wanted_terms([], "booking calendar"), ["css"], "booking of rooms") == 1.0


def test_nothing_in_common_scores_zero() -> None:
    assert match(wanted_terms(["css"], "booking"), []) == 0.0


def test_common_and_short_words_are_ignored() -> None:
    assert wanted_terms([], "We would like you to make THE Booking-Site with it").words == {"booking", "site"}


@given(st.text(st.sampled_from(printable)))
@example("Rope_climbs,booked2climb\x1cCLIMBS")
def test_ascii_profile_text_matches_like_unicode(says: str) -> None:
    job = wanted_terms([], "Rope climbs booked, climb twice")
    assert match(job, [], says) == match(job, [], says, "é")


@given(st.text(st.sampled_from(printable)))
def test_ascii_spec_yields_same_terms_as_unicode(spec: str) -> None:
    assert wanted_terms([], spec) == wanted_terms([], spec, "é")
