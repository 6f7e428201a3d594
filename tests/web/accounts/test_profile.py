"""What people show of themselves: profile, portfolio, testimonials."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from marketplace.accounts import models
from marketplace.accounts.models import PortfolioItem, User
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.factories import START, make_user
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor


@pytest.fixture
def owner(app: Flask) -> tuple[int, str]:
    """(id, address of the profile) of a freelancer."""
    with app.app_context():
        user = make_user("freelancer", name="Amara Okafor")
        return user.id, f"/people/{user.slug}"


def picture(size: tuple[int, int] = (40, 30), form: str = "PNG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, exif=Image.Exif())
    out.seek(0)
    return out


def test_a_new_person_has_an_honest_empty_profile(visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    page = visitor().get(owner[1]).text
    assert "No jobs here yet" in page
    assert "No testimonials yet" in page


def test_the_profile_shows_what_its_owner_wrote(visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    browser = visitor().as_user(owner[0])
    fields = {
        "headline": "Booking sites",
        "about": "I **build** first. <script>x</script>",
        "skills": "Flask, CSS ,flask",
        "rate": "65",
        "currency": "EUR",
    }
    assert browser.submit("/account/profile", fields).status_code == 303
    page = visitor().get(owner[1]).text
    assert "<strong>build</strong>" in page
    assert "<script>x" not in page
    assert "€65" in page
    assert page.count('class="chip">') == 2


def test_a_bad_rate_keeps_the_rest_of_the_form(visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    answer = visitor().as_user(owner[0]).submit("/account/profile", {"headline": "Booking sites", "rate": "a lot"})
    assert answer.status_code == 422
    assert 'value="Booking sites"' in answer.text
    assert "Enter an amount in numbers" in answer.text


def test_a_portfolio_picture_is_encoded_anew(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    browser = visitor().as_user(owner[0])
    fields = {
        "title": "Ferry timetable",
        "link": "https://ferry.example/",
        "picture": (picture(form="JPEG"), "evil.html"),
    }
    assert browser.submit("/account/portfolio/new", fields).status_code == 303
    with app.app_context():
        item_id = db.session.scalars(select(PortfolioItem.id)).one()
    with visitor().get(f"/portfolio/{item_id}/picture") as served:
        assert served.mimetype == "image/webp"
        assert Image.open(io.BytesIO(served.data)).format == "WEBP"


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"", b"GIF89a" + b"\x00" * 20, b"%PDF-1.4"])
def test_a_file_that_is_no_picture_is_refused_and_the_text_kept(
    visitor: Callable[[], Visitor], owner: tuple[int, str], content: bytes
) -> None:
    fields = {"title": "Ferry timetable", "picture": (io.BytesIO(content), "picture.png")}
    answer = visitor().as_user(owner[0]).submit("/account/portfolio/new", fields)
    assert answer.status_code == 422
    assert "Send a PNG, JPEG or WebP file" in answer.text
    assert 'value="Ferry timetable"' in answer.text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ferry", "ftp://ferry.example"])
def test_portfolio_links_are_web_addresses(visitor: Callable[[], Visitor], owner: tuple[int, str], link: str) -> None:
    answer = visitor().as_user(owner[0]).submit("/account/portfolio/new", {"title": "Ferry", "link": link})
    assert answer.status_code == 422


def test_a_double_click_adds_one_piece(app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    browser = visitor().as_user(owner[0])
    fields = {"csrf_token": browser.csrf_token(), "key": "the-same-key", "title": "Ferry"}
    for _ in range(2):
        assert browser.http.post("/account/portfolio/new", data=fields).status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(PortfolioItem)).all()) == 1


@pytest.mark.parametrize("path", ["/account/portfolio/{}", "/account/portfolio/{}/remove"])
def test_other_peoples_pieces_are_out_of_reach(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str], path: str
) -> None:
    with app.app_context():
        stranger = make_user("freelancer").id
        db.session.add(item := PortfolioItem(user_id=owner[0], title="Ferry", created_at=START))
        db.session.commit()
        item_id = item.id
    browser = visitor().as_user(stranger)
    assert browser.get(path.format(item_id)).status_code == 404
    assert browser.post(path.format(item_id), {"title": "Mine now"}).status_code == 404
    with app.app_context():
        assert db.session.get_one(PortfolioItem, item_id).title == "Ferry"


def test_a_past_customer_writes_through_a_signed_link_once(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    visitor().as_user(owner[0]).submit("/account/testimonials", {"email": "customer@example.com"})
    with app.app_context():
        mail = db.session.scalars(select(OutgoingMail)).one()
        path = re.search(r"https?://[^/]+(/testimonials/\S+)", mail.text)[1]
    customer = visitor()
    words = {
        "author_name": "Henrik Dahl",
        "author_role": "Harbour master",
        "text": "She showed us the working timetable first.",
    }
    assert "Thank you" in customer.submit(path, words, follow=True).text
    assert customer.get(path).status_code == 404
    assert "working timetable" in visitor().get(owner[1]).text


def test_a_forged_link_opens_nothing(visitor: Callable[[], Visitor]) -> None:
    assert visitor().get("/testimonials/1.forged.signature").status_code == 404


def test_the_owner_hides_and_shows_but_never_edits(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    with app.app_context():
        words = models.Testimonial(
            user_id=owner[0],
            invited_email="c@example.com",
            invited_at=START,
            written_at=START,
            author_name="Bo",
            text="Very good.",
        )
        db.session.add(words)
        db.session.commit()
        words_id = words.id
    browser = visitor().as_user(owner[0])
    browser.post(f"/account/testimonials/{words_id}/hide")
    assert "Very good." not in visitor().get(owner[1]).text
    browser.post(f"/account/testimonials/{words_id}/show")
    assert "Very good." in visitor().get(owner[1]).text


def test_a_profile_costs_the_same_queries_however_much_it_shows(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    def cost() -> int:
        with counted_queries() as statements:
            visitor().page(owner[1])
        return len(statements)

    before = cost()
    with app.app_context():
        db.session.add_all(PortfolioItem(user_id=owner[0], title=f"Piece {n}", created_at=START) for n in range(20))
        db.session.commit()
    assert cost() == before <= 6


def test_a_suspended_person_reads_why_and_can_not_write(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    with app.app_context():
        person = db.session.get_one(User, owner[0])
        person.suspended_at, person.suspended_reason = START, "Asked for payment elsewhere"
        db.session.commit()
    browser = visitor().as_user(owner[0])
    assert "Asked for payment elsewhere" in browser.get("/me").text
    assert browser.get("/account/profile").status_code == 403
    assert visitor().get(owner[1]).status_code == 410
