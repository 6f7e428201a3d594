"""Views of one's own money: balances, statement, chart and CSV."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template, request

from marketplace.core import money
from marketplace.payments.queries.balances import balances_in_words
from marketplace.payments.queries.chart import chart_points, money_chart
from marketplace.payments.queries.statement import statement as page_of_statement
from marketplace.payments.queries.statement import whole_statement
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.csv_files import csv_file
from marketplace.web.access import signed_in
from marketplace.web.request import actor, now

HEADINGS = ("at", "what", "for", "currency", "amount", "about", "fee")


@bp.get("/money")
@signed_in
def statement() -> str:
    """Show the statement; `?currency=` selects the chart's currency."""
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
        chart=money_chart(points) if points else None,
    )


@bp.get("/money/statement.csv")
@signed_in
def statement_csv() -> Response:
    """Download the whole statement as CSV, oldest first."""
    return csv_file("statement.csv", _rows())


def _rows() -> Iterator[tuple[str, ...]]:
    yield HEADINGS
    for line in whole_statement(actor()):
        amounts = (money.plain(value, line.currency) for value in (line.amount, line.about, line.fee))
        yield (line.at.isoformat(), line.words, line.memo, line.currency, *amounts)
