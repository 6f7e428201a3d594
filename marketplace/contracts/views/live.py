"""Views comparing production with the awarded work: pictures, requirements, texts; and rechecks."""

from __future__ import annotations

from flask import Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.checker.record import CheckRecord
from marketplace.contracts import comparison, policy
from marketplace.contracts.models import GoLiveCheck, Milestone
from marketplace.contracts.queries import newest_go_live_check
from marketplace.contracts.services import production as production_service
from marketplace.contracts.services.production import side_of
from marketplace.contracts.views.blueprint import bp, own_milestone, seen_milestone
from marketplace.contracts.views.showing import live_panel
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotFound
from marketplace.jobs.requirements import sentence
from marketplace.prototypes.models import StoredCheck
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.limits import CHECKS, limiter
from marketplace.web.pictures import stored_picture
from marketplace.web.request import actor, now, see_other


@bp.get("/milestones/<int:milestone_id>/live")
@signed_in
def live(milestone_id: int) -> str:
    """Show the differences found by the newest comparison."""
    milestone = _with_production(milestone_id)
    panel = live_panel(milestone, now())
    awarded, production = _records(panel.comparison)
    rows = comparison.lines(awarded, production) if production else []
    missing, added = ([], [])
    if awarded and production:
        missing, added = comparison.text_differences(_text(awarded.record), _text(production.record))
    return render_template(
        "contracts/live.html",
        contract=milestone.contract,
        milestone=milestone,
        panel=panel,
        awarded=awarded.record if awarded else None,
        production=production.record if production else None,
        is_proven=bool(production and comparison.is_proven(production.record)),
        rows=[(sentence(row.kind, row.value), row) for row in rows],
        missing=missing,
        added=added,
        side=policy.side_of(actor(), milestone.contract),
        may_check=not policy.why_not_check(actor(), milestone),
    )


@bp.post("/milestones/<int:milestone_id>/check")
@limiter.limit(CHECKS)
@in_good_standing
def check(milestone_id: int) -> ResponseReturnValue:
    """Have the production site checked unless it was checked just now."""
    milestone = own_milestone(milestone_id)
    location = url_for("contracts.live", milestone_id=milestone_id)
    try:
        production_service.check_production(actor(), milestone, now())
        db.session.commit()
        flash("We look at it now. Reload this page in a minute.", "success")
    except Conflict as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    return see_other(location)


@bp.get("/milestones/<int:milestone_id>/pictures/<any(awarded, production):which>-<any(wide, phone):name>")
@signed_in
def picture(milestone_id: int, which: str, name: str) -> Response:
    """Serve a screenshot of one side, as seen by the newest comparison."""
    milestone = _with_production(milestone_id)
    awarded, production = _records(newest_go_live_check(milestone.id))
    side = awarded if which == "awarded" else production
    shots = side.record.rendering.shots if side and side.record.rendering else {}
    return stored_picture(shots[name].key if name in shots else None)


def _with_production(milestone_id: int) -> Milestone:
    milestone = seen_milestone(milestone_id)
    if milestone.production_id is None:
        raise NotFound("This milestone has no production site.")
    return milestone


def _records(found: GoLiveCheck | None) -> tuple[comparison.ComparedSide | None, comparison.ComparedSide | None]:
    """Load both full checks of a comparison."""
    if found is None:
        return None, None
    awarded = db.session.get_one(StoredCheck, found.awarded_check_id) if found.awarded_check_id else None
    production = db.session.get_one(StoredCheck, found.production_check_id)
    return side_of(awarded) if awarded else None, side_of(production)


def _text(record: CheckRecord) -> str:
    return record.rendering.text if record.rendering else ""
