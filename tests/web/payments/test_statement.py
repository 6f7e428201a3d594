"""Pages of one's money: statement, chart, invoices, payouts."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from marketplace.core.database import db
from marketplace.payments.models import Movement
from marketplace.payments.services.charging import settle_charge, start_charge
from marketplace.payments.services.settlement import refund, release, split
from marketplace.payments.views.csv_files import harmless
from tests.support.factories import START
from tests.support.money import make_hold, make_payable, settle_all
from tests.support.queries import counted_queries
from tests.web.payments.conftest import Till, user

pytestmark = pytest.mark.both_engines


def earn(till: Till, part: int = 100_000) -> None:
    """Fay has received `part` of a payment of 1,000 euros in her account."""
    with till.app.app_context():
        make_payable(user(till.people, "fay"))
        hold = make_hold(user(till.people, "client"), user(till.people, "fay"), purpose="=SUM(A1) logo")
        split(hold, part, START, "s")
        db.session.commit()
        settle_all()


def rows(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_empty_statement_explains_what_will_be_shown(till: Till) -> None:
    assert "No money yet" in till.as_("other").page("/money").text()


def test_statement_is_worded_for_each_side(till: Till) -> None:
    earn(till, 60_000)
    fay = till.as_("fay").page("/money")
    lines = [[cell.text(strip=True) for cell in row.css("td")][1:] for row in fay.css("table")[-1].css("tbody tr")]
    assert lines == [
        ["Transferred to your account", "=SUM(A1) logo", "€570", "–", "–"],
        ["Released to you", "=SUM(A1) logo", "€600", "€30", "+€570"],
        ["Paid for your work, held", "=SUM(A1) logo", "€1,000", "–", "–"],
    ]
    client = till.as_("client").page("/money")
    lines = [[cell.text(strip=True) for cell in row.css("td")][1:] for row in client.css("table")[-1].css("tbody tr")]
    assert lines == [
        ["Refund sent to your card", "=SUM(A1) logo", "€400", "–", "–"],
        ["Released in part, the rest refunded", "=SUM(A1) logo", "€1,000", "–", "+€400"],
        ["Paid by you, held", "=SUM(A1) logo", "€1,000", "–", "−€1,000"],
    ]


def test_balances_are_grouped_by_currency(till: Till) -> None:
    earn(till)
    with till.app.app_context():
        make_hold(user(till.people, "client"), user(till.people, "fay"), 5_000, currency="JPY")
    page = till.as_("fay").page("/money")
    parts = zip(page.css(".facts dt"), page.css(".facts dd"), strict=True)
    assert [(words.text(), amount.text()) for words, amount in parts] == [
        ("Ready to pay out", "€950"),
        ("Held for your work", "JP¥5,000"),
    ]


def test_chart_has_equivalent_table(till: Till) -> None:
    earn(till)
    page = till.as_("fay").page("/money")
    assert page.css_first("svg.chart.wide path.line") is not None
    last = [cell.text() for cell in page.css("details tbody tr")[-1].css("td")]
    assert last == ["€0", "€1,000", "€950"]


def test_csv_text_is_not_read_as_formula(till: Till) -> None:
    earn(till)
    table = rows(till.as_("fay").get("/money/statement.csv").text)
    assert table[0] == ["at", "what", "for", "currency", "amount", "about", "fee"]
    assert [row[1:] for row in table[1:]] == [
        ["Paid for your work, held", "'=SUM(A1) logo", "EUR", "0", "1000", "0"],
        ["Released to you", "'=SUM(A1) logo", "EUR", "950", "1000", "50"],
        ["Transferred to your account", "'=SUM(A1) logo", "EUR", "0", "950", "0"],
    ]


@pytest.mark.parametrize("path", ["/money/statement.csv", "/money/invoices.csv"])
def test_csv_starts_with_utf_8_bom(till: Till, path: str) -> None:
    earn(till)
    answer = till.as_("fay").get(path)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.content_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("＝1+1", "'＝1+1"),
        ("\t=1+1", "'\t'=1+1"),
        ("logo;=1+1", "logo;'=1+1"),
        ("two\n=1+1", "two\n'=1+1"),
        ("-5.20", "-5.20"),
        ("1250", "1250"),
        ("a = b", "a = b"),
    ],
)
def test_user_text_in_csv_is_never_computed(typed: str, kept: str) -> None:
    assert harmless(typed) == kept


def test_statement_is_paginated_with_constant_query_count(till: Till) -> None:
    with till.app.app_context():
        client, fay = user(till.people, "client"), user(till.people, "fay")
        for number in range(45):
            charge = start_charge(client, fay, 1_000 + number, "EUR", f"Work {number}", f"long {number}", START)
            settle_charge(charge, "succeeded", START + timedelta(minutes=number))
        db.session.commit()
    browser, url, seen, counts = till.as_("fay"), "/money", [], set()
    while url:
        with counted_queries() as queries:
            page = browser.page(url)
        counts.add(len(queries))
        seen += [row.css("td")[2].text() for row in page.css("table")[-1].css("tbody tr")]
        following = page.css_first("a[rel=next]")
        url = following.attributes["href"] if following else ""
    assert seen == [f"Work {number}" for number in reversed(range(45))]
    assert max(counts) <= 10


def test_release_issues_two_invoices_numbered_by_seller(till: Till) -> None:
    earn(till)
    with till.app.app_context():
        client, fay = user(till.people, "client"), user(till.people, "fay")
        release(make_hold(client, fay, 7_000), START, "second")
        refund(make_hold(client, fay, 7_000), START, "third")
        db.session.commit()
        series = f"S{fay.id}"
    table = rows(till.as_("fay").get("/money/invoices.csv").text)[1:]
    assert sorted((row[0], row[2], row[3], row[6]) for row in table) == [
        ("F-0001", "Prebuilt", "Fay Freelancer", "50"),
        ("F-0002", "Prebuilt", "Fay Freelancer", "3.50"),
        (f"{series}-0001", "Fay Freelancer", "Cleo Client", "1000"),
        (f"{series}-0002", "Fay Freelancer", "Cleo Client", "70"),
    ]
    assert len(rows(till.as_("client").get("/money/invoices.csv").text)) == 3


def test_sandbox_invoice_page_and_pdf_say_not_real(till: Till) -> None:
    earn(till)
    fay = till.as_("fay")
    link = fay.page("/money/invoices").css("tbody th a")[0].attributes["href"] or ""
    text = fay.page(link).text()
    assert "€1,000" in text
    assert "This is no real invoice." in text
    answer = fay.get(f"{link}.pdf")
    assert answer.mimetype == "application/pdf"
    words = pdf_text(answer.data)
    assert "Total €1,000" in words
    assert "This is no real invoice." in words


def pdf_text(pdf: bytes) -> str:
    """Text of a PDF, extracted with another library than the one that wrote it."""
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def test_invoice_renders_names_in_many_scripts(till: Till) -> None:
    with till.app.app_context():
        user(till.people, "fay").name = "Łucja Żółć Ольга"
        db.session.commit()
    earn(till)
    fay = till.as_("fay")
    for link in fay.page("/money/invoices").css("tbody th a"):
        assert "Łucja Żółć Ольга" in pdf_text(fay.get(f"{link.attributes['href']}.pdf").data)


def test_waiting_transfer_is_sent_once_payout_details_are_complete(till: Till) -> None:
    with till.app.app_context():
        release(make_hold(user(till.people, "client"), user(till.people, "fay")), START, "r")
        db.session.commit()
    fay = till.as_("fay")
    assert "Waiting for payout details" in fay.page("/money/payouts").text()
    page = fay.post("/money/payouts/account").location
    assert page.startswith("/sandbox/account/")
    assert fay.submit(page).location == "/money/payouts"
    till.work()
    assert "€950 is ready." in fay.page("/money/payouts").text()


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "Enter an amount"),
        ("ten", "in numbers"),
        ("-5", "zero or more"),
        ("0", "above zero"),
        ("951", "less money"),
    ],
)
def test_impossible_payout_is_explained_and_input_kept(till: Till, typed: str, complaint: str) -> None:
    earn(till)
    form = "main form[action='/money/payouts']"
    answer = till.as_("fay").submit("/money/payouts", {"amount": typed}, form=form)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert not typed or f'value="{typed}"' in answer.text


def test_double_click_makes_one_payout(till: Till) -> None:
    earn(till)
    fay = till.as_("fay")
    for _ in range(2):
        answer = fay.post("/money/payouts", {"amount": "250", "currency": "EUR", "key": "once"}, follow=True)
        assert answer.status_code == 200
    till.work()
    with till.app.app_context():
        payouts = db.session.query(Movement).filter_by(kind="payout").all()
        assert [(payout.amount, payout.state) for payout in payouts] == [(25_000, "sent")]
    assert "€700 is ready." in fay.page("/money/payouts").text()
