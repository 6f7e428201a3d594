"""Every form with a multi-line field: who sends it, from which page, and what must exist before."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from marketplace.accounts import forms as accounts
from marketplace.accounts.models import PortfolioItem, User
from marketplace.accounts.services.signals import note_signals
from marketplace.bids import forms as bids
from marketplace.contracts import forms as awards
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.disputes import forms as disputes
from marketplace.disputes.models import Dispute
from marketplace.jobs.forms import spec as jobs
from marketplace.jobs.forms.lines import RequirementsForm
from marketplace.messages.forms import MessageForm
from marketplace.moderation import forms as moderation
from marketplace.moderation.models import Flag, ModerationAct, Report
from marketplace.moderation.noticing.raising import Notice, raise_flags
from marketplace.prototypes.models import Resemblance
from marketplace.reviews import forms as reviews
from tests.support.disputes import answered, ruled
from tests.support.factories import START, make_job
from tests.web.bids.conftest import Fair, reload

Fixtures = Callable[[str], Any]
"""Return a fixture by name, created only when requested."""


@dataclass(frozen=True)
class Form:
    """One form: its class, who sends it, its field, the path of its page, and its selector there."""

    kind: type
    who: str
    field: str
    path: Callable[[Fixtures], str]
    css: str = ""

    @property
    def selector(self) -> str:
        return self.css or f"main form:has([name='{self.field}'])"


def _fair(fixtures: Fixtures) -> Fair:
    return fixtures("fair")


def _app(fixtures: Fixtures) -> Flask:
    return fixtures("app")


def _job(tail: str) -> Callable[[Fixtures], str]:
    return lambda fixtures: f"/jobs/{_fair(fixtures).slug}/{tail}"


def _bid(tail: str) -> Callable[[Fixtures], str]:
    return lambda fixtures: f"/bids/{_fair(fixtures).bids['wanda']}{tail}"


def _contract(tail: str, fixture: str = "deal") -> Callable[[Fixtures], str]:
    return lambda fixtures: f"{fixtures(fixture).path}/{tail}"


def _draft(tail: str) -> Callable[[Fixtures], str]:
    def path(fixtures: Fixtures) -> str:
        with _app(fixtures).app_context():
            client = db.session.get_one(User, _fair(fixtures).people["client"])
            return f"/jobs/{make_job(client, state='draft', published_at=None).slug}/edit/{tail}"

    return path


def _waiting_job(fixtures: Fixtures) -> str:
    with _app(fixtures).app_context():
        client = db.session.get_one(User, _fair(fixtures).people["client"])
        return f"/admin/jobs/{make_job(client, state='pending_review', published_at=None).id}"


def _submit(fixtures: Fixtures) -> str:
    return f"{fixtures('deal').pay().step}/submit"


def _changes(fixtures: Fixtures) -> str:
    return f"{fixtures('deal').hand_in().step}/changes"


def _dispute(fixtures: Fixtures) -> str:
    return f"{fixtures('deal').hand_in().step}/dispute"


def _case(
    tail: str = "", prepare: Callable[[Dispute], object] | None = None, before: str = ""
) -> Callable[[Fixtures], str]:
    def path(fixtures: Fixtures) -> str:
        case = fixtures("case")
        if prepare:
            with _app(fixtures).app_context():
                prepare(case.load())
        return f"{before}{case.path}{tail}"

    return path


def _review(tail: str) -> Callable[[Fixtures], str]:
    def path(fixtures: Fixtures) -> str:
        done = fixtures("done")
        by_client, _ = done.write("client"), done.write("freelancer")
        return f"/reviews/{by_client}/{tail}"

    return path


def _piece(fixtures: Fixtures) -> str:
    with _app(fixtures).app_context():
        piece = PortfolioItem(user_id=_fair(fixtures).people["wanda"], title="Ferry", created_at=START)
        db.session.add(piece)
        db.session.commit()
        return f"/account/portfolio/{piece.id}"


def _testimonial(fixtures: Fixtures) -> str:
    _fair(fixtures).as_("wanda").submit("/account/testimonials", {"email": "customer@example.com"})
    with _app(fixtures).app_context():
        mail = db.session.scalars(select(OutgoingMail).where(OutgoingMail.to == "customer@example.com")).one()
        found = re.search(r"https?://[^/]+(/testimonials/\S+)", mail.text)
        assert found
        return found[1]


def _report(fixtures: Fixtures) -> str:
    return f"/report/bid/{_fair(fixtures).bids['wanda']}"


def _reported(fixtures: Fixtures) -> str:
    _fair(fixtures).as_("client").submit(_report(fixtures), {"reason": "copied", "text": "A copy."})
    with _app(fixtures).app_context():
        return f"/admin/reports/{db.session.scalars(select(Report.id)).one()}"


def _decision(fixtures: Fixtures) -> str:
    _fair(fixtures).as_("admin").submit(
        _reported(fixtures),
        {"act": "hide", "reason": "It is a copy.", "public": "A copy."},
        form="main form:has([name=act])",
    )
    with _app(fixtures).app_context():
        return f"/account/moderation/{db.session.scalars(select(ModerationAct.id)).one()}"


def _copy(fixtures: Fixtures) -> str:
    fair = _fair(fixtures)
    with _app(fixtures).app_context():
        later, earlier = (reload(fair.bids[name]).prototype_id for name in ("wanda", "bob"))
        found = Resemblance(
            prototype_id=later, revision=1, other_id=earlier, text_likeness=0.91, picture_likeness=None,
            found_at=START, state="flagged", explanation="",
        )  # fmt: skip
        db.session.add(found)
        db.session.commit()
        return f"/admin/copies/{found.id}"


def _flag(fixtures: Fixtures) -> str:
    fair = _fair(fixtures)
    wanda, bob = _share_a_device(fixtures, "wanda", "bob")
    with _app(fixtures).app_context():
        both, job_id = (fair.bids["wanda"], fair.bids["bob"]), reload(fair.bids["wanda"]).job_id
        raise_flags([Notice("linked_bids", "linked", "Two accounts are linked.", job_id, wanda, bob, both)], START)
        db.session.commit()
        return f"/admin/flags/{db.session.scalars(select(Flag.id)).one()}"


def _admin(fixtures: Fixtures) -> str:
    with _app(fixtures).app_context():
        return f"/admin/admins/{db.session.get_one(User, _fair(fixtures).people['wanda']).slug}/make"


def _pair(fixtures: Fixtures) -> str:
    wanda, bob = _share_a_device(fixtures, "wanda", "bob")
    return f"/admin/links/{wanda}/{bob}"


def _linked(fixtures: Fixtures) -> str:
    _, bob = _share_a_device(fixtures, "wanda", "bob")
    with _app(fixtures).app_context():
        return f"/account/linked/{db.session.get_one(User, bob).slug}"


def _share_a_device(fixtures: Fixtures, *names: str) -> list[int]:
    people = [_fair(fixtures).people[name] for name in names]
    with _app(fixtures).app_context():
        for person in people:
            note_signals(person, {"device": "one"}, "s" * 40, START)
        db.session.commit()
    return people


FORMS = {
    "brief of a draft": Form(jobs.DescribeForm, "client", "spec", _draft("describe")),
    "brief of a posted job": Form(jobs.DescribeForm, "client", "spec", _job("edit/describe")),
    "requirements": Form(RequirementsForm, "client", "lines-0-value", _job("edit/requirements")),
    "cancelling a job": Form(jobs.CancelForm, "client", "reason", _job("cancel")),
    "new bid": Form(bids.BidForm, "fay", "note", _job("bids/new")),
    "placed bid": Form(bids.BidForm, "wanda", "note", _bid("/edit")),
    "credits": Form(bids.BidForm, "wanda", "credits", _bid("/edit")),
    "declining a bid": Form(bids.DeclineForm, "client", "reason", _bid("/decline")),
    "private note": Form(bids.NoteForm, "client", "note", _bid("")),
    "message": Form(MessageForm, "wanda", "text", _bid("/messages")),
    "withdrawing an offer": Form(awards.WithdrawalForm, "client", "reason", _contract("withdraw", "offer")),
    "other terms": Form(awards.TermsForm, "client", "amendment", _contract("terms")),
    "ending a contract": Form(awards.EndForm, "client", "reason", _contract("end")),
    "handing in": Form(awards.SubmitForm, "wanda", "words", _submit),
    "asking for changes": Form(awards.ChangesForm, "client", "reasons", _changes),
    "handover": Form(awards.HandoverForm, "wanda", "given", _contract("handover/source")),
    "one-time secret": Form(awards.SecretForm, "wanda", "text", _contract("secrets/new")),
    "opening a dispute": Form(disputes.OpenForm, "client", "words", _dispute),
    "statement": Form(disputes.WordsForm, "wanda", "words", _case()),
    "proposing a split": Form(disputes.SplitForm, "wanda", "words", _case("/split")),
    "ruling": Form(disputes.RulingForm, "admin", "reasons", _case("/rule", answered, "/admin")),
    "appeal against a ruling": Form(disputes.RulingAppealForm, "client", "words", _case("/appeal", ruled)),
    "review": Form(reviews.ReviewForm, "client", "text", _contract("review", "done")),
    "correcting a review": Form(reviews.CorrectionForm, "client", "text", _review("correct")),
    "reply to a review": Form(reviews.ReplyForm, "wanda", "reply", _review("reply")),
    "profile": Form(accounts.ProfileForm, "wanda", "about", lambda _: "/account/profile"),
    "new piece": Form(accounts.PortfolioForm, "wanda", "description", lambda _: "/account/portfolio/new"),
    "changed piece": Form(accounts.PortfolioForm, "wanda", "description", _piece),
    "testimonial": Form(accounts.TestimonialForm, "a customer", "text", _testimonial),
    "report": Form(moderation.ReportForm, "client", "text", _report),
    "decision on a report": Form(moderation.DecisionForm, "admin", "reason", _reported),
    "answer to a decision": Form(moderation.AnswerForm, "wanda", "answer", _decision),
    "review of a first job": Form(moderation.JobReviewForm, "admin", "reason", _waiting_job),
    "near-copy": Form(moderation.CopyForm, "admin", "reason", _copy),
    "flag": Form(moderation.FlagForm, "admin", "reason", _flag),
    "known pair": Form(moderation.PairForm, "admin", "reason", _pair),
    "appeal of linked accounts": Form(moderation.LinkAppealForm, "wanda", "text", _linked),
    "making an admin": Form(moderation.AdminReasonForm, "admin", "reason", _admin),
    "weights": Form(moderation.WeightsForm, "admin", "reason", lambda _: "/admin/weights/0"),
}
