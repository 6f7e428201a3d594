"""A killed web process is restarted, children end with their parent, and giving up is an error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from config.settings import CONFIGURATION_ERROR
from marketplace.parent import PARENT
from tests.support.plant import wait_for
from tests.support.processes import alive, below, running_module
from tests.support.product import ROOT, Product, answers, running_product, running_web
from tests.support.slowness import Deadline

pytestmark = pytest.mark.faults
SECONDS = 120
WORKER = "marketplace.serving.worker"


@pytest.fixture(scope="module", params=[running_product, running_web])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Product]:
    """For both tests that use it: the second ends it."""
    start: Callable[..., AbstractContextManager[Product]] = request.param
    with start(tmp_path_factory.mktemp("product")) as running:
        wait_for(lambda: len(web_processes(running)) == 2, SECONDS)
        yield running


def web_processes(product: Product) -> list[int]:
    return running_module(product.process.pid, WORKER)


def test_killed_web_process_is_restarted(product: Product) -> None:
    killed, other = web_processes(product)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(set(web_processes(product)) - {killed}) == 2, SECONDS)
    wait_for(lambda: answers(product), SECONDS)
    assert other in web_processes(product)
    assert product.process.poll() is None


def test_children_end_with_their_parent(product: Product) -> None:
    started = below(product.process.pid)
    assert len(started) >= 2
    product.process.kill()
    wait_for(lambda: not alive(started), SECONDS)


def test_giving_up_is_an_error(tmp_path: Path) -> None:
    with running_web(tmp_path) as web:
        deadline = Deadline(SECONDS)
        while web.process.poll() is None:
            assert not deadline.is_over, "it starts them again and again"
            for pid in web_processes(web):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
        assert web.process.returncode == CONFIGURATION_ERROR
        assert "keeps stopping" in web.log.read_text()


def test_process_whose_parent_died_before_it_started_watching_ends() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    code = "import time; from marketplace.parent import end_with_parent; end_with_parent(); time.sleep(3600)"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {PARENT: str(gone.pid)})
    assert child.wait(SECONDS) == -signal.SIGTERM
