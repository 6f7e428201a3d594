"""One's own money: balances, what happened, a chart, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Response, render_template, request, stream_with_context

from marketplace.core import money
from marketplace.payments.queries.balances import balances_in_words
from marketplace.payments.queries.chart import chart_points
from marketplace.payments.queries.statement import statement as page_of_statement
from marketplace.payments.queries.statement import whole_statement
from marketplace.payments.views.blueprint import bp
from marketplace.web.access import signed_in
from marketplace.web.request import actor, now

HEADINGS = ("at", "what", "for", "currency", "amount", "about", "fee")


@bp.get("/money")
@signed_in
def statement() -> str:
    """The statement; `?currency=` chooses what the chart shows."""
    person = actor()
    balances = balances_in_words(person)
    page, lines = page_of_statement(person, request.args.get("after"))
    currencies = sorted({*balances, *(line.currency for line in lines)})
    chosen = request.args.get("currency", "")
    currency = chosen if chosen in currencies else (currencies or ["EUR"])[0]
    points = chart_points(person, currency, now()) if lines else []
    return render_template(
        "payments/statement.html",
        balances=balances,
        page=page,
        lines=lines,
        currencies=currencies,
        currency=currency,
        points=points,
    )


@bp.get("/money/statement.csv")
@signed_in
def statement_csv() -> Response:
    """The whole statement, oldest first."""
    rows = stream_with_context(_rows())
    response = Response(rows, mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=statement.csv"
    return response


def _rows() -> Iterator[str]:
    yield csv_line(HEADINGS)
    for line in whole_statement(actor()):
        amounts = (money.plain(value, line.currency) for value in (line.amount, line.about, line.fee))
        yield csv_line((line.at.isoformat(), line.words, line.memo, line.currency, *amounts))


def csv_line(values: tuple[str, ...]) -> str:
    """One line of CSV in which no text that people wrote is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(value) for value in values])
    return out.getvalue()


def _harmless(value: str) -> str:
    is_number = value.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_number else value
