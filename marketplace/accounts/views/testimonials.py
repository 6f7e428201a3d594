"""Testimonial pages: inviting customers, writing through the signed link, hiding one."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import URLSafeSerializer

from marketplace.accounts import queries
from marketplace.accounts.forms import InviteForm, TestimonialForm
from marketplace.accounts.services import testimonials
from marketplace.accounts.views.blueprint import bp
from marketplace.accounts.views.signals import device_digests
from marketplace.core.database import db
from marketplace.core.signing import link_signer
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm, csrf, status_of
from marketplace.web.request import actor, actor_or_none, now, see_other
from marketplace.web.request import settings as app_settings


@bp.route("/account/testimonials", methods=["GET", "POST"], endpoint="testimonials")
@in_good_standing
def invite() -> ResponseReturnValue:
    """Invite a past customer; see who was invited."""
    person = actor()
    form = InviteForm()

    def page() -> str:
        written = queries.testimonials_of(person.id, also_hidden=True)
        waiting = queries.open_invitations(person.id, now())
        return render_template("accounts/testimonials.html", form=form, person=person, written=written, waiting=waiting)

    return form_page(form, lambda: _invite(str(form.email.data)), page)


def _invite(email: str) -> str:
    testimonials.invite_testimonial(actor(), email, _signer(), app_settings().site_url, now())
    flash(f"A mail with a link is on its way to {email}.", "success")
    return url_for("accounts.testimonials")


@bp.post("/account/testimonials/<int:testimonial_id>/<any(hide, show):act>", endpoint="hide_testimonial")
@in_good_standing
def hide(testimonial_id: int, act: str) -> ResponseReturnValue:
    """Hide a testimonial from one's profile, or show it again."""
    testimonial = queries.own_testimonial(actor(), testimonial_id)
    if ActionForm().validate():
        if act == "hide":
            testimonials.hide_testimonial(testimonial, now())
        else:
            testimonials.show_testimonial(testimonial)
        db.session.commit()
    return see_other(url_for("accounts.testimonials"))


@bp.route("/testimonials/<token>", methods=["GET", "POST"], endpoint="write_testimonial")
def write(token: str) -> ResponseReturnValue:
    """Let the customer write; the signed link is enough, no account is needed."""
    testimonial = testimonials.open_invitation(actor_or_none(), token, _signer(), now())
    form = TestimonialForm()
    linked = testimonials.why_not_praise(testimonial, actor_or_none(), device_digests())
    if linked and form.is_sent():
        form.blame("", linked)
    elif form.is_sent() and form.validate():
        name, role, text = str(form.author_name.data), str(form.author_role.data), str(form.text.data)
        testimonials.write_testimonial(testimonial, name, role, text, now())
        db.session.commit()
        flash("Thank you. Your words now stand on this profile.", "success")
        return see_other(url_for("accounts.profile", slug=testimonial.user.slug))
    page = render_template("accounts/write_testimonial.html", form=form, person=testimonial.user, linked=linked)
    return page, 403 if linked and not form.is_sent() else status_of(form)


@bp.get("/invitations/refuse/<token>")
def refuse_invitations(token: str) -> str:
    """Ask before an address is refused for good."""
    email = testimonials.refusing_address(token)
    return render_template("accounts/refuse_invitations.html", token=token, email=email, done=False)


@bp.post("/invitations/refuse/<token>")
@csrf.exempt
def refused_invitations(token: str) -> str:
    """Refuse; mail programs post here by themselves (RFC 8058), so the signed token is the only check."""
    email = testimonials.refuse_invitations(token, now())
    db.session.commit()
    return render_template("accounts/refuse_invitations.html", token=token, email=email, done=True)


def _signer() -> URLSafeSerializer:
    return link_signer("testimonial")
