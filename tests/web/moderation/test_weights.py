"""The admins' page on the rank's weights: report, approval with a logged reason, and rollback."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.bids.models import Rescore, WeightVersion
from marketplace.bids.services.weighing import propose
from marketplace.bids.weights import weights_in_use
from marketplace.core.database import db
from marketplace.moderation.models import AuditEntry
from marketplace.ranking.weights import CURRENT
from tests.support.factories import START
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair
from tests.web.bids.test_access import WHO

pytestmark = pytest.mark.both_engines

FIGURES = {"log_likelihood": -2.0, "top_1": 0.125, "ndcg": 0.494}
REPORT = {
    "jobs": 2_422, "held_out": 578, "chance": FIGURES, "start": {**FIGURES, "top_1": 0.709},
    "fitted": {**FIGURES, "top_1": 0.794}, "gain": 0.2, "gain_error": 0.02,
    "source": "the file decided.jsonl",
}  # fmt: skip


@pytest.fixture
def fitted(app: Flask, fair: Fair) -> str:
    """The page of a proposal."""
    with app.app_context():
        version = propose(replace(CURRENT, version="fit-1", price=4_000, speed=5_000), REPORT, START)
        db.session.commit()
        return f"/admin/weights/{version.id}"


@pytest.mark.parametrize("path", ["/admin/weights", "/admin/weights/0", "/admin/weights/1"])
def test_only_admins_get_in(fair: Fair, fitted: str, path: str) -> None:
    answers = {who: fair.as_(who).get(path).status_code for who in WHO}
    assert answers == {who: 200 if who == "admin" else 303 if who == "anonymous" else 404 for who in WHO}
    assert fair.as_("client").post(path).status_code in (404, 405)


def test_page_shows_current_weights_and_results_of_new_ones(fair: Fair, fitted: str) -> None:
    page = fair.as_("admin").page("/admin/weights").body
    assert page
    text = " ".join(page.text(separator=" ").split())
    assert f"ranked by the weights {CURRENT.version} ." in text
    assert "Fitted on 2,422 decided jobs of the file decided.jsonl, judged on 578 others: clearly better." in text
    assert "Gain in log-likelihood a job: +0.2000 ± 0.0200." in text
    assert "0.709 0.794" in text


def test_page_without_a_fit_says_so(fair: Fair) -> None:
    assert "No others have been proposed yet." in fair.as_("admin").get("/admin/weights").text


def test_approval_needs_a_reason_and_is_in_the_audit_log(app: Flask, fair: Fair, fitted: str) -> None:
    admin = fair.as_("admin")
    refused = admin.submit(fitted, {"reason": " "})
    assert (refused.status_code, "Write why" in refused.text) == (422, True)
    assert admin.submit(fitted, {"reason": "Better on 578 jobs."}).location == "/admin/weights"
    with app.app_context():
        assert weights_in_use().version == "fit-1"
        entry = db.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.subject_kind, entry.reason) == ("consent", "weights", "Better on 578 jobs.")
        assert (entry.before, entry.after) == ({"weights": CURRENT.version}, {"weights": "fit-1"})
        assert db.session.scalars(select(Rescore.due_at)).all() == [START]
    assert "consent" in admin.get("/admin/audit?kind=weights").text


def test_public_reason_has_no_address(fair: Fair, fitted: str) -> None:
    answer = fair.as_("admin").submit(fitted, {"reason": "ann@example.com measured them."})
    assert (answer.status_code, "Everybody can read this" in answer.text) == (422, True)


def test_change_is_rolled_back(app: Flask, fair: Fair, fitted: str) -> None:
    admin = fair.as_("admin")
    admin.submit(fitted, {"reason": "Better."})
    admin.submit("/admin/weights/0", {"reason": "Bidders complain."})
    with app.app_context():
        assert weights_in_use() == CURRENT
        assert db.session.scalars(select(WeightVersion.state)).one() == "retired"
        assert [entry.action for entry in db.session.scalars(select(AuditEntry))] == ["consent", "roll_back"]
    assert "Roll back to fit-1?" in admin.get(fitted).text


def test_second_submit_says_weights_are_active_and_keeps_input(fair: Fair, fitted: str) -> None:
    admin = fair.as_("admin")
    admin.submit(fitted, {"reason": "Better."})
    again = admin.submit(fitted, {"reason": "Better still."})
    assert again.status_code == 422
    assert "These weights count already." in again.text
    assert "Better still." in again.text


def test_unknown_weights_are_not_found(fair: Fair) -> None:
    assert fair.as_("admin").get("/admin/weights/999").status_code == 404


def test_page_takes_a_fixed_number_of_queries_for_any_versions(app: Flask, fair: Fair, fitted: str) -> None:
    admin = fair.as_("admin")

    def queries() -> int:
        with counted_queries() as statements:
            admin.get("/admin/weights")
        return len(statements)

    few = queries()
    with app.app_context():
        for number in range(5):
            propose(replace(CURRENT, version=f"more-{number}"), REPORT, START)
        db.session.commit()
    assert queries() == few
