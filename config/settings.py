"""Every setting of the product, typed and frozen, read from the environment once at the start."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CONFIGURATION_ERROR = 78
"""Exit code of a process whose settings are invalid: EX_CONFIG of sysexits.h."""
EMBEDDED_DATABASE = "prebuilt.sqlite3"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)


class SettingsError(Exception):
    """A setting is invalid; the message says which, and how to fix it."""


def _split_commas(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


KeyName = Literal["secret_key", "password_pepper", "encryption_key", "signals_key", "links_key", "receipt_key"]
Key = Annotated[str, Field(pattern=r"^(.{32,})?$")]
Seed = Annotated[str, Field(pattern=r"^([0-9a-fA-F]{64})?$")]
EarlierKeys = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)]


class Settings(BaseSettings):
    """All settings; each field's upper-case name is its environment variable."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    base_url: str = ""
    """Public address of the site, for links in mails; derived from host and port when empty."""
    data_dir: Path = Path(".data")
    """Folder of the embedded database, the broker, uploads and secrets."""
    database_url: str = ""
    database_connect_seconds: Annotated[int, Field(ge=2, le=60)] = 3
    page_statement_seconds: Annotated[int, Field(ge=1, le=600)] = 15
    """Seconds that a page lets PostgreSQL work on one statement."""
    page_lock_seconds: Annotated[int, Field(ge=1, le=600)] = 5
    """Seconds that a page waits for a row locked by another transaction."""
    work_statement_seconds: Annotated[int, Field(ge=1, le=3600)] = 120
    """The same for workers and commands."""
    work_lock_seconds: Annotated[int, Field(ge=1, le=3600)] = 30
    migration_lock_seconds: Annotated[int, Field(ge=1, le=600)] = 5
    """Seconds that a migration waits for a table lock, while all users of that table wait behind it."""
    redis_url: str = ""
    secret_key: str = ""
    """Signs cookies and the short-lived links of sign-in pages. Used for each of the next four keys that is empty."""
    secret_key_fallbacks: EarlierKeys = ()
    """Earlier keys, newest first: they only verify and decrypt. The same holds for the fallbacks below."""
    password_pepper: Key = ""
    password_pepper_fallbacks: EarlierKeys = ()
    encryption_key: Key = ""
    """Encrypts one-time secrets."""
    encryption_key_fallbacks: EarlierKeys = ()
    signals_key: Key = ""
    """Keys the hashes of account signals and of counted tries."""
    signals_key_fallbacks: EarlierKeys = ()
    links_key: Key = ""
    """Signs links in mails that must work for months: invitations, unsubscribing, refusing mail."""
    links_key_fallbacks: EarlierKeys = ()
    receipt_key: Seed = ""
    """Seed of the key that signs receipts, 64 hexadecimal digits."""
    receipt_key_fallbacks: Annotated[tuple[Seed, ...], NoDecode, BeforeValidator(_split_commas)] = ()
    web_processes: Annotated[int, Field(ge=1, le=64)] = 2
    worker_processes: Annotated[int, Field(ge=1, le=64)] = 1
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    """Number of reverse proxies in front that add X-Forwarded-* headers; 0 ignores those headers."""

    security_contact: Annotated[str, Field(pattern=r"^((mailto:|https://)\S+)?$")] = ""
    """Contact for vulnerability reports, mailto:… or https://…, for /.well-known/security.txt."""

    smtp_host: str = ""
    smtp_port: int = 587
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_tls: bool = True
    mail_from: str = "Prebuilt <no-reply@localhost>"

    payment_provider: Literal["sandbox", "stripe"] = "sandbox"
    """Payment provider that holds and moves the money; the sandbox only simulates it."""
    stripe_secret_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_api_base: str = ""
    """Base address of the Stripe API for tests; development only."""
    fee_bps: Annotated[int, Field(ge=0, le=5_000)] = 500
    """The marketplace's fee on released money, in basis points: 500 is 5 %."""
    allow_sandbox_payments: bool = False
    """Lets production start although no real money can move."""

    guard_exceptions: Annotated[frozenset[str], NoDecode, BeforeValidator(_split_commas)] = frozenset()
    """host:port pairs that links may reach although not public; development only."""
    review_first_jobs: Annotated[int, Field(ge=0)] = 1
    """How many of a new client's jobs wait for an admin's review before they open; 0 disables the review."""
    offer_days: Annotated[int, Field(ge=1, le=90)] = 14
    """Days after which an offer not signed by both sides lapses."""
    auto_release_days: Annotated[int, Field(ge=1, le=90)] = 7
    """Days of the client's silence after which the money for submitted work is released."""
    warranty_days: Annotated[int, Field(ge=0, le=365)] = 30
    """Days for which a production site's uptime is monitored after its release."""
    dispute_response_days: Annotated[int, Field(ge=1, le=60)] = 7
    """Days in which the other side of a dispute may answer; after that an admin rules without it."""
    dispute_appeal_days: Annotated[int, Field(ge=1, le=60)] = 7
    """Days in which a ruling may be appealed; after that it is final and its money moves."""
    work_watch_days: Annotated[int, Field(ge=1, le=365)] = 90
    """Days for which a client's site is compared with a bidder's rejected work, if the bidder asks for it."""
    browser: Path | None = None
    """Path of the Chromium that checks prototypes; searched on PATH when empty."""
    rate_limits: bool = True
    sample_port: Annotated[int, Field(ge=1024, le=65000)] = 8701
    """First port of the sample prototypes that `marketplace up --sample` serves on loopback."""
    max_upload_bytes: int = 10 * 1024 * 1024

    @model_validator(mode="after")
    def _need_keys_for_stripe(self) -> Self:
        if self.payment_provider == "stripe" and not (self.stripe_secret_key and self.stripe_webhook_secret):
            raise ValueError("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set when PAYMENT_PROVIDER is stripe")
        return self

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Self:
        if self.environment == "production" and (problems := list(_unsafe(self))):
            raise ValueError("; ".join(problems))
        return self

    @property
    def max_body_bytes(self) -> int:
        """The largest accepted request in bytes: a file, plus 1 MB for the form fields sent with it."""
        return self.max_upload_bytes + 1024 * 1024

    @property
    def is_development(self) -> bool:
        return self.environment == "development"

    @cached_property
    def site_url(self) -> str:
        """The site's address without a trailing slash; a local host name where HOST is every address."""
        return (self.base_url or self.local_url).rstrip("/")

    @cached_property
    def local_url(self) -> str:
        """The site's address on this machine."""
        host = "127.0.0.1" if self.host in EVERYWHERE else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @cached_property
    def data_path(self) -> Path:
        return self.data_dir.expanduser().resolve()

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy address: PostgreSQL through psycopg 3, or the embedded SQLite file."""
        if not self.database_url:
            return f"sqlite:///{self.data_path / EMBEDDED_DATABASE}"
        scheme, rest = self.database_url.split("://", 1)
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database_url

    @cached_property
    def secret(self) -> str:
        """The signing key; in development a random one, stored in the data folder."""
        return self.secret_key or _kept(self.data_path / "secret_key")

    @cached_property
    def receipt_seed(self) -> str:
        """Seed of the receipts' key, 64 hexadecimal digits; in development a random one, stored in the data folder."""
        return self.receipt_key or _kept(self.data_path / "receipt_key")

    def keys(self, name: KeyName) -> tuple[str, ...]:
        """The keys for a purpose: the first signs or encrypts, all of them verify."""
        own: str = self.receipt_seed if name == "receipt_key" else getattr(self, name)
        earlier: tuple[str, ...] = getattr(self, f"{name}_fallbacks")
        if own:
            return (own, *earlier)
        return (self.secret, *self.secret_key_fallbacks, *(earlier if name != "secret_key" else ()))

    @property
    def serves_https(self) -> bool:
        return urlsplit(self.site_url).scheme == "https"


