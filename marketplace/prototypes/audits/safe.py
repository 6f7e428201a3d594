"""Is it safe to visit: passwords that go elsewhere, programs to download, a chain of hosts, mixed content.

Evidence: dangers [{what, url}]; what is password_elsewhere | password_in_the_open | download_attempted | program |
redirect_chain | redirect | mixed_content.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

from marketplace.prototypes.audits.audit import Audit, Tone
from marketplace.prototypes.audits.facts import PageFacts
from marketplace.prototypes.audits.hosts import host_of, is_same_host
from marketplace.prototypes.audits.seen import Seen

NAME = "safe"
VERSION = 1
PROGRAMS = (
    ".apk", ".appimage", ".bat", ".cmd", ".cpl", ".deb", ".dmg", ".exe", ".hta", ".iso", ".jar", ".jse", ".lnk",
    ".msi", ".msix", ".pif", ".pkg", ".ps1", ".reg", ".rpm", ".scr", ".vbe", ".vbs", ".vhd", ".wsf", ".xpi",
)  # fmt: skip
"""Endings of files that run when opened, or unpack to such."""
MAX_DANGERS = 20


class Danger(NamedTuple):
    """One thing that a visitor should know before."""

    what: str
    url: str
    tone: Tone
    words: str
    mend: str


def audit(seen: Seen) -> Audit:
    """Bad for what may harm a visitor, a note for what is only worth knowing."""
    if not seen.is_live or seen.facts is None:
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, "The page couldn’t be read, so nothing can be said of it.")
    dangers = [*_redirects(seen), *_downloads(seen, seen.facts), *_passwords(seen.facts), *_mixed(seen.facts)]
    evidence = {"dangers": [{"what": danger.what, "url": danger.url} for danger in dangers[:MAX_DANGERS]]}
    if not dangers:
        return Audit(NAME, VERSION, Tone.GOOD, "Nothing found that would harm a visitor.", "", evidence)
    tone = Tone.BAD if any(danger.tone is Tone.BAD for danger in dangers) else Tone.NOTE
    sentence = " ".join(dict.fromkeys(danger.words for danger in dangers))
    return Audit(NAME, VERSION, tone, sentence, " ".join(dict.fromkeys(danger.mend for danger in dangers)), evidence)


def _redirects(seen: Seen) -> Iterator[Danger]:
    """The link's way over other hosts; what the page itself does in a browser counts too."""
    way = [*(hop.url for hop in seen.record.hops), seen.url, seen.facts.refresh if seen.facts else ""]
    stops = [url for url in way if url]
    jumps = [after for before, after in pairwise(stops) if not is_same_host(before, after)]
    if len(jumps) > 1:
        hosts = " to ".join(map(host_of, [stops[0], *jumps]))
        yield Danger(
            "redirect_chain", jumps[-1], Tone.BAD, f"The link leads over several hosts: {hosts}.",
            "Give the address where the page is in the end.",
        )  # fmt: skip
    elif jumps:
        yield Danger(
            "redirect", jumps[0], Tone.NOTE, f"The link leads to another host: {host_of(jumps[0])}.",
            "Give the address where the page is in the end.",
        )  # fmt: skip


def _downloads(seen: Seen, facts: PageFacts) -> Iterator[Danger]:
    mend = "Remove the download; a prototype is looked at in the browser."
    if "download" in seen.rendering.attempts:
        yield Danger("download_attempted", facts.url, Tone.BAD, "The page tries to download a file by itself.", mend)
    for link in facts.links:
        if _is_program(link.url):
            yield Danger("program", link.url, Tone.BAD, "The page offers a program to download.", mend)


def _is_program(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(PROGRAMS)


def _passwords(facts: PageFacts) -> Iterator[Danger]:
    for action in (action for form in facts.forms if form.has_password for action in form.actions):
        if not is_same_host(facts.url, action):
            words = f"A form sends a password to another host: {host_of(action)}."
            yield Danger("password_elsewhere", action, Tone.BAD, words, "Let the form send to the site itself.")
        if action.startswith("http:"):
            tone = Tone.BAD if facts.url.startswith("https:") else Tone.NOTE
            words = "A form sends a password unencrypted."
            yield Danger("password_in_the_open", action, tone, words, "Serve the page and its form over HTTPS.")


def _mixed(facts: PageFacts) -> Iterator[Danger]:
    if not facts.url.startswith("https:"):
        return
    loaded = (*facts.scripts, *facts.styles, *facts.frames, *facts.images)
    for url in loaded:
        if url.startswith("http:"):
            words = "The secure page loads parts insecurely (mixed content)."
            yield Danger("mixed_content", url, Tone.NOTE, words, "Load everything over HTTPS.")
