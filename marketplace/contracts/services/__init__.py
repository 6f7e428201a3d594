"""What can be done with awards and contracts; nothing here commits but do_due, which is many transactions.

    award_bid            the client picks the winner; its offer is made with it
    sign, withdraw_offer both sign the present terms, or one steps back while not both have
    propose_terms, propose_end, agree, decline, take_back     changes by mutual consent
    fund, submit_work, ask_for_changes, waive, approve        a milestone's way to its money
    check_production     has the production site looked at
    hand_over, give_secret, read_secret                       source, licence, credentials
    do_due               what the clock does

Rooms above listen to the signals in core/events.py. What settles a milestone otherwise (a dispute's ruling) holds the
contract (`hold`), moves the state and the money, then calls `complete_if_done`, `follow_clock` and `plan`.
"""

from marketplace.contracts.services.agreeing import agree, decline, propose_end, propose_terms, take_back
from marketplace.contracts.services.awarding import BidChanged, another_won, award_bid
from marketplace.contracts.services.ending import complete_if_done
from marketplace.contracts.services.handover import give_secret, hand_over, read_secret, secret_key
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.offering import TermsChanged, make_offer, sign, withdraw_offer
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.production import check_production
from marketplace.contracts.services.settling import fund
from marketplace.contracts.services.silence import follow_clock
from marketplace.contracts.services.sweeping import do_due
from marketplace.contracts.services.timeline import note
from marketplace.contracts.services.working import approve, ask_for_changes, submit_work, waive

__all__ = [
    "BidChanged",
    "TermsChanged",
    "agree",
    "another_won",
    "approve",
    "ask_for_changes",
    "award_bid",
    "check_production",
    "complete_if_done",
    "decline",
    "do_due",
    "follow_clock",
    "fund",
    "give_secret",
    "hand_over",
    "lock_contract",
    "make_offer",
    "note",
    "plan",
    "propose_end",
    "propose_terms",
    "read_secret",
    "secret_key",
    "sign",
    "submit_work",
    "take_back",
    "waive",
    "withdraw_offer",
]
