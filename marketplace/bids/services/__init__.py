"""What can be done with a bid; nothing here commits but rescore_due, which is many transactions."""

from marketplace.bids.services.deciding import (
    decline_bid,
    hide_bid,
    lapse_bids,
    restore_bid,
    set_client_note,
    shortlist,
    undo_decline,
    unshortlist,
)
from marketplace.bids.services.pools import settle_due
from marketplace.bids.services.rescoring import ask_after_record, ask_for_rescore, rescore_due
from marketplace.bids.services.writing import (
    Linked,
    check_draft_link,
    check_link_again,
    edit_bid,
    offer_of,
    place_bid,
    save_draft,
    why_linked,
    why_not_again,
    withdraw_bid,
)

__all__ = [
    "Linked",
    "ask_after_record",
    "ask_for_rescore",
    "check_draft_link",
    "check_link_again",
    "decline_bid",
    "edit_bid",
    "hide_bid",
    "lapse_bids",
    "offer_of",
    "place_bid",
    "rescore_due",
    "restore_bid",
    "save_draft",
    "set_client_note",
    "settle_due",
    "shortlist",
    "undo_decline",
    "unshortlist",
    "why_linked",
    "why_not_again",
    "withdraw_bid",
]
