"""A real browser, and people to use it."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Generator
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright
from werkzeug.serving import make_server

from tests.support.product import Product
from tests.support.slowness import Deadline
from tests.web.bids.conftest import fair

__all__ = ["fair"]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SECONDS = 60
"""For which a page is waited for: a busy machine takes its time, and who is answered waits no longer."""
PASSWORD = "correct horse battery staple"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows the end of what its product said too."""
    report = yield
    product = item.funcargs.get("product") if isinstance(item, pytest.Function) else None
    if report.failed and isinstance(product, Product):
        report.sections.append(("The product's log", product.log.read_text()[-6000:]))
    return report


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    assert program, "these tests need Chromium: apt install chromium"
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Generator[str]:
    """The app behind a server on loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def reload_until(page: Page, is_there: Callable[[], bool]) -> None:
    """Load the page again until it says what it will; whoever calls asserts that it does."""
    deadline = Deadline(SECONDS)
    while not is_there() and not deadline.is_over:
        page.wait_for_timeout(200)
        page.reload()


class Person:
    """Somebody with a browser of their own."""

    def __init__(
        self,
        browser: Browser,
        product: Product,
        *,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        state: StorageState | None = None,
    ) -> None:
        """`state`: cookies and the like of somebody who is signed in."""
        self.product = product
        context = browser.new_context(
            base_url=product.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            storage_state=state,
        )
        context.set_default_timeout(SECONDS * 1000)
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.problems.append(text)

    def go(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def sign_up(self, name: str, email: str, part: str) -> None:
        """Sign up, read the confirmation mail in the mail viewer, confirm, sign in."""
        page = self.go("/signup")
        page.get_by_label(part, exact=True).check()
        page.get_by_label("Your name or studio").fill(name)
        page.locator("#email").fill(email)
        page.locator("#password").fill(PASSWORD)
        page.get_by_role("button", name="Sign up").click()
        page.get_by_role("heading", name="Check your e-mail").wait_for()
        page.goto(self.link_in_mail(email, "Confirm your e-mail address"))
        self.sign_in(email)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        page = self.go("/signin")
        page.locator("#email").fill(email)
        page.locator("#password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Hello").wait_for()

    def link_in_mail(self, email: str, subject: str) -> str:
        """The first link of the newest mail with this subject to this address."""
        page = self.go("/mail")
        mail = page.locator("main li", has_text=f"To {email}").filter(has_text=subject).first
        mail.get_by_role("link").click()
        found = re.search(r"https?://\S+", page.locator("pre").inner_text())
        assert found
        return found[0]
