"""Is it safe to visit: passwords sent elsewhere, programs, redirects over hosts or to private networks, mixed content.

Evidence: dangers [{what, url}]; what is password_elsewhere | password_to_service | password_in_the_open |
download_attempted | program | redirect_chain | redirect | inward | mixed_content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.audits.facts import PageFacts, PageLink
from marketplace.checker.audits.hosts import host_of, is_below, is_same_host
from marketplace.checker.fetch.result import PAGE_TYPES, Hop
from marketplace.checker.guard.address import INWARD

NAME = "safe"
VERSION = 3
PROGRAMS = (
    ".apk", ".appimage", ".bat", ".cmd", ".cpl", ".deb", ".dmg", ".exe", ".hta", ".iso", ".jar", ".jse", ".lnk",
    ".msi", ".msix", ".pif", ".pkg", ".ps1", ".reg", ".rpm", ".scr", ".vbe", ".vbs", ".vhd", ".wsf", ".xpi",
)  # fmt: skip
"""Extensions of executable files, and of archives that contain them."""
PROGRAM_TYPES = frozenset({
    "application/hta", "application/java-archive", "application/vnd.android.package-archive",
    "application/vnd.debian.binary-package", "application/vnd.microsoft.portable-executable",
    "application/x-apple-diskimage", "application/x-debian-package", "application/x-dosexec",
    "application/x-elf", "application/x-executable", "application/x-mach-binary", "application/x-ms-installer",
    "application/x-msdos-program", "application/x-msdownload", "application/x-msi", "application/x-rpm",
})  # fmt: skip
"""Content types of such files; for application/octet-stream the URL decides."""
SHOWN_ELSEWHERE = "application/pdf"
"""Displayed by visitors' browsers, but downloaded by ours, which has no PDF viewer."""
HANDS_OUT = re.compile("attach|disposition|download|(?<!pro)file", re.IGNORECASE)
"""Paths and parameters that serve a file: /download?f=…, /get?file=…; others only mention one."""
SIGN_IN_SERVICES = (
    "amazoncognito.com", "auth0.com", "b2clogin.com", "clerk.accounts.dev", "identitytoolkit.googleapis.com",
    "okta.com", "supabase.co", "www.googleapis.com",
)  # fmt: skip
"""Authentication services, at these hosts and below; also Cognito's cognito-idp.REGION.amazonaws.com."""
APP_HOSTS = (
    "amazonaws.com", "appspot.com", "appwrite.io", "azurewebsites.net", "back4app.com", "deno.dev", "firebaseapp.com",
    "fly.dev", "glitch.me", "herokuapp.com", "netlify.app", "ngrok-free.app", "onrender.com", "pages.dev",
    "pythonanywhere.com", "railway.app", "render.com", "replit.app", "run.app", "vercel.app", "web.app", "workers.dev",
)  # fmt: skip
"""Application hosts where a site's backend may run; each name below belongs to somebody else."""
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})
"""Public second-level labels under country codes, such as co.uk."""
UNSEEN = frozenset({"timed_out", "crashed", "not_opened", "own_fault", "host_busy"})
"""Reasons why the browser didn't see the page; a page can cause some of them on purpose."""
MAX_DANGERS = 20
MEND_DOWNLOAD = "Remove the download; a prototype is looked at in the browser."


class Danger(NamedTuple):
    """One danger to a visitor."""

    what: str
    url: str
    tone: Tone
    words: str
    mend: str


def audit(seen: AuditInput) -> Audit:
    """Bad for what may harm a visitor, a note for what is only worth knowing."""
    files = list(_files(seen))
    if not seen.is_live or not (seen.facts or files):
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, "The page couldn’t be read, so nothing can be said of it.")
    facts = seen.facts or PageFacts(seen.url)
    ways, passwords = (*_redirects(seen), *_inward(seen)), (*_passwords(facts), *_sent(seen, facts))
    dangers = [*ways, *files, *_programs(facts), *passwords, *_mixed(facts)]
    evidence = {"dangers": [{"what": danger.what, "url": danger.url} for danger in dangers[:MAX_DANGERS]]}
    if not dangers and seen.rendering.reason in UNSEEN and seen.record.last.media_type != SHOWN_ELSEWHERE:
        words = "Nothing found so far that would harm a visitor, but our browser couldn’t look."
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, words, "", evidence)
    if not dangers:
        return Audit(NAME, VERSION, Tone.GOOD, "Nothing found that would harm a visitor.", "", evidence)
    tone = Tone.BAD if any(danger.tone is Tone.BAD for danger in dangers) else Tone.NOTE
    sentence = " ".join(dict.fromkeys(danger.words for danger in dangers))
    return Audit(NAME, VERSION, tone, sentence, " ".join(dict.fromkeys(danger.mend for danger in dangers)), evidence)


def _redirects(seen: AuditInput) -> Iterator[Danger]:
    """Redirects over other hosts, by server, meta refresh or script."""
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


