"""How a lower room tells upper rooms what happened: signals, sent inside the transaction that made it so.

A receiver writes its own rows in the same transaction and must not commit. The sender is the entity.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

job_submitted = _signals.signal("job-submitted", "A job was sent for review or published. Sender: Job.")
job_opened = _signals.signal("job-opened", "A job became open for bids. Sender: Job.")
job_edited = _signals.signal("job-edited", "An open job's spec changed. Sender: Job; `edit`: JobEdit.")
job_ended = _signals.signal("job-ended", "A job was closed, cancelled or expired. Sender: Job.")
bid_submitted = _signals.signal("bid-submitted", "A bid was placed. Sender: Bid.")
bid_changed = _signals.signal(
    "bid-changed", "A placed bid changed. Sender: Bid; `change`: edited | withdrawn | shortlisted | reconsidered."
)
bid_declined = _signals.signal("bid-declined", "The client declined a bid. Sender: Bid.")
job_awarded = _signals.signal("job-awarded", "A job found its winner. Sender: Award.")
prototypes_checked = _signals.signal(
    "prototypes-checked",
    "Check records were stored. Sender: list[Standing]; `before`: the state that was told before, by id.",
)
prototype_examined = _signals.signal(
    "prototype-examined", "A full check, browser and auditors included, was stored. Sender: Prototype."
)
prototype_resembles = _signals.signal(
    "prototype-resembles", "A prototype looks much like an earlier one. Sender: Resemblance, flagged until explained."
)
message_sent = _signals.signal("message-sent", "A message was written. Sender: Message.")
testimonial_written = _signals.signal("testimonial-written", "A past customer wrote. Sender: Testimonial.")
moderation_acted = _signals.signal("moderation-acted", "A moderator acted on someone's thing. Sender: ModerationAct.")
charge_settled = _signals.signal("charge-settled", "Money was paid and is held. Sender: Charge, with its `.hold`.")
charge_failed = _signals.signal("charge-failed", "A charge failed or was canceled. Sender: Charge.")
hold_frozen = _signals.signal("hold-frozen", "The payer's bank disputes the payment of a hold. Sender: Hold.")
hold_resolved = _signals.signal("hold-resolved", "A hold was released, refunded or split. Sender: Hold.")
