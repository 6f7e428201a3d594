"""Files on disk are readable by their owner only; the embedded broker requires a password."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from config.settings import Settings, load_settings
from marketplace.app import create_app
from marketplace.broker import running_broker
from marketplace.core.storage import FileStore
from tests.support.databases import close


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """The usual umask of most machines, under which others may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def embedded(tmp_path: Path) -> Settings:
    """Settings of a machine without servers: all data is in one folder."""
    return load_settings(data_dir=tmp_path / "data", database_url="", redis_url="")


def open_to_others(folder: Path) -> list[Path]:
    return [path for path in [folder, *folder.rglob("*")] if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def start_the_database(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        app.extensions["sqlalchemy"].create_all()
    close(app)


def test_database_keys_files_and_broker_are_owner_only(embedded: Settings) -> None:
    start_the_database(embedded)
    FileStore(embedded.data_path / "files").save(b"a brief")
    with running_broker(embedded):
        assert embedded.receipt_seed
        assert open_to_others(embedded.data_path) == []


def test_existing_database_and_files_become_owner_only(embedded: Settings) -> None:
    files = embedded.data_path / "files"
    files.mkdir(parents=True)
    database = embedded.data_path / "prebuilt.sqlite3"
    database.touch()
    start_the_database(embedded)
    FileStore(files).has_room(1)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (database, files)] == [0o600, 0o700]


def test_embedded_broker_requires_its_password(embedded: Settings) -> None:
    with running_broker(embedded) as url, Redis.from_url(url) as ours:
        ours.set("key", "value")
        port = ours.connection_pool.connection_kwargs["port"]
        with Redis(port=port) as stranger:
            for command in (
                ["GET", "key"],
                ["CONFIG", "GET", "dir"],
                ["FLUSHALL"],
                ["SUBSCRIBE", "celery"],
                ["KEYS", "*"],
            ):
                with pytest.raises(NoPermissionError):
                    stranger.execute_command(*command)
        assert ours.get("key") == b"value"


def test_broker_password_is_new_at_each_start(embedded: Settings) -> None:
    urls = []
    for _ in range(2):
        with running_broker(embedded) as url:
            urls.append(url.split("@")[0])
    assert urls[0] != urls[1]
