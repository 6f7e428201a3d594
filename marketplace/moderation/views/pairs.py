"""Linked accounts: the admins' page on two of them, and a person's appeal that they are two people."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.linking_rules import WORDS, in_words
from marketplace.moderation import pairs
from marketplace.moderation.forms import LinkAppealForm, PairForm
from marketplace.moderation.noticing.rules import RULES
from marketplace.moderation.views.blueprint import bp
from marketplace.web.access import admins_only, in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.limits import CHECKS, limiter
from marketplace.web.request import actor, now


@bp.get("/admin/links")
@admins_only
def links() -> str:
    """Pairs known to be two people."""
    page = pairs.known_pairs(request.args.get("after"))
    return render_template("moderation/links.html", page=page, names=pairs.names_of(page.rows))


@bp.route("/admin/links/<int:one>/<int:other>", methods=["GET", "POST"])
@admins_only
def link(one: int, other: int) -> ResponseReturnValue:
    """Two accounts: shared signals, and whether they are known as two people."""
    found, form = pairs.pair(one, other), PairForm()

    def change() -> str:
        act = pairs.unknow if request.form.get("do") == "unknow" else pairs.know
        act(actor(), one, other, str(form.reason.data), now())
        flash("Done, and noted in the audit log.", "success")
        return url_for("moderation.link", one=one, other=other)

    def page() -> str:
        return render_template(
            "moderation/link.html", pair=found, form=form, words=WORDS, rules=RULES, in_words=in_words
        )

    return form_page(form, change, page)


@bp.route("/account/linked/<slug>", methods=["GET", "POST"])
@limiter.limit(CHECKS, methods=["POST"])
@in_good_standing
def appeal_link(slug: str) -> ResponseReturnValue:
    """Tell a moderator that a linked account is another person's."""
    other, form = pairs.linked_other(actor(), slug), LinkAppealForm()

    def appeal() -> str:
        pairs.appeal(actor(), other, str(form.text.data), now())
        flash("A moderator will read it, and you are told what they decide.", "success")
        return url_for("accounts.dashboard")

    return form_page(
        form,
        appeal,
        lambda: render_template("moderation/appeal_link.html", other=other, form=form),
        conflict_on="",
        conflict_status=422,
    )
