"""Reads a page's charset, text and title without parsing its markup."""

from __future__ import annotations

import codecs
import html
import re

from marketplace.checker.fetch.result import FetchResult

HEAD = 64 * 1024
"""Bytes searched for a title."""
NEARLY_ALWAYS = 2 * 1024
"""Bytes that nearly always hold it; searched first."""
MAX_TITLE = 300
SNIFFED = 1024
"""Bytes in which browsers look for a `<meta>` that names the charset."""
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
"""Byte order mark -> charset."""
CHARSETS = frozenset(
    {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii", "koi8-r", "koi8-u", "mac-roman", "cp866"}
    | {f"iso8859-{part}" for part in range(1, 17) if part != 12}
    | {f"cp{page}" for page in (874, 932, 949, 950, *range(1250, 1259))}
    | {"shift_jis", "euc_jp", "iso2022_jp", "euc_kr", "gb2312", "gbk", "gb18030", "big5", "big5hkscs"}
)
"""What pages are written in, by Python's names (after encoding.spec.whatwg.org).

Python knows more: punycode takes minutes for what may be sent to us, and utf-7 or unicode_escape give half characters.
"""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKUP = re.compile(
    r"""<!(?=--).*?(?:-->|\Z) | <(?P<tag>[a-z/][^\s/>]*+) (?P<attributes>(?:[^>"']++ | "[^"]*+" | '[^']*+')*+)>""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([^\s/>=]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""")
_TITLE = re.compile("<title", re.IGNORECASE | re.ASCII)
_TITLE_END = re.compile("</title", re.IGNORECASE | re.ASCII)


def decode(data: bytes, content_type: str) -> str:
    """Text in the page's charset, without a byte order mark; never raises."""
    return _text(data, charset_of(data, content_type))


def charset_of(data: bytes, content_type: str) -> str:
    """Sniff as browsers do: byte order mark, else Content-Type, else a `<meta>`, else UTF-8."""
    marked = (charset for mark, charset in MARKS.items() if data.startswith(mark))
    return next(marked, "") or _named(content_type) or _declared(data[:SNIFFED]) or "utf-8"


def _text(data: bytes, charset: str) -> str:
    return data.decode(charset, "replace").removeprefix("\ufeff")


def _named(content_type: str) -> str:
    named = _CHARSET.search(content_type)
    return _known(named[1]) if named else ""


def _declared(head: bytes) -> str:
    """What the first `<meta>` with a known charset names, comments aside; empty without one."""
    if b"charset" not in head.lower():
        return ""  # without reading any markup
    markup = _MARKUP.finditer(head.decode("latin-1"))
    metas = (found["attributes"] for found in markup if (found["tag"] or "").lower() == "meta")
    charset = next((charset for meta in metas if (charset := _of_meta(meta))), "")
    return "utf-8" if charset.startswith("utf-16") else charset  # in UTF-16 it couldn't have been read


def _of_meta(attributes: str) -> str:
    said: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(attributes):
        said.setdefault(found[1].lower(), found[2] or found[3] or found[4] or "")
    if "charset" in said:
        return _known(said["charset"].strip())
    is_content_type = said.get("http-equiv", "").strip().lower() == "content-type"
    return _named(said.get("content", "")) if is_content_type else ""


def _known(name: str) -> str:
    """The charset's name if pages may be written in it, else empty."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return codec if codec in CHARSETS else ""


def storable(text: str) -> str:
    """The text with NULs and lone surrogates replaced, so that any database takes it."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def source_of(result: FetchResult) -> str:
    """The last page's source."""
    return decode(result.body, result.last.content_type)


def title_of(result: FetchResult) -> str:
    """The last page's title in one line, empty without one; in linear time, whatever the page holds."""
    charset = charset_of(result.body, result.last.content_type)
    title = _title(_text(result.body[:NEARLY_ALWAYS], charset)) or _title(_text(result.body[:HEAD], charset))
    return " ".join(html.unescape(title).split())[:MAX_TITLE]


def _title(head: str) -> str:
    start = _TITLE.search(head)
    opened = head.find(">", start.end()) if start else -1
    closed = _TITLE_END.search(head, opened) if opened >= 0 else None
    return head[opened + 1 : closed.start()] if closed else ""
