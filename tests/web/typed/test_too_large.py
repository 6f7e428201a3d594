"""An oversized file, or too many tries, doesn't lose the typed text."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from config.settings import Settings, load_settings
from tests.web.bids.conftest import Fair
from tests.web.typed.conftest import put_back, text_in

TEXT = "Two pages about a ferry.\r\nThey took the whole of a Sunday."


def test_oversized_file_keeps_the_text_beside_it(app: Flask, fair: Fair) -> None:
    wanda, path = fair.as_("wanda"), "/account/portfolio/new"
    page = wanda.page(path)
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    picture = (io.BytesIO(b"x" * 200_000), "ferry.png")
    typed = {"title": "Ferry", "description": TEXT, "picture_alt": "A ferry", "picture": picture}
    refused = wanda.send(page, path, typed)
    assert refused.status_code == 413
    assert "choose them again" in refused.text
    back = put_back(wanda, refused, path)
    assert text_in(back, "description").split() == TEXT.split()
    assert text_in(back, "picture_alt") == "A ferry"
    assert "choose them again" in back.text


class TestLimited:
    """With rate limits on."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return load_settings(**{**settings.model_dump(exclude_unset=True), "rate_limits": True})

    def test_rate_limited_form_keeps_the_text(self, fair: Fair) -> None:
        wanda, path = fair.as_("wanda"), "/report/job/1"
        page = wanda.page(path)
        answers = [wanda.send(page, path, {"text": TEXT}) for _ in range(13)]
        assert [answers[0].status_code, answers[-1].status_code] == [422, 429]
        assert text_in(put_back(wanda, answers[-1], path), "text").split() == TEXT.split()
