"""The admins' page on the rank's weights: current ones, results of new ones, approval and rollback."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.bids.weights import weight_version, weight_versions, weights_in_use
from marketplace.moderation.forms import WeightsForm
from marketplace.moderation.views.blueprint import bp
from marketplace.moderation.weights import change_weights, changes, figures, verdict_of, weights_of
from marketplace.ranking.weights import CURRENT
from marketplace.web.access import admins_only
from marketplace.web.form_page import form_page
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now


@bp.get("/admin/weights")
@admins_only
def weights() -> str:
    """All versions, newest first, with the report of each."""
    return render_template(
        "moderation/weights.html",
        versions=weight_versions(),
        in_use=weights_in_use(),
        built_in=CURRENT,
        figures=figures,
        verdict_of=verdict_of,
    )


@bp.route("/admin/weights/<int:version_id>", methods=["GET", "POST"])
@admins_only
@password_again
def use_weights(version_id: int) -> ResponseReturnValue:
    """Approve a version or return to it; 0 is the version shipped with the product."""
    version, form = weight_version(version_id) if version_id else None, WeightsForm()
    chosen = weights_of(version)

    def use() -> str:
        change_weights(actor(), version, str(form.reason.data), now())
        flash(f"The weights {chosen.version} count now. Every undecided job is being ranked again.", "success")
        return url_for("moderation.weights")

    def page() -> str:
        return render_template(
            "moderation/use_weights.html",
            form=form,
            version=version,
            chosen=chosen,
            in_use=weights_in_use(),
            changes=changes(version),
            figures=figures(version.report) if version else [],
            verdict=verdict_of(version.report) if version else "",
        )

    return form_page(form, use, page, conflict_on="reason", conflict_status=422)
