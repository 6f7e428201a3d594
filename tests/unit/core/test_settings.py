"""Settings come from the environment; production refuses to start with unsafe ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, load_settings

SAFE = {
    "environment": "production",
    "database_url": "postgresql://prebuilt@db.example/prebuilt",
    "redis_url": "redis://redis.example:6379/0",
    "secret_key": "k" * 40,
    "receipt_key": "0f" * 32,
    "base_url": "https://prebuilt.example",
    "smtp_host": "mail.example",
    "payment_provider": "stripe",
    "stripe_secret_key": "sk_live_example",
    "stripe_webhook_secret": "whsec_example",
}


def test_safe_production_starts() -> None:
    assert load_settings(**SAFE).serves_https


def test_production_with_sandbox_payments_needs_explicit_permission() -> None:
    assert load_settings(**SAFE | {"payment_provider": "sandbox", "allow_sandbox_payments": True})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"database_url": ""}, "DATABASE_URL"),
        ({"redis_url": ""}, "REDIS_URL"),
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"receipt_key": ""}, "RECEIPT_KEY"),
        ({"receipt_key": "z" * 64}, "RECEIPT_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"guard_exceptions": "127.0.0.1:8701"}, "GUARD_EXCEPTIONS"),
        ({"base_url": "http://prebuilt.example"}, "BASE_URL"),
        ({"smtp_host": ""}, "SMTP_HOST"),
        ({"rate_limits": False}, "RATE_LIMITS"),
        ({"payment_provider": "sandbox"}, "ALLOW_SANDBOX_PAYMENTS"),
        ({"stripe_secret_key": ""}, "STRIPE_SECRET_KEY"),
        ({"stripe_webhook_secret": ""}, "STRIPE_WEBHOOK_SECRET"),
        ({"stripe_api_base": "http://127.0.0.1:9"}, "STRIPE_API_BASE"),
        ({"fee_bps": 5_001}, "FEE_BPS"),
        ({"port": 0}, "PORT"),
        ({"environment": "staging"}, "ENVIRONMENT"),
    ],
)
def test_unsafe_or_invalid_setting_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load_settings(**SAFE | change)


def test_exceptions_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARD_EXCEPTIONS", "127.0.0.1:8701, 127.0.0.1:8702")
    assert load_settings().guard_exceptions == {"127.0.0.1:8701", "127.0.0.1:8702"}


def test_development_secret_is_created_once_and_private(tmp_path: Path) -> None:
    first, second = (load_settings(data_dir=tmp_path, secret_key="").secret for _ in range(2))
    assert first == second
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_use_psycopg(scheme: str) -> None:
    settings: Settings = load_settings(database_url=f"{scheme}://u@h/d")
    assert settings.database == "postgresql+psycopg://u@h/d"


def test_settings_are_immutable() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]
