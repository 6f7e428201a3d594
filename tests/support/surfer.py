"""A user's browser that retries a form until it is answered, whatever breaks meanwhile."""

from __future__ import annotations

import time
from typing import Any

import requests
from selectolax.lexbor import LexborHTMLParser

from tests.support.slowness import Deadline
from tests.support.visitor import form_values

PATIENCE_SECONDS = 150
"""Seconds, on an idle machine."""
ANSWER_SECONDS = 10
OVER = (302, 303, 409)
"""Statuses for a form carried out before: it redirects, or can't be done (again)."""


class Surfer:
    """Keeps cookies, follows no redirects, and counts missing answers and server errors."""

    def __init__(self, url: str) -> None:
        self.url, self.failures = url, 0
        self._http = requests.Session()
        self._http.headers["Sec-Fetch-Site"] = "same-origin"

    def sign_in(self, email: str, password: str) -> None:
        self.send("/signin", {"email": email, "password": password}, form="main form[method=post]")

    def send(self, path: str, fields: dict[str, Any] | None = None, form: str = "main form[method=post]") -> str:
        """Open `path`, fill its form in and send it until it redirects; return the target.

        An unanswered request is resent unchanged, as by a browser's "resend". If the form is gone, the lost answer was
        a success: returns "".
        """
        deadline = Deadline(PATIENCE_SECONDS)
        filled: tuple[str, dict[str, Any]] | None = None
        seen = ""
        while not deadline.is_over:
            if filled is None:
                page = self._ask("GET", path)
                if page is None:
                    continue
                if page.status_code in OVER:
                    return page.headers.get("Location", "")
                assert page.status_code == 200, f"{path}: {page.status_code} {page.text[:2000]}"
                node = LexborHTMLParser(page.text).css_first(form)
                if node is None:
                    return ""
                filled = node.attributes.get("action") or path, {**form_values(node), **(fields or {})}
            answer = self._ask("POST", *filled)
            if answer is not None and answer.status_code in (302, 303):
                return answer.headers["Location"]
            assert answer is None or answer.status_code != 422, f"{path}: {answer.text[:3000]}"
            if answer is not None:  # its token expired, or it was carried out before: load the page again
                filled, seen = None, f"{answer.status_code} {answer.text[:2000]}"
        raise AssertionError(f"{path} was not answered in time: {seen}")

    def wait_until_paid(self, path: str) -> None:
        """Return from the provider, and wait on the page for the result of the payment."""
        deadline = Deadline(PATIENCE_SECONDS)
        while not deadline.is_over:
            self._ask("GET", f"{path}/done")
            answer = self._ask("GET", f"{path}/state")
            if answer is not None and "X-Final" in answer.headers:
                return
            time.sleep(0.3)
        raise AssertionError(f"{path} never came to an end")

    def sees(self, path: str) -> bool:
        """Whether the page exists."""
        answer = self._ask("GET", path)
        return answer is not None and answer.status_code == 200

    def _ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> requests.Response | None:
        url = path if path.startswith("http") else self.url + path
        headers = {"Referer": url}
        try:
            answer = self._http.request(
                method, url, data=data, headers=headers, timeout=ANSWER_SECONDS, allow_redirects=False
            )
        except requests.RequestException:
            answer = None
        if answer is None or answer.status_code >= 500 or answer.status_code == 429:
            self.failures += 1
            time.sleep(0.2)
            return None
        return answer
