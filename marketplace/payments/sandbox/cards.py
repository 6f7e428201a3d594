"""Sandbox test cards: named choices instead of numbers, so nobody can enter a real card."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxCard:
    """Behaviour of payments with this card."""

    name: str
    words: str
    hint: str
    declines: bool = False
    asks_holder: bool = False
    """Another page asks the holder to confirm."""
    settles_after: int = 0
    """Seconds until the payment is decided; it is pending until then."""
    succeeds: bool = True
    message_after: int | None = 0
    """Seconds until the webhook is sent; None: never, so the outcome must be polled."""
    dispute_after: int | None = None
    """Seconds until the holder's bank disputes the payment."""
    drops_answers: bool = False
    """The first answer to every transfer or refund of its money is lost, although it was carried out."""


CARDS = {
    card.name: card
    for card in (
        SandboxCard("pays", "A card that pays", "The payment succeeds, and we are told at once."),
        SandboxCard(
            "declined", "A card that is declined", "The bank says no. You can choose another card.", declines=True
        ),
        SandboxCard(
            "confirms", "A card that asks you first", "The bank asks you to confirm the payment.", asks_holder=True
        ),
        SandboxCard(
            "late", "A card with late news", "The payment succeeds; the message is a minute late.", message_after=60
        ),
        SandboxCard(
            "silent", "A card without news", "The payment succeeds; no message comes, we must ask.", message_after=None
        ),
        SandboxCard(
            "fails_later",
            "A bank debit that bounces",
            "It is processed for half a minute, then it fails.",
            settles_after=30,
            succeeds=False,
        ),
        SandboxCard(
            "disputed",
            "A card whose holder disputes",
            "The payment succeeds; ten seconds later it is disputed.",
            dispute_after=10,
        ),
        SandboxCard(
            "dropped",
            "A card with a bad line",
            "The payment succeeds; answers about its money get lost once.",
            drops_answers=True,
        ),
    )
}
