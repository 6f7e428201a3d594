"""Signs of a page that is no working site, each with its weight; real.py sums them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.audits.facts import PageFacts
from marketplace.checker.audits.hosts import host_of, is_below, is_same_host
from marketplace.checker.audits.phrases import (
    BROKERS,
    DEFAULT_TEXT,
    DEFAULT_TITLE,
    DEMO,
    DOCUMENTS,
    EMBEDDED,
    FILLER,
    FOR_SALE,
    GO_ON,
    LOREM,
    PARKED,
    PLATFORMS,
    SIGN_IN,
    UNFINISHED,
)

SHORT = 450
"""Words; default pages of servers have up to 400, and longer pages with their phrases are about them."""
SIGN_IN_WORDS = 150
"""Words; a page with more has content besides its login."""
MANY_PICTURES = 3
"""A page with so many pictures has content."""
LITTLE = 30
"""Words; a real one-page site says more."""
MUCH_FILLER = 0.3
"""Share of the page's words."""

Look = Callable[[AuditInput], str]
"""Returns what was seen; empty without the sign."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign."""

    name: str
    weight: int
    words: str
    """Its meaning, as part of a sentence."""
    mend: str
    look: Look


def _page(look: Callable[[PageFacts], str]) -> Look:
    """A sign in the page's facts, for live pages that could be read."""
    return lambda seen: look(seen.facts) if seen.facts and seen.is_live and not seen.is_unwritten else ""


def _parked(page: PageFacts) -> str:
    return _phrase(PARKED.search(_short_text(page)))


def _for_sale(page: PageFacts) -> str:
    return _phrase(FOR_SALE.search(_short_text(page)))


def _broker(page: PageFacts) -> str:
    addresses = (*(link.url for link in page.links), *page.scripts, *page.frames, *page.images, page.refresh, page.url)
    return next((url for url in addresses if is_below(host_of(url), BROKERS)), "")


def _titled_by_host(page: PageFacts) -> str:
    return page.title if page.title.casefold().removeprefix("www.") == host_of(page.url) != "" else ""


def _default_title(page: PageFacts) -> str:
    return _phrase(DEFAULT_TITLE.fullmatch(page.title))


def _default_text(page: PageFacts) -> str:
    return _phrase(DEFAULT_TEXT.search(_short_text(page)))


def _filler(page: PageFacts) -> str:
    return _phrase(FILLER.search(page.text))


def _much_filler(page: PageFacts) -> str:
    words = page.text.casefold().replace(",", " ").replace(".", " ").split()
    share = sum(word in LOREM for word in words) / len(words) if words else 0.0
    phrases = {phrase.casefold() for phrase in FILLER.findall(page.text)}
    return f"{share:.0%} of the words" if share >= MUCH_FILLER else ", ".join(phrases) if len(phrases) > 2 else ""


def _unfinished(page: PageFacts) -> str:
    titles = (page.title, *page.headings[:1]) if page.pictures < MANY_PICTURES else ()  # films are "coming soon" too
    return next((text for text in titles if UNFINISHED.search(text)), "")


def _password(page: PageFacts) -> str:
    lets_in = any(form.has_password for form in page.forms) or page.buttons
    return "a password field" if page.passwords and lets_in and not DEMO.search(page.text) else ""


def _asks_who(page: PageFacts) -> str:
    asks = page.asks_who and page.words <= SIGN_IN_WORDS
    return next((button for button in page.buttons if GO_ON.fullmatch(button)), "") if asks else ""


def _titled_sign_in(page: PageFacts) -> str:
    lets_in = page.words > SIGN_IN_WORDS or DEMO.search(page.text)
    titles = () if lets_in else (page.title, *page.headings[:1])
    return next((text for text in titles if SIGN_IN.fullmatch(text)), "")


def _framed(page: PageFacts) -> str:
    others = (url for url in page.frames if not is_same_host(url, page.url) and host_of(url) not in EMBEDDED)
    return next(others, "")


