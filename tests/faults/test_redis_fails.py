"""Redis stops, vanishes, is full or loses data during use: no page fails, and writes are still limited."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, product
from threading import Event, Thread

import pytest
from flask import Flask
from redis import Redis, RedisError
from sqlalchemy import select

from config.settings import load_settings
from marketplace.accounts.services.people import create_user
from marketplace.app import create_app
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail, post_mail
from tests.support.caller import Caller, Reply
from tests.support.databases import close
from tests.support.plant import SECONDS, Broker, wait_for
from tests.support.product import Product, running_product
from tests.support.relay import Relay, relay_to

pytestmark = pytest.mark.faults
PASSWORD = "correct horse battery staple"
PEOPLE, ROUNDS = 3, 3
_hosts = count(1)


@dataclass(frozen=True)
class Works:
    product: Product
    app: Flask
    broker: Broker
    relay: Relay

    @property
    def redis(self) -> Redis:
        return Redis.from_url(self.broker.url)

    def caller(self) -> Caller:
        """A caller with an address not used before."""
        return Caller(self.product.url, f"198.51.{next(_hosts)}.7")


Failing = Callable[[Works], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Generator[Works]:
    folder = tmp_path_factory.mktemp("works")
    broker = Broker(tmp_path_factory.mktemp("broker"))
    with relay_to(broker.port) as relay:
        url = f"redis://127.0.0.1:{relay.port}/0"
        with running_product(folder, REDIS_URL=url, TRUSTED_PROXIES="1", WEB_PROCESSES="2") as up:
            app = create_app(load_settings(data_dir=folder, redis_url="", database_url="", rate_limits=False))
            with app.app_context():
                for failing, number in product(FAILURES, range(PEOPLE)):
                    email = _email(failing, number)
                    create_user(email, PASSWORD, "Amara", ["client"], datetime.now(UTC), confirmed=True)
                db.session.commit()
            yield Works(up, app, broker, relay)
            close(app)
    broker.stop()


def _email(failing: Failing, number: int) -> str:
    return f"{failing.__name__}{number}@example.com"


@contextmanager
def stopped(works: Works) -> Generator[None]:
    works.broker.stop()
    yield
    works.broker.start()


@contextmanager
def vanished(works: Works) -> Generator[None]:
    works.relay.vanish()
    yield
    works.relay.come_back()


@contextmanager
def full(works: Works) -> Generator[None]:
    works.redis.config_set("maxmemory", "1")
    yield
    works.redis.config_set("maxmemory", "0")


@contextmanager
def evicting(works: Works) -> Generator[None]:
    """Redis evicts older keys on each write."""
    redis = works.redis
    redis.config_set("maxmemory-policy", "allkeys-lru")
    redis.config_set("maxmemory", str(redis.info("memory")["used_memory"] + 2**20))

    def fill(number: int) -> None:
        with suppress(RedisError):
            redis.set(f"filler:{number}", b"x" * 50_000)

    with _all_the_while(fill):
        yield
    assert redis.info("stats")["evicted_keys"] > 0
    redis.config_set("maxmemory", "0")
    redis.config_set("maxmemory-policy", "noeviction")


@contextmanager
def forgetting(works: Works) -> Generator[None]:
    redis = works.redis
    with _all_the_while(lambda _: redis.flushall()):
        yield


@contextmanager
def _all_the_while(act: Callable[[int], object]) -> Generator[None]:
    ended = Event()

    def run() -> None:
        for number in count():
            if ended.wait(0.02):
                return
            act(number)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


FAILURES: list[Failing] = [stopped, vanished, full, evicting, forgetting]


def at_work(works: Works, email: str) -> list[Reply]:
    """Somebody signs in, writes and browses, repeatedly."""
    replies: list[Reply] = []
    for _ in range(ROUNDS):
        person = works.caller()
        replies += [
            person.submit("/signin", {"email": email, "password": PASSWORD}),
            person.get("/me"),
            person.submit("/jobs/new", {"title": "A table for two"}),
            person.submit("/", {"theme": "dark"}, "footer form"),
            person.get("/jobs"),
        ]
    return replies


@pytest.mark.parametrize("failing", FAILURES, ids=lambda failing: failing.__name__)
def test_pages_and_forms_work_while_redis_is(failing: Failing, works: Works) -> None:
    with failing(works), ThreadPoolExecutor(PEOPLE) as pool:
        emails = [_email(failing, number) for number in range(PEOPLE)]
        replies = [reply for did in pool.map(lambda email: at_work(works, email), emails) for reply in did]
    assert [reply.status for reply in replies] == [303, 200, 303, 303, 200] * ROUNDS * PEOPLE
    assert "can't start" not in works.product.log.read_text(), "workers don't give up"


@pytest.mark.parametrize("failing", [stopped, vanished, full], ids=lambda failing: failing.__name__)
def test_writes_are_limited_while_redis_is(failing: Failing, works: Works) -> None:
    person = works.caller()
    with failing(works):
        _, fields = person.form("/", "footer form")
        assert any(person.post("/theme", fields).status == 429 for _ in range(400))


def test_limits_are_shared_again_after_redis_returns(works: Works) -> None:
    with stopped(works):
        works.caller().submit("/", {"theme": "dark"}, "footer form")
    works.redis.flushall()

    def is_shared() -> bool:
        works.caller().submit("/", {"theme": "dark"}, "footer form")
        return bool(works.redis.keys("LIMITS*"))

    wait_for(is_shared, SECONDS)


def test_health_page_names_a_full_redis_and_answers_200(works: Works) -> None:
    with full(works):
        reply = works.caller().get("/readyz")
    assert (reply.status, "takes no writes" in reply.text) == (200, True)


def test_workers_find_the_replacement_of_a_vanished_redis(works: Works) -> None:
    works.relay.replace()
    with works.app.app_context():
        post_mail("amara@example.com", "Hello", "Words", datetime.now(UTC))
        db.session.commit()

    def is_sent() -> bool:
        with works.app.app_context():
            return (
                db.session.scalars(select(OutgoingMail.sent_at).where(OutgoingMail.subject == "Hello")).one()
                is not None
            )

    wait_for(is_sent, 180)
