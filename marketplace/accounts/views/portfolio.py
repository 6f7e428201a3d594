"""Portfolio pages: adding, changing and removing pieces, and serving their pictures."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from marketplace.accounts import queries
from marketplace.accounts.forms import PortfolioForm
from marketplace.accounts.services import portfolio
from marketplace.accounts.views.blueprint import bp
from marketplace.core.storage import FileStore
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.limits import UPLOADS, limiter
from marketplace.web.pictures import stored_picture
from marketplace.web.request import actor, actor_or_none, now


@bp.route("/account/portfolio/new", methods=["GET", "POST"], endpoint="new_item")
@limiter.limit(UPLOADS, methods=["POST"])
@in_good_standing
def new() -> ResponseReturnValue:
    """Add a piece."""
    person = actor()
    form = PortfolioForm()
    return form_page(
        form,
        lambda: _create(form),
        lambda: render_template("accounts/edit_item.html", form=form, person=person, item=None),
    )


def _create(form: PortfolioForm) -> str:
    portfolio.add_piece(actor(), _piece(form), _files(), now())
    flash("Your portfolio has a new piece.", "success")
    return url_for("accounts.profile", slug=actor().slug)


@bp.route("/account/portfolio/<int:item_id>", methods=["GET", "POST"], endpoint="edit_item")
@limiter.limit(UPLOADS, methods=["POST"])
@in_good_standing
def edit(item_id: int) -> ResponseReturnValue:
    """Change a piece; without a new picture the old one stays."""
    person = actor()
    item = queries.own_item(person, item_id)
    stored = PortfolioForm(formdata=None, obj=item)
    form = PortfolioForm() if stored.is_sent() else stored

    def change() -> str:
        portfolio.change_piece(item, _piece(form), _files())
        flash("The piece is saved.", "success")
        return url_for("accounts.profile", slug=person.slug)

    return form_page(
        form,
        change,
        lambda: render_template("accounts/edit_item.html", form=form, person=person, item=item),
        stored=stored,
        repeatable=True,
    )


@bp.route("/account/portfolio/<int:item_id>/remove", methods=["GET", "POST"], endpoint="remove_item")
@in_good_standing
def remove(item_id: int) -> ResponseReturnValue:
    """Confirm, then remove a piece."""
    person = actor()
    item = queries.own_item(person, item_id)
    form = ActionForm()

    def act() -> str:
        portfolio.remove_piece(item)
        flash("The piece is removed.", "success")
        return url_for("accounts.profile", slug=person.slug)

    return form_page(
        form, act, lambda: render_template("accounts/remove_item.html", form=form, person=person, item=item)
    )


@bp.get("/portfolio/<int:item_id>/<any(picture, thumbnail):size>")
def picture(item_id: int, size: str) -> Response:
    """Serve a piece's picture to whoever may see the profile; browsers revalidate each time."""
    item = queries.shown_item(actor_or_none(), item_id)
    return stored_picture(item.picture_key if size == "picture" else item.thumbnail_key)


def _piece(form: PortfolioForm) -> portfolio.Piece:
    upload = cast("FileStorage | None", form.picture.data)
    return portfolio.Piece(
        title=str(form.title.data),
        description=str(form.description.data),
        link=str(form.link.data),
        picture=upload.stream.read() if upload and upload.filename else None,
        picture_alt=str(form.picture_alt.data),
    )


def _files() -> FileStore:
    return cast(FileStore, current_app.extensions["files"])
