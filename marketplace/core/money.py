"""Money as integer minor units with a currency; never a float."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from babel.core import get_global
from babel.numbers import format_currency, get_currency_symbol

from marketplace.core.errors import MarketplaceError

LOCALE = "en_GB"
MAX_MINOR = 10**12
"""The largest accepted amount, in minor units: ten thousand million euros."""

CURRENCIES: frozenset[str] = frozenset(
    code
    for currencies in get_global("territory_currencies").values()
    for code, _begun, ended, is_tender in currencies
    if is_tender and ended is None
)
"""ISO 4217 codes of currencies that are legal tender today."""
COMMON_CURRENCIES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "CAD",
    "AUD",
    "NZD",
    "JPY",
    "INR",
    "BRL",
    "PLN",
    "SEK",
    "NOK",
    "DKK",
    "ZAR",
    "NGN",
)


MINOR_DIGITS: dict[str, int] = {
    **dict.fromkeys(
        (
            "AFN", "ALL", "BIF", "CLP", "DJF", "GNF", "IQD", "IRR", "ISK", "JPY", "KMF", "KPW", "KRW", "LAK", "LBP",
            "MGA", "MMK", "PYG", "RSD", "RWF", "SOS", "SYP", "UGX", "VND", "VUV", "XAF", "XOF", "XPF", "YER",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND", "LYD"), 3),
}  # fmt: skip
"""Decimals of a currency's minor unit, where not 2. Stored amounts depend on this table, so it must never change:
Babel's do (its 2.19 took HUF, COP and IDR from 2 to 0), which would multiply money by 100."""
_WRITTEN = re.compile(r"(\d{1,40}|\d{1,3}(,\d{3}){1,12})(\.\d{0,40})?|\.\d{1,40}", re.ASCII)
"""Digits with a decimal point, or with commas between thousands; no exponents, nothing that Decimal rejects."""

_ORDINALS = ("", "first", "second", "third", "fourth")


class NotMoney(MarketplaceError):
    """The typed text is no amount of that currency."""


def parse(text: str, currency: str, step: int = 1) -> int:
    """Parse an amount such as "1,250.50" into minor units of `currency`, a multiple of `step` of them.

    Raises NotMoney, which says what to enter instead.
    """
    digits = precision(currency)
    typed = text.strip().replace(" ", "").replace("\u00a0", "")
    if typed.startswith("-"):
        raise NotMoney("Enter an amount of zero or more.")
    if "," in typed and not _WRITTEN.fullmatch(typed):
        raise NotMoney(f"Write decimals after a point, and commas between thousands only, such as {grouped(currency)}.")
    if not _WRITTEN.fullmatch(typed):
        raise NotMoney(f"Enter an amount in numbers, such as {example(currency)}.")
    minor = Decimal(typed.replace(",", "")).scaleb(digits)
    if minor != minor.to_integral_value():
        raise NotMoney(f"{currency} amounts have {digits} decimals at most, such as {example(currency)}.")
    if minor > MAX_MINOR:
        raise NotMoney("Enter a smaller amount.")
    if problem := step_problem(int(minor), currency, step):
        raise NotMoney(problem)
    return int(minor)


def step_problem(minor: int, currency: str, step: int) -> str:
    """Say what to enter instead of an amount that is no multiple of `step` minor units; empty for a multiple.

    >>> step_problem(12_345, "KWD", 10), step_problem(12_340, "KWD", 10)
    ('KWD amounts end in 0 in the third decimal: 12.340 or 12.350.', '')
    """
    below = minor - minor % step
    if below == minor:
        return ""
    fitting = " or ".join(plain(one, currency) for one in (below, below + step) if one)
    return f"{currency} amounts {step_words(currency, step)}: {fitting}."


def step_words(currency: str, step: int) -> str:
    """Describe multiples of `step` minor units, to follow "EUR amounts"; empty where any amount will do."""
    if step == 1:
        return ""
    zeros, digits = len(str(step)) - 1, precision(currency)
    if zeros >= digits:
        return "have no decimals"
    return f"end in {'0' * zeros} in the {_ORDINALS[digits]} decimal"


def plain(minor: int, currency: str) -> str:
    """Format as a person would type it: 125050 EUR is "1250.50", 125000 EUR is "1250"."""
    digits = precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.{digits}f}"


@lru_cache(maxsize=4096)
def display(minor: int, currency: str) -> str:
    """Format for reading: 290000 EUR is "€2,900", 150125 KWD "KWD 150.125"; decimals only when not zero."""
    digits = precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    decimals = "" if amount == amount.to_integral_value() else "." + "0" * digits
    space = "\u00a0" if get_currency_symbol(currency, LOCALE)[-1].isalpha() else ""
    pattern = f"¤{space}#,##0{decimals}"
    return format_currency(amount, currency, locale=LOCALE, format=pattern, currency_digits=False)


def precision(currency: str) -> int:
    """Decimals of the currency's minor unit: 2 for EUR, 0 for JPY."""
    return MINOR_DIGITS.get(currency, 2)


def grouped(currency: str) -> str:
    """A sample amount with thousands separators."""
    return "12,500" if precision(currency) == 0 else "12,500 or 12.50"


def example(currency: str) -> str:
    """A sample amount for hints."""
    return "2500" if precision(currency) == 0 else "2500 or 2500.50"
