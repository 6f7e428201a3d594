"""Template filters: money, times, counts and Markdown, formatted for reading."""

from __future__ import annotations

from datetime import date as date_
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlencode

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from flask import Flask, request
from markupsafe import Markup, escape

from marketplace.core import money
from marketplace.core.countries import country_name
from marketplace.core.text import render_markdown
from marketplace.web.charts import CHARTS
from marketplace.web.fields import most_of
from marketplace.web.request import now, settings

LOCALE = money.LOCALE
THEMES = ("auto", "light", "dark")


def init_filters(app: Flask) -> None:
    """Register the filters and globals."""
    filters = {
        "money": money.display,
        "plain_money": money.plain,
        "ago": ago,
        "date": date,
        "day": day,
        "moment": moment,
        "number": number,
        "plural": plural,
        "percent": percent,
        "markdown": render_markdown,
        "initials": initials,
        "country": country_name,
    }
    for name, function in filters.items():
        app.add_template_filter(function, name)
    for function in (now, theme, with_args, most_of, upload_bytes):
        app.add_template_global(function)
    cast(dict[str, Any], app.jinja_env.globals)["charts"] = CHARTS


def ago(moment_: datetime | None) -> Markup:
    """A <time> such as "4 minutes ago" or "in 2 days", with the exact moment in its title."""
    if moment_ is None:
        return Markup("")
    return _time(moment_, format_timedelta(moment_ - now(), add_direction=True, locale=LOCALE))


def date(moment_: datetime | None) -> Markup:
    """A <time> such as "24 Nov 2026"."""
    return _time(moment_, format_datetime(moment_, "d MMM y", locale=LOCALE)) if moment_ else Markup("")


def day(day_: date_ | None) -> Markup:
    """A <time> of a whole day, such as "24 Nov 2026"."""
    if day_ is None:
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(day_.isoformat(), format_date(day_, "d MMM y", locale=LOCALE))


def moment(moment_: datetime | None) -> Markup:
    """A <time> such as "24 Nov 2026, 14:32 UTC"."""
    return _time(moment_, format_datetime(moment_, "d MMM y, HH:mm 'UTC'", locale=LOCALE)) if moment_ else Markup("")


def _time(moment_: datetime, words: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment_.isoformat(), _exact(moment_), words)


@lru_cache(maxsize=4096)
def _exact(moment_: datetime) -> str:
    return format_datetime(moment_, "d MMM y, HH:mm:ss 'UTC'", locale=LOCALE)


def number(value: float) -> str:
    """1234 is "1,234"."""
    return format_decimal(value, locale=LOCALE)


def percent(share: float) -> str:
    """0.254 is "25 %"."""
    return f"{100 * share:.0f} %"


def plural(count: int, singular: str, many: str = "") -> str:
    """1 -> "1 bid", 12 -> "12 bids"."""
    return f"{number(count)} {singular if count == 1 else many or singular + 's'}"


def initials(name: str) -> str:
    """The first letters of the first and last word of a name."""
    words = name.split() or ["?"]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def theme() -> str:
    """The visitor's theme: auto, light or dark."""
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def upload_bytes() -> int:
    """Maximum size of a file in bytes, for a script that checks it before sending."""
    return settings().max_upload_bytes


def with_args(**changes: str | None) -> Markup:
    """The page's address with query arguments changed; None removes one. The page cursor is always dropped."""
    args = {name: values for name, values in request.args.to_dict(flat=False).items() if name != "after"}
    for name, value in changes.items():
        if value is None:
            args.pop(name, None)
        else:
            args[name] = [value]
    query = urlencode(args, doseq=True)
    return escape(f"{request.path}?{query}" if query else request.path)
