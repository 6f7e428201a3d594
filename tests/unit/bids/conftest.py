"""Fixtures for bids: a job with its client, and freelancers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.jobs.models import Job
from tests.support.factories import make_job, make_user


@dataclass
class Market:
    client: User
    freelancer: User
    rival: User
    job: Job


@pytest.fixture
def market(app: Flask) -> Iterator[Market]:
    with app.app_context():
        client = make_user("client", name="Cleo Client")
        freelancer = make_user("freelancer", name="Fay Freelancer")
        rival = make_user("freelancer", name="Ravi Rival")
        lines = [("page", "/prices"), ("text", "Book now"), ("free", "It feels friendly")]
        yield Market(client, freelancer, rival, make_job(client, requirements=lines, skills=("css", "python")))
