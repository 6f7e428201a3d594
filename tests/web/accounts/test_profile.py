"""Profile and portfolio pages."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from marketplace.accounts.models import PortfolioItem, User
from marketplace.accounts.services.portfolio import MAX_PIECES
from marketplace.bids.models import Bid
from marketplace.core.database import db
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines


@pytest.fixture
def owner(app: Flask) -> tuple[int, str]:
    """(id, address of the profile) of a freelancer."""
    with app.app_context():
        user = make_user("freelancer", name="Amara Okafor")
        return user.id, f"/people/{user.slug}"


def picture(size: tuple[int, int] = (40, 30), form: str = "PNG") -> io.BytesIO:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", size, "teal").save(out, form, exif=exif, icc_profile=b"hidden words")
    out.seek(0)
    return out


def test_new_person_has_an_empty_profile(visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    page = visitor().get(owner[1]).text
    assert "No jobs here yet" in page
    assert "No testimonials yet" in page


def test_profile_shows_what_its_owner_wrote(visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
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


def test_country_is_shown_once_chosen_and_can_be_removed(
    visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    browser = visitor().as_user(owner[0])
    fields = {"skills": "flask", "currency": "EUR"}
    options = browser.page("/account/profile").css("#country option")
    assert options[0].text() == "Prefer not to say"
    assert "selected" in options[0].attributes
    browser.submit("/account/profile", fields | {"country": "PT"})
    assert "Portugal" in visitor().get(owner[1]).text
    browser.submit("/account/profile", fields | {"country": ""})
    page = visitor().get(owner[1]).text
    assert "Portugal" not in page
    assert "Country" not in page


def test_only_listed_countries_are_accepted_and_the_choice_is_kept(
    visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    browser = visitor().as_user(owner[0])
    assert browser.submit("/account/profile", {"currency": "EUR", "country": "EU"}).status_code == 422
    answer = browser.submit("/account/profile", {"currency": "EUR", "country": "PT", "rate": "a lot"})
    assert answer.status_code == 422
    assert '<option selected value="PT">Portugal</option>' in answer.text


def test_invalid_rate_keeps_the_rest_of_the_form(visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    answer = visitor().as_user(owner[0]).submit("/account/profile", {"headline": "Booking sites", "rate": "a lot"})
    assert answer.status_code == 422
    assert 'value="Booking sites"' in answer.text
    assert "Enter an amount in numbers" in answer.text


def test_portfolio_picture_is_reencoded(app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    browser = visitor().as_user(owner[0])
    fields = {
        "title": "Ferry timetable",
        "link": "https://ferry.example/",
        "picture": (picture((2000, 1000), "JPEG"), "evil.html"),
    }
    assert browser.submit("/account/portfolio/new", fields).status_code == 303
    with app.app_context():
        item_id = db.session.scalars(select(PortfolioItem.id)).one()
    for size, width in (("picture", 1600), ("thumbnail", 640)):
        with visitor().get(f"/portfolio/{item_id}/{size}") as served:
            assert (served.mimetype, served.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
            assert {"no-cache", "private"} <= set(served.headers["Cache-Control"].split(", "))
            image = Image.open(io.BytesIO(served.data))
            assert (image.format, image.width) == ("WEBP", width)
            assert not {"exif", "icc_profile", "xmp"} & set(image.info)


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"", b"GIF89a" + b"\x00" * 20, b"%PDF-1.4"])
def test_invalid_picture_is_refused_and_text_kept(
    visitor: Callable[[], Visitor], owner: tuple[int, str], content: bytes
) -> None:
    fields = {"title": "Ferry timetable", "picture": (io.BytesIO(content), "picture.png")}
    answer = visitor().as_user(owner[0]).submit("/account/portfolio/new", fields)
    assert answer.status_code == 422
    assert "Send a PNG, JPEG or WebP file" in answer.text
    assert 'value="Ferry timetable"' in answer.text


def test_new_picture_replaces_the_old_and_none_keeps_it(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    browser = visitor().as_user(owner[0])
    browser.submit("/account/portfolio/new", {"title": "Ferry", "picture": (picture(), "a.png")})
    with app.app_context():
        item = db.session.scalars(select(PortfolioItem)).one()
        first, path = item.picture_key, f"/account/portfolio/{item.id}"
    browser.submit(path, {"title": "Ferry timetable"})
    with app.app_context():
        item = db.session.scalars(select(PortfolioItem)).one()
        assert (item.title, item.picture_key) == ("Ferry timetable", first)
    browser.submit(path, {"picture": (picture((50, 20)), "b.png")})
    with app.app_context():
        assert db.session.scalars(select(PortfolioItem.picture_key)).one() != first


def test_removing_a_piece_asks_and_removes_it_from_bids(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    with app.app_context():
        freelancer = db.session.get_one(User, owner[0])
        item = PortfolioItem(user_id=owner[0], title="Ferry", created_at=START)
        bid = make_bid(make_job(make_user("client")), freelancer, portfolio=[item])
        path, bid_id = f"/account/portfolio/{item.id}/remove", bid.id
    browser = visitor().as_user(owner[0])
    assert "This can’t be undone" in browser.get(path).text
    assert browser.submit(path).location == owner[1]
    with app.app_context():
        assert db.session.scalars(select(PortfolioItem)).all() == []
        assert db.session.get_one(Bid, bid_id).portfolio == []


def test_portfolio_size_is_limited(app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    with app.app_context():
        db.session.add_all(
            PortfolioItem(user_id=owner[0], title=f"Piece {number}", created_at=START) for number in range(MAX_PIECES)
        )
        db.session.commit()
    answer = visitor().as_user(owner[0]).submit("/account/portfolio/new", {"title": "One more"})
    assert answer.status_code == 422
    assert "24 pieces at most" in answer.text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ferry", "ftp://ferry.example"])
def test_portfolio_links_are_web_addresses(visitor: Callable[[], Visitor], owner: tuple[int, str], link: str) -> None:
    answer = visitor().as_user(owner[0]).submit("/account/portfolio/new", {"title": "Ferry", "link": link})
    assert answer.status_code == 422


def test_double_click_adds_one_piece(app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]) -> None:
    browser = visitor().as_user(owner[0])
    fields = {"csrf_token": browser.csrf_token(), "key": "the-same-key", "title": "Ferry"}
    for _ in range(2):
        assert browser.http.post("/account/portfolio/new", data=fields).status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(PortfolioItem)).all()) == 1


@pytest.mark.parametrize("path", ["/account/portfolio/{}", "/account/portfolio/{}/remove"])
def test_pieces_of_others_are_inaccessible(
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


def test_profile_takes_a_fixed_number_of_queries(
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
    assert cost() == before <= 11


def test_suspended_person_is_told_why_and_can_not_write(
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


def test_hidden_profile_is_410_and_its_owner_is_told_why(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]
) -> None:
    with app.app_context():
        profile = db.session.get_one(User, owner[0]).profile
        profile.hidden_at, profile.hidden_reason = START, "It offers work that breaks rule 3"
        db.session.commit()
    public = visitor().get(owner[1])
    assert (public.status_code, "breaks rule 3" in public.text) == (410, False)
    own = visitor().as_user(owner[0]).get(owner[1])
    assert (own.status_code, "breaks rule 3" in own.text) == (200, True)
    assert "/account/moderation" in own.text
