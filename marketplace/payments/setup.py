"""Set up the payment provider and fee from the settings, once per app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from config.settings import Settings
from marketplace.payments.providers.protocol import Provider
from marketplace.payments.sandbox.provider import Sandbox

STRIPES_PAGES = ("https://checkout.stripe.com", "https://connect.stripe.com")
"""Allowed form targets for the Content-Security-Policy."""


@dataclass(frozen=True, slots=True)
class Payments:
    """Current provider, and the fee on released money in basis points."""

    provider: Provider
    fee_bps: int


def init_payments(app: Flask, settings: Settings) -> None:
    """Create the provider named by the settings."""
    app.extensions["payments"] = Payments(_provider(app, settings), settings.fee_bps)


def form_targets(settings: Settings) -> tuple[str, ...]:
    """The provider's pages that forms redirect to."""
    return STRIPES_PAGES if settings.payment_provider == "stripe" else ()


def payments() -> Payments:
    """Payments of the current app."""
    return cast(Payments, current_app.extensions["payments"])


def is_real_money() -> bool:
    """Whether payments move real money; False for the sandbox."""
    return payments().provider.is_real


def _provider(app: Flask, settings: Settings) -> Provider:
    if settings.payment_provider == "stripe":
        from marketplace.payments.providers.stripe_connect import StripeConnect  # 10 MB that the sandbox does not need

        return StripeConnect(settings.stripe_secret_key, settings.stripe_webhook_secret, settings.stripe_api_base)
    return Sandbox(settings.keys("secret_key"), app.extensions["clock"].now)
