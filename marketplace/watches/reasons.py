"""Legitimate reasons for a client's site to resemble rejected work, which need no moderator."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sqlalchemy import exists, select

from marketplace.bids.models import Bid
from marketplace.checker.likeness.compare import (
    LIKE_PICTURE,
    LIKE_TEXT,
    Likeness,
    PageFingerprint,
    is_near_copy,
    likeness,
)
from marketplace.checker.record import CheckRecord
from marketplace.contracts.models import Contract
from marketplace.contracts.states import ContractState
from marketplace.core.database import db
from marketplace.prototypes.models import StoredCheck
from marketplace.prototypes.originality.index import print_of
from marketplace.watches.queries import text_of, winner_of

OWN_WORK = "You worked for this client under a contract, so it may well be your own work."
CREDITED_PAGE = "The site itself credits you."
CREDITED_BID = "The bid that won credits you for it."
OLD_SITE = "The client’s site looked like this before you bid."
CLIENTS_WORDS = "The words are the client’s own, from the site that they had; it looks different from yours."
PAID = (ContractState.ACTIVE, ContractState.DISPUTED, ContractState.COMPLETED)


def reason_for(bid: Bid, mine: PageFingerprint, site: StoredCheck, found: Likeness) -> str:
    """First reason that explains the likeness `found` between the bid's work and the site; empty if none."""
    if db.session.scalar(select(exists().where(*_worked_for(bid)))):
        return OWN_WORK
    if is_credited(bid, text_of(CheckRecord.from_dict(site.record))):
        return CREDITED_PAGE
    winner = winner_of(bid.job_id)
    if winner and is_credited(bid, winner.credits):
        return CREDITED_BID
    return _of_old_site(bid, mine, found)


def is_credited(bid: Bid, text: str) -> bool:
    """Whether the text names the bidder or the prototype's host."""
    host = (urlsplit(bid.prototype.url).hostname or "").removeprefix("www.") if bid.prototype else ""
    names = [re.escape(one) for one in (host, bid.freelancer.name) if len(one) > 3]
    return bool(names) and re.search(rf"(?<!\w)({'|'.join(names)})(?!\w)", text, re.IGNORECASE) is not None


def _of_old_site(bid: Bid, mine: PageFingerprint, found: Likeness) -> str:
    """Explain a likeness that the client's site already had before the bid."""
    stored = print_of(bid.job.current_site_id) if bid.job.current_site_id else None
    if stored is None:
        return ""
    before = likeness(mine, stored[1])
    if is_near_copy(before):
        return OLD_SITE
    if (before.text or 0.0) >= LIKE_TEXT and (found.picture or 0.0) < LIKE_PICTURE:
        return CLIENTS_WORDS
    return ""


def _worked_for(bid: Bid):
    return (
        Contract.client_id == bid.job.client_id,
        Contract.freelancer_id == bid.freelancer_id,
        Contract.state.in_(PAID),
    )