def _little_text(page: PageFacts) -> str:
    return f"{page.words} words" if page.words < LITTLE else ""


def _leads_nowhere(page: PageFacts) -> str:
    own = any(link.url != page.url and is_same_host(link.url, page.url) for link in page.links)
    return "" if own or page.forms or page.has_scripts else "no links to other pages of it, no forms, no scripts"


def _pictured(page: PageFacts) -> str:
    return "a picture and next to no text" if page.pictures and page.words < LITTLE // 3 and not page.links else ""


def _document(seen: AuditInput) -> str:
    media_type = seen.record.last.media_type
    is_file = DOCUMENTS.fullmatch(media_type) or seen.record.last.attachment
    return (media_type or "a file to save") if seen.is_live and is_file else ""


def _no_markup(seen: AuditInput) -> str:
    page = seen.facts
    empty = page is None or not (page.links or page.forms or page.scripts)
    return "no links, forms or scripts in it" if empty and _document(seen) else ""


def _platform(seen: AuditInput) -> str:
    return host_of(seen.url) if is_below(host_of(seen.url), PLATFORMS) else ""


def _platform_path(seen: AuditInput) -> str:
    path = urlsplit(seen.url).path.strip("/")
    return path if path and _platform(seen) else ""


def _short_text(page: PageFacts) -> str:
    """The text of a short page; empty for a longer one."""
    return f"{page.title} {page.text}"[:8000] if page.words <= SHORT else ""


def _phrase(found: re.Match[str] | None) -> str:
    return found[0] if found else ""


_FINISH = "Link to the site that you built for this job."
_CONTENT = "Put the job’s real content on the page."

SIGNS: tuple[Sign, ...] = (
    Sign("parked", 6, "the domain is parked", _FINISH, _page(_parked)),
    Sign("for_sale", 6, "the domain is for sale", _FINISH, _page(_for_sale)),
    Sign("broker", 5, "it leads to a broker of domains", _FINISH, _page(_broker)),
    Sign("titled_by_host", 3, "its title is only its address", "Give the page a title.", _page(_titled_by_host)),
    Sign("default_title", 6, "it has the title of a server’s own page", _FINISH, _page(_default_title)),
    Sign("default_text", 5, "it is a server’s or host’s own page", _FINISH, _page(_default_text)),
    Sign("filler", 7, "it holds filler text", _CONTENT, _page(_filler)),
    Sign("much_filler", 6, "much of it is filler text", _CONTENT, _page(_much_filler)),
    Sign(
        "unfinished",
        7,
        "it says that it isn’t finished",
        "Finish it and take the notice away.",
        _page(_unfinished),
    ),
    Sign("password", 6, "it asks for a password", "Let the client in without an account.", _page(_password)),
    Sign("asks_who", 5, "it asks first who one is", "Let the client in without an account.", _page(_asks_who)),
    Sign("titled_sign_in", 5, "it is headed as a sign-in", "Show what is behind it.", _page(_titled_sign_in)),
    Sign("framed", 5, "it shows somebody else’s site in a frame", _FINISH, _page(_framed)),
    Sign("little_text", 4, "there is hardly any text on it", _CONTENT, _page(_little_text)),
    Sign("leads_nowhere", 3, "there is nothing to do on it", "Give it its links and forms.", _page(_leads_nowhere)),
    Sign("pictured", 4, "it is a picture of a page", "Build the page instead of picturing it.", _page(_pictured)),
    Sign("document", 7, "it is a file, not a page", _FINISH, _document),
    Sign("no_markup", 4, "nothing in it can be used", _FINISH, _no_markup),
    Sign("platform", 6, "it is on a platform for profiles, films or files", _FINISH, _platform),
    Sign("platform_path", 4, "it is somebody’s profile, film or file", _FINISH, _platform_path),
)
"""The table: none weighs as much as real.BOUND (10)."""