def _unsafe(settings: Settings) -> Iterator[str]:
    """Settings that production must not start with, each with what to set instead."""
    if not settings.database_url:
        yield "DATABASE_URL must be set in production, as in postgresql://user:password@host/database"
    if not settings.redis_url:
        yield "REDIS_URL must be set in production, as in redis://host:6379/0"
    if len(settings.secret_key) < 32:
        yield "SECRET_KEY must hold at least 32 random characters in production"
    if not settings.receipt_key:
        yield "RECEIPT_KEY must hold 64 hexadecimal digits in production, as openssl rand -hex 32 gives"
    if settings.guard_exceptions:
        yield "GUARD_EXCEPTIONS is for development only, unset it in production"
    if not settings.base_url.startswith("https://"):
        yield "BASE_URL must be the site's https:// address in production"
    if not settings.smtp_host:
        yield "SMTP_HOST must name a mail server in production"
    if not settings.rate_limits:
        yield "RATE_LIMITS can't be switched off in production"
    if settings.payment_provider == "sandbox" and not settings.allow_sandbox_payments:
        yield "PAYMENT_PROVIDER=sandbox moves no real money: choose stripe, or say ALLOW_SANDBOX_PAYMENTS=true"
    if settings.stripe_api_base:
        yield "STRIPE_API_BASE is for development only, unset it in production"


def _kept(path: Path) -> str:
    """The secret in this file, created by whichever process comes first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:  # readable by its owner only
            draft.write(secrets.token_hex(32))
            draft.flush()
            with contextlib.suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text()


def load_settings(**overrides: object) -> Settings:
    """Read the environment, with `overrides` on top; raises SettingsError with an actionable sentence."""
    try:
        return Settings.model_validate({**Settings().model_dump(), **overrides}) if overrides else Settings()
    except ValidationError as error:
        raise SettingsError("; ".join(_worded(problem) for problem in error.errors())) from error


def _worded(problem: ErrorDetails) -> str:
    """Word a problem: our own rules name their variables; Pydantic's messages get the variable's name in front."""
    if problem["type"] == "value_error":
        return problem["msg"].removeprefix("Value error, ")
    return f"{'.'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"


def settings_or_exit() -> Settings:
    """Return the settings, or exit with one line that says what to set; for modules that servers import."""
    try:
        return load_settings()
    except SettingsError as error:
        print(f"Prebuilt can't start: {error}", file=sys.stderr, flush=True)  # noqa: T201 (logging needs settings)
        raise SystemExit(CONFIGURATION_ERROR) from None
