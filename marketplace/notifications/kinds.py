"""The kinds of news, with the text of their switches on the preferences page."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "bid": "Somebody bids on my job, changes or withdraws a bid",
    "outcome": "A job that I bid on is decided or ends",
    "contract": "A contract of mine moves on: signed, paid, handed in, live, ended",
    "dispute": "A dispute of mine moves on: answers, proposals, rulings",
    "reminder": "A deadline of a contract of mine is near or has passed",
    "review": "I may review somebody; a review of me is shown or corrected; somebody replies to mine",
    "message": "Somebody writes to me about a bid",
    "job": "My job is approved, sent back or ends; a job that I bid on changes",
    "prototype": "My prototype link stops working or works again, or a client’s site shows my rejected work",
    "testimonial": "A past customer writes a testimonial",
    "report": "Something that I reported is decided on",
    "moderation": "A moderator acts on something of mine",
}
"""Kind -> when it is sent."""
