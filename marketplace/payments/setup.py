"""Which provider this marketplace uses and what it takes, chosen once by the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from config.settings import Settings
from marketplace.payments.providers.protocol import Provider
from marketplace.payments.sandbox.provider import Sandbox

STRIPES_PAGES = ("https://checkout.stripe.com", "https://connect.stripe.com")
"""Where forms may lead to, for the Content-Security-Policy."""


@dataclass(frozen=True, slots=True)
class Payments:
    """The provider in use and the fee on what is released, basis points."""

    provider: Provider
    fee_bps: int


def init_payments(app: Flask, settings: Settings) -> None:
    """Make the provider that the settings name."""
    app.extensions["payments"] = Payments(_provider(app, settings), settings.fee_bps)


def form_targets(settings: Settings) -> tuple[str, ...]:
    """The provider's own pages, to which our forms lead."""
    return STRIPES_PAGES if settings.payment_provider == "stripe" else ()


def payments() -> Payments:
    """The current app's."""
    return cast(Payments, current_app.extensions["payments"])


def is_real_money() -> bool:
    """Whether payments move money of real people; the sandbox only pretends."""
    return payments().provider.is_real


def _provider(app: Flask, settings: Settings) -> Provider:
    if settings.payment_provider == "stripe":
        from marketplace.payments.providers.stripe_connect import StripeConnect  # 10 MB that a sandbox does without

        return StripeConnect(settings.stripe_secret_key, settings.stripe_webhook_secret, settings.stripe_api_base)
    return Sandbox(settings.keys("secret_key"), app.extensions["clock"].now)
