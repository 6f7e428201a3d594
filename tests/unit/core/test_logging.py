"""Input can't forge log entries or control the terminal that shows them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from config.logging import configure_logging
from config.settings import load_settings

FORGED = "harmless\r\n2026-11-24T09:00:00Z [info] admin granted\x1b[2J\x85\u2028x\u202ey"
ENVIRONMENTS = ["development", "production"]


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Log output in the environment that the test names."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    settings = load_settings().model_copy(update={"environment": request.param})
    configure_logging(settings)
    stream = io.StringIO()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def log_it(how: str) -> None:
    log = logging.getLogger("test")
    if how == "message":
        log.warning("no page at %s", FORGED)
    elif how == "value":
        structlog.get_logger("test").warning("no page", path=FORGED)
    elif how == "nested":
        structlog.get_logger("test").warning("no page", form={"name": FORGED}, names=[FORGED])
    else:
        try:
            raise ValueError(FORGED)
        except ValueError:
            log.exception("failed")


@pytest.mark.parametrize("written", ENVIRONMENTS, indirect=True)
@pytest.mark.parametrize("how", ["message", "value", "nested", "exception"])
def test_input_starts_no_log_line_and_has_no_control_character(written: io.StringIO, how: str) -> None:
    log_it(how)
    text = written.getvalue()
    assert "admin granted" in text
    assert not any(char in text for char in "\r\x1b\x85\u2028\u202e")
    first, *others = text.rstrip("\n").split("\n")
    assert first.startswith(("20", "{"))
    assert all(line.startswith("  | ") for line in others)


@pytest.mark.parametrize("written", ["production"], indirect=True)
def test_production_entry_is_one_line_of_json(written: io.StringIO) -> None:
    for how in ("message", "value", "nested", "exception"):
        log_it(how)
    entries: list[dict[str, Any]] = [json.loads(line) for line in written.getvalue().splitlines()]
    assert len(entries) == 4


@pytest.mark.parametrize("written", ENVIRONMENTS, indirect=True)
def test_log_line_carries_its_fields(written: io.StringIO) -> None:
    logging.getLogger("test").warning("ended early", extra={"sweep": "send mail"})
    assert "send mail" in written.getvalue()
