"""Reviews in the browser: writing, reveal, reply, testimonials, reports, profile lists."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.moderation.models import Report
from marketplace.reviews.models import Review
from tests.support.factories import make_user
from tests.support.queries import counted_queries
from tests.support.reviews import make_completed, make_reviewed
from tests.support.reviews import review as write
from tests.web.reviews.conftest import Done

pytestmark = pytest.mark.both_engines

MARKS = {"quality": "5", "on_time": "4", "contact": "4"}


def test_invitation_to_review_to_reply(done: Done) -> None:
    client, wanda = done.fair.as_("client"), done.fair.as_("wanda")
    assert "Review “Booking site for a climbing gym”" in client.page("/me").css_first("ul.tasks").text()
    assert "Write your review" in client.page(done.path).text()
    client.submit(f"{done.path}/review", {**MARKS, "text": "The gym loves it."})
    assert "Review “Booking" not in client.page("/me").css_first("ul.tasks").text()
    assert "Your review is sealed" in client.page(done.path).text()
    wanda.submit(f"{done.path}/review", {**MARKS, "text": "Clear wishes, paid at once."})
    profile = done.fair.as_("anonymous").page(f"/people/{done.slug('freelancer')}")
    assert "The gym loves it." in profile.text()
    assert "1 of 1 positive" in profile.text()
    link = wanda.page(done.path).css_first("#reviews ~ ul a").attributes["href"] or ""
    wanda.submit(f"{link}/reply", {"reply": "It was a joy."})
    page = done.fair.as_("anonymous").page(link)
    assert "Wanda Works replied" in page.text()
    assert "It was a joy." in page.text()
    assert "It was a joy." in done.fair.as_("anonymous").page(f"/people/{done.slug('freelancer')}").text()
    assert wanda.get(f"{link}/reply").status_code == 409


def test_edit_before_reveal_starts_from_stored_review(done: Done) -> None:
    client = done.fair.as_("client")
    done.write("client", text="First words.")
    page = client.page(f"{done.path}/review")
    assert page.css_first("textarea[name=text]").text() == "First words."
    assert page.css_first("input[name=quality][checked]").attributes["value"] == "5"
    client.submit(f"{done.path}/review", {"contact": "1", "text": "Second words."})
    with done.app.app_context():
        review = db.session.scalars(select(Review)).one()
        assert (review.text, review.contact, review.version) == ("Second words.", 1, 2)


@pytest.mark.parametrize("wrong", [{"quality": None}, {"quality": "6"}, {"on_time": "²"}, {"text": " "}])
def test_choices_and_text_are_kept_when_something_is_missing(done: Done, wrong: dict[str, str | None]) -> None:
    fields = {**MARKS, "text": "The gym loves it.", **wrong}
    answer = done.fair.as_("client").submit(f"{done.path}/review", fields)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "The gym loves it." in answer.text or "text" in wrong
    assert 'value="4" checked' in answer.text or "checked" in answer.text


def test_double_click_writes_one_review(done: Done) -> None:
    client = done.fair.as_("client")
    key = client.page(f"{done.path}/review").css_first("main input[name=key]").attributes["value"]
    fields = {"key": key, **MARKS, "text": "The gym loves it."}
    answers = [client.post(f"{done.path}/review", fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    with done.app.app_context():
        assert db.session.scalars(select(Review.version)).all() == [1]


def test_correction_keeps_revealed_text_public_but_not_drafts(done: Done) -> None:
    done.write("client", text="A draft nobody reads.")
    review = done.write("client", text="Late by a week.")
    done.write("freelancer")
    done.fair.as_("client").submit(f"/reviews/{review}/correct", {"text": "Late by a day."})
    text = done.fair.as_("anonymous").page(f"/reviews/{review}").text()
    assert "Late by a day." in text
    assert "Late by a week." in text
    assert "A draft nobody reads." not in text


def test_testimonial_is_shown_by_choice_with_its_contract(done: Done) -> None:
    review = done.write("client", text="The gym loves it.")
    done.write("freelancer")
    wanda, profile = done.fair.as_("wanda"), f"/people/{done.slug('freelancer')}"
    wanda.submit(f"/reviews/{review}")
    quote = wanda.page(profile).css_first("blockquote.card")
    assert "The gym loves it." in quote.text()
    assert "the review of “Booking site for a climbing gym”" in quote.text()
    wanda.submit(f"/reviews/{review}")
    assert wanda.page(profile).css_first("blockquote.card") is None


def test_reported_review_is_hidden_with_reason(done: Done) -> None:
    review = done.write("client", text="He is a crook.")
    done.write("freelancer")
    wanda, admin = done.fair.as_("wanda"), done.fair.as_("admin")
    wanda.submit(f"/report/review/{review}", {"reason": "abuse", "text": "An insult."})
    with done.app.app_context():
        report = db.session.scalars(select(Report.id)).one()
    hide = {"act": "hide", "reason": "An insult.", "public": "It insults."}
    admin.submit(f"/admin/reports/{report}", hide, form="main form:has([name=act])")
    assert done.fair.as_("anonymous").get(f"/reviews/{review}").status_code == 404
    assert "crook" not in done.fair.as_("nora").page(f"/people/{done.slug('freelancer')}").text()
    assert "A moderator hid this review: An insult." in done.fair.as_("client").page(f"/reviews/{review}").text()
    assert done.fair.as_("client").get(f"/reviews/{review}/correct").status_code == 403
    restore = {"act": "restore", "reason": "Mild.", "public": "It is mild."}
    admin.submit(f"/admin/reports/{report}", restore, form="main form:has([name=act])")
    assert done.fair.as_("anonymous").get(f"/reviews/{review}").status_code == 200


def test_hiding_reply_keeps_review(done: Done) -> None:
    review = done.write("client")
    done.write("freelancer")
    done.fair.as_("wanda").submit(f"/reviews/{review}/reply", {"reply": "Fool!"})
    assert done.fair.as_("client").get(f"/report/reply/{review}").status_code == 200
    done.fair.as_("client").submit(f"/report/reply/{review}", {"reason": "abuse", "text": "An insult."})
    with done.app.app_context():
        report = db.session.scalars(select(Report.id)).one()
    fields = {"act": "hide", "reason": "An insult.", "public": "It insults."}
    done.fair.as_("admin").submit(f"/admin/reports/{report}", fields, form="main form:has([name=act])")
    text = done.fair.as_("anonymous").page(f"/reviews/{review}").text()
    assert "Fool!" not in text
    assert "Good work together" in text


def test_reviews_are_paginated_with_constant_query_count(app: Flask, done: Done) -> None:
    with app.app_context():
        fay = make_user("freelancer", name="Fay Famous")
        client = make_user("client", name="Cleo Two")
        first = make_completed(client, fay)
        write(first, "client", text="Review 0.")
        write(first, "freelancer")
        slug = fay.slug
    nora = done.fair.as_("nora")
    nora.page(f"/people/{slug}/reviews")
    with counted_queries() as few:
        nora.page(f"/people/{slug}/reviews")
    with counted_queries() as few_on_profile:
        nora.page(f"/people/{slug}")
    with app.app_context():
        people = db.session.scalars(select(User).where(User.slug == slug)).one(), make_user("client", name="Cleo X")
        for number in range(1, 23):
            contract = make_completed(people[1], people[0])
            write(contract, "client", text=f"Review {number}.")
            write(contract, "freelancer")
    with counted_queries() as many:
        page = nora.page(f"/people/{slug}/reviews")
    with counted_queries() as many_on_profile:
        nora.page(f"/people/{slug}")
    assert len(page.css("article.card")) == 20
    rest = nora.page(page.css_first("a[rel=next]").attributes["href"] or "")
    assert len(rest.css("article.card")) == 3
    assert len(few) == len(many)
    assert len(few_on_profile) == len(many_on_profile)


def test_profiles_of_both_sides_show_reviews(app: Flask, done: Done) -> None:
    with app.app_context():
        contract = make_reviewed()
        slugs = contract.client.slug, contract.freelancer.slug
    nora = done.fair.as_("nora")
    assert "Reviews as a client" in nora.page(f"/people/{slugs[0]}").text()
    assert "says the freelancer." in nora.page(f"/people/{slugs[0]}/reviews").text()
    assert "Reviews as a freelancer" in nora.page(f"/people/{slugs[1]}").text()
