"""Signals by which a lower room tells upper rooms what happened, sent inside the same transaction.

A receiver writes its own rows in the same transaction and must not commit. The sender is the entity concerned.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

job_submitted = _signals.signal("job-submitted", "A job was sent for review or published. Sender: Job.")
job_opened = _signals.signal("job-opened", "A job became open for bids. Sender: Job.")
job_reopened = _signals.signal("job-reopened", "A job takes bids again. Sender: Job.")
job_edited = _signals.signal(
    "job-edited", "An open job's spec changed. Sender: Job; `edit`: JobEdit; `reopened`: only its deadlines, by that."
)
job_ended = _signals.signal("job-ended", "A job was closed, cancelled or expired. Sender: Job.")
bid_submitted = _signals.signal("bid-submitted", "A bid was placed. Sender: Bid.")
bid_changed = _signals.signal(
    "bid-changed", "A placed bid changed. Sender: Bid; `change`: edited | withdrawn | shortlisted | reconsidered."
)
bid_declined = _signals.signal("bid-declined", "The client declined a bid. Sender: Bid.")
job_awarded = _signals.signal("job-awarded", "A job found its winner. Sender: Award.")
award_withdrawn = _signals.signal(
    "award-withdrawn",
    "An offer fell through; the job is to decide again. Sender: Award; `revived`: the bids that stand again.",
)
contract_offered = _signals.signal("contract-offered", "An award became an offer. Sender: Contract.")
contract_signed = _signals.signal("contract-signed", "One side signed. Sender: Contract; `by`: User.")
contract_began = _signals.signal("contract-began", "Both have signed. Sender: Contract.")
terms_proposed = _signals.signal("terms-proposed", "New terms, or an end, were proposed. Sender: ContractVersion.")
terms_decided = _signals.signal("terms-decided", "A proposal was agreed to or declined. Sender: ContractVersion.")
milestone_funded = _signals.signal("milestone-funded", "A milestone's money is held. Sender: Milestone.")
milestone_submitted = _signals.signal("milestone-submitted", "Work was handed in. Sender: Milestone.")
changes_requested = _signals.signal("changes-requested", "The client asked for changes. Sender: Milestone.")
milestone_released = _signals.signal(
    "milestone-released", "A milestone was paid, by the client or by silence (its state). Sender: Milestone."
)
milestone_refunded = _signals.signal("milestone-refunded", "A milestone's money went back. Sender: Milestone.")
went_live = _signals.signal("went-live", "The awarded work was verified live at its place. Sender: Milestone.")
release_paused = _signals.signal(
    "release-paused", "Silence releases nothing for now: Milestone.pause says why. Sender: Milestone."
)
handed_over = _signals.signal("handed-over", "Something was handed over. Sender: Contract; `by`: User; `what`: text.")
deadline_near = _signals.signal("deadline-near", "A contract's deadline is near or has passed. Sender: Deadline.")
contract_completed = _signals.signal("contract-completed", "All milestones are settled, one paid. Sender: Contract.")
contract_cancelled = _signals.signal("contract-cancelled", "A contract ended without completion. Sender: Contract.")
dispute_changed = _signals.signal(
    "dispute-changed",
    "A dispute moved on. Sender: Dispute; `what`: opened | said | brought | answered | no_reply | proposed | declined"
    " | settled | ruled | appealed | final | withdrawn | overtaken; `by`: User or None.",
)
dispute_ruled = _signals.signal(
    "dispute-ruled", "An admin ruled. Sender: Ruling; `dispute`: Dispute; `before`: what it was before."
)
work_reused = _signals.signal(
    "work-reused", "A client's site shows rejected work, without a known reason. Sender: WorkMatch."
)
reviews_invited = _signals.signal("reviews-invited", "Both sides of a contract may review. Sender: ReviewRound.")
reviews_closing = _signals.signal("reviews-closing", "Their time is over soon. Sender: ReviewRound.")
reviews_revealed = _signals.signal("reviews-revealed", "What was written is shown. Sender: ReviewRound.")
review_corrected = _signals.signal("review-corrected", "A revealed review has other words. Sender: Review.")
review_replied = _signals.signal("review-replied", "The person reviewed replied. Sender: Review.")
pool_settled = _signals.signal(
    "pool-settled",
    "A participation pool was shared out or returned. Sender: Pool; `shares`: minor units by user id; `missed`: ids of"
    " those who would share it, had the client's bank not taken it back.",
)
prototypes_checked = _signals.signal(
    "prototypes-checked",
    "Check records were stored. Sender: list[Standing]; `before`: the state that was told before, by id.",
)
prototype_examined = _signals.signal(
    "prototype-examined", "A full check, browser and auditors included, was stored. Sender: Prototype."
)
message_sent = _signals.signal("message-sent", "A message was written. Sender: Message.")
profile_changed = _signals.signal("profile-changed", "A profile or portfolio says something else. Sender: User.")
testimonial_written = _signals.signal("testimonial-written", "A past customer wrote. Sender: Testimonial.")
moderation_acted = _signals.signal("moderation-acted", "A moderator acted on someone's thing. Sender: ModerationAct.")
report_decided = _signals.signal(
    "report-decided", "An admin acted on a report. Sender: Report; `act`: the ModerationAct."
)
charge_settled = _signals.signal("charge-settled", "Money was paid and is held. Sender: Charge, with its `.hold`.")
charge_failed = _signals.signal("charge-failed", "A charge failed or was canceled. Sender: Charge.")
hold_frozen = _signals.signal("hold-frozen", "The payer's bank disputes the payment of a hold. Sender: Hold.")
hold_thawed = _signals.signal("hold-thawed", "The payer's bank lets the payment of a hold stand. Sender: Hold.")
hold_resolved = _signals.signal("hold-resolved", "A hold was released, refunded or split. Sender: Hold.")
