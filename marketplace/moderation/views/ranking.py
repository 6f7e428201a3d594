"""The admins' pages on the rank as a whole: anomalies and fairness."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request

from marketplace.moderation.exposure import OTHERS
from marketplace.moderation.fairness import report
from marketplace.moderation.fairness_sample import MAX_JOBS, MAX_PLACES, sample
from marketplace.moderation.flags import anomalies as found_anomalies
from marketplace.moderation.flags import anomaly_counts
from marketplace.moderation.noticing.rules import ANOMALIES, RULES
from marketplace.moderation.views.blueprint import bp
from marketplace.web.access import admins_only
from marketplace.web.request import now

PERIODS = {"30": "30 days", "90": "90 days", "365": "a year"}


@bp.get("/admin/ranking/anomalies")
@admins_only
def anomalies() -> str:
    """Findings of rules on the rank, newest first, each with its reason and a link to the evidence."""
    rule, decided = request.args.get("rule", ""), request.args.get("show") == "decided"
    page = found_anomalies(request.args.get("after"), rule, decided=decided)
    counts = anomaly_counts()
    chosen = {name: RULES[name] for name in ANOMALIES}
    return render_template(
        "moderation/anomalies.html", page=page, rules=chosen, rule=rule, decided=decided, counts=counts
    )


@bp.get("/admin/ranking/fairness")
@admins_only
def fairness() -> str:
    """Whom the rank favours and whom clients choose, over a chosen period."""
    days = request.args.get("days", "")
    days = days if days in PERIODS else "90"
    taken = sample(now() - timedelta(days=int(days)), now())
    return render_template(
        "moderation/fairness.html",
        days=days,
        periods=PERIODS,
        sample=taken,
        report=report(taken.bids),
        max_jobs=MAX_JOBS,
        max_places=MAX_PLACES,
        others=OTHERS,
    )
