"""Views from an empty bid form to a placed bid: drafts autosave, preview precedes placing."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.accounts.queries import portfolio_of, testimonials_of
from marketplace.accounts.views.signals import leave_signals
from marketplace.bids import policy
from marketplace.bids.forms import BidForm
from marketplace.bids.models import Bid
from marketplace.bids.offer import Offer, problems
from marketplace.bids.queries import own_bid_on, placed_link
from marketplace.bids.services import writing
from marketplace.bids.services.locking import lock_bid
from marketplace.bids.states import BidState
from marketplace.bids.views.blueprint import bp, own_bid
from marketplace.bids.views.limits import limit_checks, tell_refusal
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.jobs import policy as jobs_policy
from marketplace.jobs.models import Job
from marketplace.jobs.queries import job_for
from marketplace.prototypes.queries import evidence_of
from marketplace.web.access import in_good_standing
from marketplace.web.autosave import AUTOSAVES, conflict, is_autosave, not_saved, saved, saved_but
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm, status_of
from marketplace.web.limits import limiter
from marketplace.web.request import actor, now, once, see_other


def _asks_no_check() -> bool:
    """Whether this request starts no check: none is requested and the link of a placed bid is unchanged."""
    if request.form.get("do") == "check":
        return False
    bid_id = (request.view_args or {}).get("bid_id")
    link = placed_link(actor(), bid_id) if bid_id and current_user.is_authenticated else None
    return link in (None, request.form.get("prototype_url", ""))


@bp.route("/jobs/<slug>/bids/new", methods=["GET", "POST"])
@limiter.limit(AUTOSAVES, methods=["POST"])
@limit_checks(exempt_when=_asks_no_check)
@in_good_standing
def new(slug: str) -> ResponseReturnValue:
    """Show an empty bid form, or redirect to the existing bid."""
    job = job_for(actor(), slug)
    bid = own_bid_on(actor(), job)
    if bid and bid.state != BidState.DRAFT:
        flash("You have bid on this job already. Here is your bid.", "error")
        return see_other(url_for("bids.show", bid_id=bid.id))
    if request.method == "GET":
        if bid:
            return see_other(url_for("bids.edit", bid_id=bid.id))
        if refusal := jobs_policy.why_not_bid(actor(), job, now()) or writing.why_not_again(actor(), job):
            raise NotAllowed(refusal)
        return _page(_form(job), job, None)
    return _draft(job, bid)


@bp.route("/bids/<int:bid_id>/edit", methods=["GET", "POST"])
@limiter.limit(AUTOSAVES, methods=["POST"])
@limit_checks(exempt_when=_asks_no_check)
@in_good_standing
def edit(bid_id: int) -> ResponseReturnValue:
    """Edit a draft, or a placed bid until bids close."""
    bid = own_bid(bid_id)
    if bid.state == BidState.DRAFT:
        return _draft(bid.job, bid) if request.method == "POST" else _page(_form(bid.job, bid), bid.job, bid)
    form = _sent(bid.job) if request.method == "POST" else _form(bid.job, bid)
    if form.is_sent():
        lock_bid(bid)
    elif refusal := policy.why_not_edit(actor(), bid, now()):
        raise NotAllowed(refusal)
    if form.is_sent() and form.validate() and not form.clashes_with(_form(bid.job, bid)):
        try:
            writing.edit_bid(actor(), bid, form.offer(writing.offer_of(bid)), now())
        except Invalid as refusal:
            form.blame(refusal.field, str(refusal))
        except Conflict as refusal:
            form.form_errors.append(f"{refusal} What you typed is still here; copy what you need.")
        else:
            db.session.commit()
            flash("Your bid is changed. The client sees it as it is now.", "success")
            return see_other(url_for("bids.show", bid_id=bid_id))
        db.session.rollback()
        bid = own_bid(bid_id)
    return _page(form, bid.job, bid)


@bp.get("/bids/<int:bid_id>/preview")
@in_good_standing
def preview(bid_id: int) -> ResponseReturnValue:
    """Show the draft as the client will see it, each answer linked to its question."""
    bid = own_bid(bid_id)
    if bid.state != BidState.DRAFT:
        return see_other(url_for("bids.show", bid_id=bid_id))
    if problems(writing.offer_of(bid), bid.job.currency, prototype_required=bid.job.requires_prototype):
        return see_other(url_for("bids.edit", bid_id=bid_id))
    return _preview(bid, writing.why_linked(actor(), bid.job), ActionForm())


def _preview(bid: Bid, linked: str | None, form: ActionForm) -> str:
    return render_template("bids/preview.html", bid=bid, job=bid.job, linked=linked, form=form)


@bp.post("/bids/<int:bid_id>/place")
@in_good_standing
def place(bid_id: int) -> ResponseReturnValue:
    """Place the draft; a repeated submission redirects to the same confirmation."""
    bid, form = own_bid(bid_id), ActionForm()

    def create() -> str:
        if bid.state == BidState.DRAFT:
            leave_signals(actor())
            writing.place_bid(actor(), bid, now())
        return url_for("bids.placed", bid_id=bid_id)

    try:
        return once(form.key.data, create)
    except Invalid:
        return see_other(url_for("bids.edit", bid_id=bid_id))
    except writing.Linked as refusal:
        leave_signals(actor())  # the rollback also discarded this browser's signals
        db.session.commit()
        form.blame("", str(refusal))
        return _preview(own_bid(bid_id), str(refusal), form), 422


@bp.get("/bids/<int:bid_id>/placed")
@in_good_standing
def placed(bid_id: int) -> ResponseReturnValue:
    """Confirm the bid and explain the next steps."""
    bid = own_bid(bid_id)
    if bid.state == BidState.DRAFT:
        return see_other(url_for("bids.preview", bid_id=bid_id))
    return render_template("bids/placed.html", bid=bid, job=bid.job)


@bp.route("/bids/<int:bid_id>/withdraw", methods=["GET", "POST"])
@in_good_standing
def withdraw(bid_id: int) -> ResponseReturnValue:
    """Withdraw a bid, or discard a draft, once confirmed."""
    bid = own_bid(bid_id)
    was_draft, form = bid.state == BidState.DRAFT, ActionForm()

    def act() -> str:
        writing.withdraw_bid(actor(), bid, now())
        flash("The draft is thrown away." if was_draft else "Your bid is withdrawn.", "message")
        return url_for("bids.mine")

    def page() -> str:
        return render_template("bids/withdraw.html", bid=bid, job=bid.job, was_draft=was_draft, form=form)

    return form_page(form, act, page, refusal=policy.why_not_withdraw(actor(), bid, now()))


def _draft(job: Job, bid: Bid | None) -> ResponseReturnValue:
    """Save the submitted draft, then preview, check the link or stay, as requested."""
    form, act = _sent(job), request.form.get("do", "save")
    fits = form.validate()
    is_open = jobs_policy.is_open_for_bids(job, now())
    if bid:
        lock_bid(bid)
    if form.clashes_with(_form(job, bid)):
        return conflict() if is_autosave() else _page(form, job, bid)
    if bid or is_open:
        stored = writing.offer_of(bid) if bid else Offer()
        bid = writing.save_draft(actor(), job, form.offer(stored), now())
        db.session.commit()
        form.saw(_form(job, bid))
    if is_autosave():
        return _autosaved(form, bid, fits=fits)
    if bid and act == "check":
        return _check(form, job, bid)
    if act == "preview":
        form.blame_problems(problems(form.offer(Offer()), job.currency, prototype_required=job.requires_prototype))
    if not is_open:
        kept = "It is kept as a draft." if bid else "It is still here; copy what you need."
        form.form_errors.append(f"This job stopped taking bids while you were writing. Your text is not lost. {kept}")
    if form.errors or bid is None:
        return _page(form, job, bid)
    return see_other(url_for("bids.preview" if act == "preview" else "bids.edit", bid_id=bid.id))


def _autosaved(form: BidForm, bid: Bid | None, *, fits: bool) -> ResponseReturnValue:
    if bid is None:
        return not_saved(409, "this job stopped taking bids while you were writing. Copy what you need.")
    return saved(form) if fits else saved_but(form)


def _check(form: BidForm, job: Job, bid: Bid) -> ResponseReturnValue:
    """Have a draft's link checked and return to the form with the result."""
    if not form.prototype_url.data:
        form.blame("prototype_url", "Enter the link to check.")
    if form.prototype_url.errors:
        return _page(form, job, bid)
    bid_id = bid.id
    try:
        writing.check_draft_link(actor(), bid, now())
        db.session.commit()
    except Conflict as refusal:
        tell_refusal(refusal)
    return see_other(url_for("bids.edit", bid_id=bid_id) + "#link")


def _sent(job: Job) -> BidForm:
    return BidForm.sent_for(job, portfolio_of(actor().id), testimonials_of(actor().id))


def _form(job: Job, bid: Bid | None = None) -> BidForm:
    return BidForm.of(bid, job, portfolio_of(actor().id), testimonials_of(actor().id))


def _page(form: BidForm, job: Job, bid: Bid | None) -> ResponseReturnValue:
    evidence = evidence_of(bid.prototype if bid else None, now())
    is_draft = bid is None or bid.state == BidState.DRAFT
    linked = writing.why_linked(actor(), job) if is_draft else None
    page = render_template(
        "bids/form.html", form=form, job=job, bid=bid, evidence=evidence, is_draft=is_draft, linked=linked
    )
    return page, status_of(form)
