"""What client and freelancer still owe before a milestone's money may be released."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from marketplace.checker.audits.hosts import is_same_site
from marketplace.contracts.models import HandoverItem, Milestone, Waiver
from marketplace.contracts.schedule import promised_at
from marketplace.contracts.states import Owed
from marketplace.core.database import db


def missing_for(milestone: Milestone) -> list[Owed]:
    """Things neither provided nor waived, in page order; in two queries."""
    mine = HandoverItem.contract_id == milestone.contract_id, HandoverItem.given_at.is_(None)
    open_items = set(db.session.scalars(select(HandoverItem.kind).where(*mine)))
    waived = set(db.session.scalars(select(Waiver.what).where(Waiver.milestone_id == milestone.id)))
    if not is_domain_settled(milestone):
        open_items.add(Owed.DOMAIN)
    return [one for one in Owed if one in open_items - waived]


def of_freelancer(missing: Collection[Owed]) -> list[Owed]:
    """Things owed by the freelancer; they block auto-release."""
    return [one for one in missing if one is not Owed.DOMAIN]


def is_domain_settled(milestone: Milestone) -> bool:
    """Whether production is proven to be on the client's domain, or no production site is expected."""
    production, contract = milestone.production, milestone.contract
    if production is None:
        return promised_at(contract, milestone) is None
    return bool(production.control) and not is_same_site(production.url, contract.scope["url"])


def titles(owed: Sequence[Owed]) -> str:
    """Join titles for display, such as "Source, Licence and credits"."""
    return ", ".join(TITLES[one] for one in owed)


TITLES = {
    Owed.SOURCE: "Source",
    Owed.CREDENTIALS: "Credentials",
    Owed.LICENCE: "Licence and credits",
    Owed.DOMAIN: "Proof of your domain",
}
