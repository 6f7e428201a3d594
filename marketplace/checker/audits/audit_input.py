"""The auditors' input: everything that one full check saw, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

from marketplace.checker.audits.facts import PageFacts
from marketplace.checker.audits.proofs import Proofs
from marketplace.checker.browser.view import Rendering
from marketplace.checker.record import CheckRecord
from marketplace.checker.states import CheckState


@dataclass(frozen=True, slots=True)
class AuditInput:
    """One full check of one prototype."""

    record: CheckRecord
    """Its quick part: hops, TLS, sizes."""
    facts: PageFacts | None = None
    """The page after its scripts when a browser opened it, else as it was served; None when it couldn't be read."""
    rendering: Rendering = field(default_factory=lambda: Rendering("no_browser", "No browser opened the page."))
    token: str = ""
    """The token that the bidder was asked to put on the site; empty without one."""
    proofs: Proofs = field(default_factory=Proofs)
    free_lines: tuple[tuple[str, str], ...] = ()
    """(id, text) of the job's lines in the client's own words."""

    @property
    def is_live(self) -> bool:
        return self.record.state is CheckState.LIVE

    @property
    def url(self) -> str:
        """The final URL: the browser's, unless it shows an error page of its own."""
        return self.rendering.url if self.rendering.url.startswith("http") else self.record.last.url

    @property
    def is_unwritten(self) -> bool:
        """Scripts write this page and no browser ran them, so its text is not known."""
        return bool(self.facts and self.facts.made_by_scripts and not self.rendering.is_measured)