def _inward(seen: AuditInput) -> Iterator[Danger]:
    """Requests to private addresses, refused by the guard; a visitor's browser would reach their own network."""
    for asked in seen.rendering.refused_requests:
        if asked.get("code") not in INWARD:
            continue
        host = host_of(asked["url"])
        if seen.rendering.is_measured:  # mostly leftovers from development
            words = f"The page asks for something on its visitor’s own machine or network: {host}."
            yield Danger("inward", asked["url"], Tone.NOTE, words, "Let the page ask for public addresses only.")
        else:
            words = f"The page leads to its visitor’s own machine or network: {host}."
            yield Danger("inward", asked["url"], Tone.BAD, words, "Give the address of a page that stays where it is.")


def _files(seen: AuditInput) -> Iterator[Danger]:
    """Downloads that start without a click."""
    last, mend = seen.record.last, "Give the address of a page; a prototype is looked at in the browser."
    if _is_served_as_program(last):
        yield Danger("program", last.url, Tone.BAD, "The link is a program to download, not a page.", mend)
    if last.attachment:
        yield Danger("download_attempted", last.url, Tone.BAD, "Opening the link starts a download.", mend)
        return
    if "download" not in seen.rendering.attempts:
        return
    if seen.rendering.is_measured:
        words = "The page tries to download a file by itself."
        yield Danger("download_attempted", seen.url, Tone.BAD, words, MEND_DOWNLOAD)
    elif last.media_type != SHOWN_ELSEWHERE:
        yield Danger("download_attempted", seen.url, Tone.BAD, "Opening the link starts a download.", mend)


def _programs(facts: PageFacts) -> Iterator[Danger]:
    for link in facts.links:
        if _is_program(link):
            yield Danger("program", link.url, Tone.BAD, "The page offers a program to download.", MEND_DOWNLOAD)


def _is_served_as_program(hop: Hop) -> bool:
    return hop.media_type in PROGRAM_TYPES or (hop.media_type not in PAGE_TYPES and _names_program(hop.url))


def _is_program(link: PageLink) -> bool:
    return link.file.lower().endswith(PROGRAMS) or _names_program(link.url)


def _names_program(url: str) -> bool:
    """Whether the path, or a file name in the query, has a program's extension."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    asked = (value for name, value in parse_qsl(parts.query) if HANDS_OUT.search(path) or HANDS_OUT.search(name))
    return any(name.strip().lower().endswith(PROGRAMS) for name in (path, *asked))


def _passwords(facts: PageFacts) -> Iterator[Danger]:
    for action in (action for form in facts.forms if form.has_password for action in form.actions):
        if not is_same_host(facts.url, action):
            yield _sent_to(facts.url, action, f"A form sends a password to another host: {host_of(action)}.")
        if action.startswith("http:"):
            tone = Tone.BAD if facts.url.startswith("https:") else Tone.NOTE
            words = "A form sends a password unencrypted."
            yield Danger("password_in_the_open", action, tone, words, "Serve the page and its form over HTTPS.")


def _sent(seen: AuditInput, facts: PageFacts) -> Iterator[Danger]:
    """Destinations of passwords sent by scripts; those in form actions are reported already."""
    told = {host_of(action) for form in facts.forms if form.has_password for action in form.actions}
    for place in seen.rendering.sent_to:
        host = host_of(place)
        if not is_same_host(seen.url, place) and host not in told:
            yield _sent_to(seen.url, place, f"A typed-in password goes to another host: {host}.")


def _sent_to(page: str, place: str, words: str) -> Danger:
    """A note for likely backends of the site (authentication service, sibling host), else bad."""
    host = host_of(place)
    if _keeps_accounts(host):
        words = f"A typed-in password goes to a sign-in service: {host}."
        return Danger("password_to_service", place, Tone.NOTE, words, "Say in the bid that the service is yours.")
    tone = Tone.NOTE if is_below(host, APP_HOSTS) or _are_neighbours(host_of(page), host) else Tone.BAD
    return Danger("password_elsewhere", place, tone, words, "Let the page send it to the site itself.")


def _keeps_accounts(host: str) -> bool:
    is_cognito = host.startswith("cognito-idp.") and host.endswith(".amazonaws.com")
    return is_cognito or is_below(host, SIGN_IN_SERVICES)


def _are_neighbours(one: str, other: str) -> bool:
    """Siblings below one registrable name: app.shop.example and api.shop.example; not one.co.uk and two.co.uk."""
    parent = one.partition(".")[2]
    return "." in parent and parent == other.partition(".")[2] and parent.partition(".")[0] not in SECOND_LEVELS


def _mixed(facts: PageFacts) -> Iterator[Danger]:
    if not facts.url.startswith("https:"):
        return
    loaded = (*facts.scripts, *facts.styles, *facts.frames, *facts.images)
    for url in loaded:
        if url.startswith("http:"):
            words = "The secure page loads parts insecurely (mixed content)."
            yield Danger("mixed_content", url, Tone.NOTE, words, "Load everything over HTTPS.")
