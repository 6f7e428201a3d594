"""Fixtures: the app with Stripe as provider, and a fake Stripe server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings, load_settings
from tests.support.databases import Databases
from tests.support.stripe_server import StripeServer, running_stripe
from tests.support.stripe_steps import SECRETS


@pytest.fixture
def server() -> Iterator[StripeServer]:
    with running_stripe() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, databases: Databases, server: StripeServer) -> Settings:
    return load_settings(
        data_dir=tmp_path, database_url=databases.clean(tmp_path), redis_url="", rate_limits=False,
        payment_provider="stripe", stripe_secret_key="sk_test_x", stripe_webhook_secret=",".join(SECRETS),
        stripe_api_base=server.url,
    )  # fmt: skip
