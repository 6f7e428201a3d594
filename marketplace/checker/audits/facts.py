"""A page's facts as plain, bounded values: all that auditors see of hostile markup."""

from __future__ import annotations

from dataclasses import dataclass

MAX_TEXT = 100_000
"""Characters of visible text."""
MAX_BLOCKS = 1_000
MAX_LINKS = 500
MAX_FORMS = 50
MAX_BUTTONS = 50
MAX_URLS = 200
"""Scripts, styles, images and frames, each."""
MAX_URL = 2_000
"""Characters; a longer URL is dropped, since a truncated one would be another URL."""
MAX_WORDS = 200
"""Characters of a link's text, a name, a generator."""
MAX_BLOCK = 600


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to a web page; its address is complete and without fragment."""

    url: str
    text: str
    downloads: bool = False
    """It has the `download` attribute."""
    file: str = ""
    """The name that this attribute gives the file; empty without one."""


@dataclass(frozen=True, slots=True)
class PageForm:
    """A form and where it sends what is typed in."""

    actions: tuple[str, ...]
    """Complete addresses: the form's own first, then those of its buttons that send elsewhere."""
    method: str
    """get, post or dialog."""
    has_password: bool
    fields: tuple[str, ...]
    """The names of its fields (or their tags where they have none), hidden ones left out."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page. Addresses are complete, http and https only; every list is capped, in the page's order."""

    url: str
    """Where the page was read from."""
    title: str = ""
    text: str = ""
    """Visible text in one line, the first MAX_TEXT characters."""
    words: int = 0
    """Words of all visible text."""
    blocks: tuple[str, ...] = ()
    """The text paragraph by paragraph."""
    headings: tuple[str, ...] = ()
    """h1, of these the first ones."""
    language: str = ""
    """The `lang` of the document, as written."""
    base: str = ""
    """What `<base href>` makes relative addresses relative to; empty without one."""
    refresh: str = ""
    """Where a meta refresh leads; empty without one."""
    links: tuple[PageLink, ...] = ()
    forms: tuple[PageForm, ...] = ()
    buttons: tuple[str, ...] = ()
    """Labels of its buttons, in forms or not."""
    asks_who: bool = False
    """Its only field asks for an email address, user name or telephone number; check boxes aside."""
    has_scripts: bool = False
    """Inline scripts count too."""
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    """iframe, frame, embed and object."""
    pictures: int = 0
    """All `img` elements."""
    pictures_without_alt: int = 0
    """Those with no `alt` at all; an empty one is right for decoration."""
    passwords: int = 0
    """Password fields, in forms or not; also those that only look like text fields."""
    elements: int = 0
    generator: str = ""
    verification: tuple[str, ...] = ()
    """Contents of `<meta name="prebuilt-verification">` in the head."""
    made_by_scripts: bool = False
    """There are scripts and next to no text: the served markup says little about the page."""
