"""Extracts a page's facts from its markup; runs only in the separate process (see markup_process.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import ada_url
from selectolax.lexbor import LexborHTMLParser, LexborNode

from marketplace.checker.audits.facts import (
    MAX_BLOCK,
    MAX_BLOCKS,
    MAX_BUTTONS,
    MAX_FORMS,
    MAX_LINKS,
    MAX_TEXT,
    MAX_URL,
    MAX_URLS,
    MAX_WORDS,
    PageFacts,
    PageForm,
    PageLink,
)
from marketplace.checker.audits.fields import CHOICES, NAMED_BY, NAMED_TYPES, PASSWORD, WHO

LITTLE_TEXT = 80
"""Characters; a page with scripts and less text than this is taken to be filled in by them."""
UNSEEN = ["script", "style", "template", "noscript"]
INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})  # fmt: skip
"""Elements that don't begin a new paragraph."""
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which are written without spaces between words."""
FIELDS = ("input", "textarea", "select", "button")
BUTTONS = "button, [role=button], input[type=submit i], input[type=button i], input[type=image i]"
SCRIPTS = "script:not([type]), script[type=''], script[type*=javascript i], script[type=module i]"
"""Those that run; others hold data."""
FRAMES = {"iframe": "src", "frame": "src", "embed": "src", "object": "data"}


def read_facts(source: str, url: str) -> PageFacts:
    """All that the auditors need of the page at `url`."""
    tree = LexborHTMLParser(source)
    read = PageReader(tree, url)
    # before scripts and styles are stripped from the tree
    elements, has_scripts = len(tree.css("*")), tree.css_first(SCRIPTS) is not None
    scripts, styles = read.addresses("script[src]", "src"), read.addresses("link[rel~=stylesheet i][href]", "href")
    tree.strip_tags(UNSEEN)
    text = visible_text(tree)
    pictures = tree.css("img")
    return PageFacts(
        url=url,
        title=_line(tree.css_first("title")),
        text=text[:MAX_TEXT],
        words=count_words(text),
        blocks=tuple(islice(_blocks(tree), MAX_BLOCKS)),
        headings=tuple(_line(heading) for heading in tree.css("h1")[:10]),
        language=_attribute(tree.root, "lang")[:MAX_WORDS],
        base=read.base,
        refresh=read.refresh(),
        links=tuple(islice(read.links(), MAX_LINKS)),
        forms=read.forms(),
        buttons=tuple(islice(filter(None, map(_said, tree.css(BUTTONS))), MAX_BUTTONS)),
        asks_who=_asks_who(tree),
        has_scripts=has_scripts,
        scripts=scripts,
        styles=styles,
        images=read.addresses("img[src]", "src"),
        frames=tuple(islice((found for tag, name in FRAMES.items() for found in read.addresses(tag, name)), MAX_URLS)),
        pictures=len(pictures),
        pictures_without_alt=sum("alt" not in picture.attributes for picture in pictures),
        passwords=sum(_is_password(field) for field in tree.css("input, textarea")),
        elements=elements,
        generator=next(iter(read.metas("generator")), ""),
        verification=tuple(read.metas("prebuilt-verification")[:10]),
        made_by_scripts=has_scripts and len(text) < LITTLE_TEXT,
    )


def visible_text(tree: LexborHTMLParser) -> str:
    """The text of the body on one line, with single spaces."""
    return " ".join(tree.body.text(separator=" ").split()) if tree.body else ""


def count_words(text: str) -> int:
    """Count words; in writing systems without spaces two letters count as one word."""
    return len(text.split()) + len(UNSPACED.findall(text)) // 2


class PageReader:
    """Extracts elements from a tree and resolves their URLs."""

    def __init__(self, tree: LexborHTMLParser, url: str) -> None:
        self._tree, self._url = tree, url
        first = tree.css_first("base[href]")
        self.base = self._join(url, _attribute(first, "href")) if first else ""

    def addresses(self, selector: str, attribute: str) -> tuple[str, ...]:
        found = (self._complete(_attribute(node, attribute)) for node in self._tree.css(selector))
        return tuple(islice(dict.fromkeys(filter(None, found)), MAX_URLS))

    def metas(self, name: str) -> list[str]:
        found = self._tree.css(f'head meta[name="{name}" i][content]')
        return [_attribute(meta, "content").strip()[:MAX_WORDS] for meta in found]

    def refresh(self) -> str:
        meta = self._tree.css_first("meta[http-equiv=refresh i][content]")
        _, _, after = _attribute(meta, "content").partition(";")
        name, _, target = after.strip().partition("=")
        return self._complete(target.strip(" '\"")) if name.strip().lower() == "url" else ""

    def links(self) -> Iterator[PageLink]:
        for node in self._tree.css("a[href], area[href]"):
            if url := self._complete(_attribute(node, "href")):
                file = _attribute(node, "download").strip()[-MAX_WORDS:]  # its ending says what it is
                yield PageLink(url, _line(node), "download" in node.attributes, file)

    def forms(self) -> tuple[PageForm, ...]:
        elsewhere: dict[str, list[LexborNode]] = {}
        for node in self._tree.css(", ".join(f"{tag}[form]" for tag in FIELDS)):
            elsewhere.setdefault(_attribute(node, "form"), []).append(node)
        inside = ", ".join(f"{tag}:not([form])" for tag in FIELDS)
        return tuple(
            self._form(form, [*form.css(inside), *elsewhere.get(form.id or "", [])])
            for form in self._tree.css("form")[:MAX_FORMS]
        )

    def _form(self, form: LexborNode, nodes: list[LexborNode]) -> PageForm:
        own = _attribute(form, "action").strip()
        sent_by = [_attribute(node, "formaction") for node in nodes if "formaction" in node.attributes]
        actions = [self._complete(own) if own else self._url, *map(self._complete, sent_by)]
        fields = [node for node in nodes if node.tag != "button" and _type(node) != "hidden"]
        return PageForm(
            actions=tuple(islice(dict.fromkeys(filter(None, actions)), 10)),
            method=(_attribute(form, "method").lower() or "get")[:10],
            has_password=any(map(_is_password, nodes)),
            fields=tuple((_attribute(field, "name") or field.tag or "")[:MAX_WORDS] for field in fields[:50]),
        )

    def _complete(self, address: str) -> str:
        return self._join(self.base or self._url, address)

    @staticmethod
    def _join(base: str, address: str) -> str:
        """The absolute URL as browsers resolve it, without fragment; empty for an invalid one or another scheme."""
        try:
            url = ada_url.URL(address, base)
        except ValueError:
            return ""
        url.hash = ""
        return url.href if url.protocol in ("http:", "https:") and len(url.href) <= MAX_URL else ""


def _blocks(tree: LexborHTMLParser) -> Iterator[str]:
    """The text split at block-level elements."""
    pieces: list[str] = []
    for node in tree.body.traverse(include_text=True) if tree.body else ():
        if node.tag == "-text":
            pieces.append(node.text_content or "")
        elif node.tag not in INLINE and pieces:
            yield from _block(pieces)
            pieces = []
    yield from _block(pieces)


def _block(pieces: list[str]) -> Iterator[str]:
    if text := " ".join("".join(pieces).split()):
        yield text[:MAX_BLOCK]


def _attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "") if node else ""


def _line(node: LexborNode | None) -> str:
    return " ".join(node.text().split())[:MAX_WORDS] if node else ""


def _said(button: LexborNode) -> str:
    return _line(button) or (_attribute(button, "value") or _attribute(button, "aria-label"))[:MAX_WORDS]


def _asks_who(tree: LexborHTMLParser) -> bool:
    fields = [field for field in tree.css("input, textarea, select") if _type(field) not in CHOICES]
    return len(fields) == 1 and fields[0].tag == "input" and _is_who(fields[0])


def _is_who(field: LexborNode) -> bool:
    completes = _attribute(field, "autocomplete").lower().split()
    return (
        _type(field) in ("email", "tel")
        or bool({"username", "email", "tel", "webauthn"}.intersection(completes))
        or (_type(field) in ("text", "") and any(WHO.fullmatch(_named(field, by)) for by in ("name", "id")))
    )


def _type(field: LexborNode) -> str:
    return _attribute(field, "type").strip().lower()


def _named(field: LexborNode, by: str) -> str:
    return _attribute(field, by)[:MAX_WORDS].strip()


def _is_password(node: LexborNode) -> bool:
    """Whether it asks for a password: by type, autocomplete, text masking, or name."""
    if node.tag not in ("input", "textarea") or _type(node) in CHOICES:
        return False
    completes, style = _attribute(node, "autocomplete").lower().split(), _attribute(node, "style").lower()
    return (
        _type(node) == "password"
        or bool({"current-password", "new-password"}.intersection(completes))
        or bool(re.search(r"-webkit-text-security\s*:\s*(?!none)[a-z]", style))
        or (_type(node) in NAMED_TYPES and any(PASSWORD.fullmatch(_named(node, name)) for name in NAMED_BY))
    )
