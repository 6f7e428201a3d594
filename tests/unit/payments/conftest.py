"""Fixtures: an app context, and two people with money between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.accounts.models import User
from tests.support.factories import make_user


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def client(context: Flask) -> User:
    return make_user("client", name="Cleo Client")


@pytest.fixture
def freelancer(context: Flask) -> User:
    return make_user("freelancer", name="Fay Freelancer")
