"""Earlier work: adding, changing and removing pieces, and serving their pictures."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Response, current_app, flash, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from marketplace.accounts import queries, services
from marketplace.accounts.forms import PortfolioForm
from marketplace.accounts.models import PortfolioItem
from marketplace.accounts.pictures import NotAPicture, as_webp
from marketplace.accounts.policy import may_see_profile
from marketplace.accounts.views.blueprint import bp
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.storage import FileStore
from marketplace.web.access import in_good_standing
from marketplace.web.forms import ActionForm, status_of
from marketplace.web.limits import UPLOADS, limiter
from marketplace.web.request import actor, actor_or_none, now, once, see_other


@bp.route("/account/portfolio/new", methods=["GET", "POST"], endpoint="new_item")
@limiter.limit(UPLOADS, methods=["POST"])
@in_good_standing
def new() -> ResponseReturnValue:
    """Add a piece."""
    person = actor()
    form = PortfolioForm()
    if form.is_sent() and form.validate():
        try:
            return once(form.key.data, lambda: _create(form))
        except Invalid as error:
            form.blame(error.field, str(error))
    return render_template("accounts/edit_item.html", form=form, person=person, item=None), status_of(form)


def _create(form: PortfolioForm) -> str:
    services.add_portfolio_item(
        actor(),
        title=str(form.title.data),
        description=str(form.description.data),
        link=str(form.link.data),
        alt=str(form.picture_alt.data),
        picture_key=_store_picture(form),
        now=now(),
    )
    flash("Your portfolio has a new piece.", "success")
    return url_for("accounts.profile", slug=actor().slug)


@bp.route("/account/portfolio/<int:item_id>", methods=["GET", "POST"], endpoint="edit_item")
@limiter.limit(UPLOADS, methods=["POST"])
@in_good_standing
def edit(item_id: int) -> ResponseReturnValue:
    """Change a piece; without a new picture the old one stays."""
    person = actor()
    item = queries.own_item(person, item_id)
    form = PortfolioForm(obj=item)
    if form.is_sent() and form.validate():
        try:
            item.picture_key = _store_picture(form) or item.picture_key
        except Invalid as error:
            form.blame(error.field, str(error))
        else:
            item.title, item.description = str(form.title.data), str(form.description.data)
            item.link, item.picture_alt = str(form.link.data), str(form.picture_alt.data)
            db.session.commit()
            flash("The piece is saved.", "success")
            return see_other(url_for("accounts.profile", slug=person.slug))
    return render_template("accounts/edit_item.html", form=form, person=person, item=item), status_of(form)


@bp.route("/account/portfolio/<int:item_id>/remove", methods=["GET", "POST"], endpoint="remove_item")
@in_good_standing
def remove(item_id: int) -> ResponseReturnValue:
    """Confirm, then remove a piece."""
    person = actor()
    item = queries.own_item(person, item_id)
    form = ActionForm()
    if form.is_sent() and form.validate():
        db.session.delete(item)
        db.session.commit()
        flash("The piece is removed.", "success")
        return see_other(url_for("accounts.profile", slug=person.slug))
    return render_template("accounts/remove_item.html", form=form, person=person, item=item)


@bp.get("/portfolio/<int:item_id>/picture")
def picture(item_id: int) -> Response:
    """The picture of a piece, if its owner's profile may be seen."""
    item = db.session.get(PortfolioItem, item_id)
    owner = item and queries.user_of(item)
    if item is None or owner is None or not item.picture_key or not may_see_profile(actor_or_none(), owner):
        raise NotFound("There is no such picture.")
    return send_file(_files().path(item.picture_key), mimetype="image/webp", max_age=3600)


def _store_picture(form: PortfolioForm) -> str | None:
    """Key of the uploaded picture, None without one; raises Invalid for a file that is none."""
    upload = cast("FileStorage | None", form.picture.data)
    if not upload or not upload.filename:
        return None
    try:
        return _files().save(as_webp(cast(BinaryIO, upload.stream)))
    except NotAPicture as error:
        raise Invalid("picture", str(error)) from error


def _files() -> FileStore:
    return cast(FileStore, current_app.extensions["files"])
