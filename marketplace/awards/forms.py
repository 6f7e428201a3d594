"""The form of the confirm page."""

from __future__ import annotations

from wtforms import HiddenField

from marketplace.web.forms import BaseForm


class AwardForm(BaseForm):
    """One button, and which version of the bid was on the page beside it."""

    version = HiddenField()

    def seen_version(self) -> int:
        """The version that the client looked at; 0, which never fits, when it was tampered with."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
