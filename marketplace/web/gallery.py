"""Every component in every state on one page, for visual checks (development only)."""

from __future__ import annotations

from flask import Blueprint, render_template
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from marketplace.core.states import State
from marketplace.web.forms import BaseForm, status_of

bp = Blueprint("gallery", __name__)


class GalleryForm(BaseForm):
    """One field of each kind."""

    title = StringField("Title", [DataRequired("Enter a title, such as “Booking site”.")])
    spec = TextAreaField("Brief")
    kind = SelectField("Category", choices={"web": "Web site", "shop": "Shop"})
    role = RadioField(
        "What brings you here?",
        choices={"client": "I hire", "freelancer": "I look for work"},
    )
    agree = BooleanField("Tell me by mail")


@bp.route("/gallery", methods=["GET", "POST"])
def show() -> tuple[str, int]:
    """Show the gallery; submitting its form shows the error states."""
    form = GalleryForm()
    if form.is_sent():
        form.validate()
    return render_template("gallery.html", form=form, kinds_of_states=State.__subclasses__()), status_of(form)
