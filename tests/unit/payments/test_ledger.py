"""Ledger verification: valid ledgers pass, and each violation is found and named."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.payments.command import ledger
from marketplace.payments.models import AccountKind, LedgerAccount, LedgerBalance, LedgerEntry
from marketplace.payments.services.booking import About, Overdrawn, book
from marketplace.payments.services.settlement import pay_out, refund, release, split
from marketplace.payments.services.transfers import withdraw
from marketplace.payments.verifying import offences
from tests.support.factories import START
from tests.support.money import make_hold, make_payable, settle_all

pytestmark = pytest.mark.both_engines

ABOUT = About("charged", "A test", START)


@pytest.fixture
def busy_book(context: Flask, client: User, freelancer: User) -> Flask:
    """Every kind of movement in three currencies, and one hold in each state."""
    make_payable(freelancer)
    release(make_hold(client, freelancer, 99_999), START, "a")
    refund(make_hold(client, freelancer, 20_000), START, "b")
    split(make_hold(client, freelancer, 12_345, currency="JPY"), 2_345, START, "c")
    pay_out(make_hold(client, None, 7_001, currency="USD"), {freelancer.id: 3_333}, START, "d")
    make_hold(client, freelancer, 50_000, currency="USD")
    db.session.commit()
    settle_all()
    withdraw(freelancer, 5_000, "EUR", START, "e")
    db.session.commit()
    settle_all()
    return context


def test_ledger_with_all_movements_is_valid(busy_book: Flask) -> None:
    assert offences() == []
    done = busy_book.test_cli_runner().invoke(ledger, ["verify"])
    assert (done.exit_code, "all in order" in done.output) == (0, True)


WRONGS = {
    "two legs at least": "INSERT INTO ledger_entries (key, at, what, memo) VALUES ('x', '2026-01-01', 'charged', '')",
    "legs add up to zero": "INSERT INTO postings (entry_id, account_id, amount) SELECT min(e.id), max(a.id), 5"
    " FROM ledger_entries e, ledger_accounts a WHERE a.currency = 'EUR' AND a.kind = 'losses'",
    "one currency an entry": "INSERT INTO postings (entry_id, account_id, amount) SELECT min(e.id), max(a.id), 5"
    " FROM ledger_entries e, ledger_accounts a WHERE a.currency = 'JPY' AND a.kind = 'held'",
    "balance is the sum of postings": "UPDATE ledger_balances SET amount = amount + 1",
    "a hold for each paid charge": "UPDATE charges SET state = 'failed' WHERE id = 1",
    "fee + net = gross": "UPDATE holds SET fee = fee - 1 WHERE fee > 0",
    "sent as decided": "UPDATE movements SET amount = amount - 1 WHERE kind = 'transfer'",
    "invoice numbers without gaps": "UPDATE invoice_counters SET last = last + 1",
    "resolved once": "UPDATE holds SET state = 'released', released = amount, resolved_at = '2026-01-01',"
    " resolution_key = 'z' WHERE state = 'held'",
}


@pytest.mark.parametrize("rule", WRONGS)
def test_each_violation_is_found_with_exit_code_1(busy_book: Flask, rule: str) -> None:
    book("losses", "EUR", {(AccountKind.LOSSES, None): 1, (AccountKind.CLEARING, None): -1}, ABOUT)
    db.session.execute(text(WRONGS[rule]))
    db.session.commit()
    done = busy_book.test_cli_runner().invoke(ledger, ["verify"])
    assert done.exit_code == 1
    assert rule in done.output


def test_temporarily_negative_account_is_found(client: User, freelancer: User) -> None:
    release(make_hold(client, freelancer), START, "a")
    ids = dict(db.session.execute(select(LedgerAccount.kind, LedgerAccount.id)).all())
    for key, sign in (("down", 1), ("up", -1)):
        db.session.add(LedgerEntry(key=key, at=START, what="charged", memo=""))
        db.session.flush()
        legs = {ids["held"]: sign * 700, ids["fees"]: -sign * 700}
        for account_id, amount in legs.items():
            db.session.execute(
                text("INSERT INTO postings (entry_id, account_id, amount) SELECT max(id), :a, :m FROM ledger_entries"),
                {"a": account_id, "m": amount},
            )
    assert {offence.rule for offence in offences()} == {"never below zero"}


def test_beancount_accepts_export(busy_book: Flask, tmp_path: Path) -> None:
    file = tmp_path / "book.beancount"
    done = busy_book.test_cli_runner().invoke(ledger, ["export", "--output", str(file)])
    assert done.exit_code == 0
    entries, errors, _options = loader.load_file(str(file))
    assert errors == []
    theirs = {
        account.account: {position.units.currency: int(position.units.number * 100) for position in account.balance}
        for account in realization.iter_children(realization.realize(entries))
        if not account.balance.is_empty()
    }
    ours = db.session.scalars(select(LedgerBalance).where(LedgerBalance.amount != 0)).all()
    assert sum(len(balances) for balances in theirs.values()) == len(ours)
    held = theirs[f"Liabilities:Held:User{_owner_of_held()}:USD"]
    assert held == {"USD": -50_000}
    yen = next(name for name in theirs if name.startswith("Income:Fees") and name.endswith("JPY"))
    assert theirs[yen] == {"JPY": -117 * 100}


def _owner_of_held() -> int:
    owner = db.session.scalars(select(LedgerAccount.owner_id).where(LedgerAccount.name.like("held:%:USD"))).one()
    assert owner is not None
    return owner


def test_user_text_is_escaped_in_export(context: Flask, client: User, freelancer: User) -> None:
    make_hold(client, freelancer, purpose='Shop "A\\B"\n2026-01-01 open Assets:Mine')
    done = context.test_cli_runner().invoke(ledger, ["export"])
    entries, errors, _ = loader.load_string(done.output)
    assert errors == []
    assert not [entry for entry in entries if getattr(entry, "account", "") == "Assets:Mine"]


def test_empty_ledger_is_valid_and_exports(context: Flask) -> None:
    assert context.test_cli_runner().invoke(ledger, ["verify"]).exit_code == 0
    assert context.test_cli_runner().invoke(ledger, ["export"]).exit_code == 0


@pytest.mark.parametrize("table", ["ledger_accounts", "ledger_entries", "postings", "invoices"])
@pytest.mark.parametrize("verb", ["UPDATE {0} SET id = id", "DELETE FROM {0}"])
def test_ledger_rows_cannot_be_changed_or_deleted(busy_book: Flask, table: str, verb: str) -> None:
    with pytest.raises(DBAPIError, match="kept for ever"):
        db.session.execute(text(verb.format(table)))
    db.session.rollback()


def test_unbalanced_legs_are_refused(context: Flask) -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        book("k", "EUR", {(AccountKind.CLEARING, None): 100, (AccountKind.FEES, None): -99}, ABOUT)


def test_key_is_booked_once(context: Flask) -> None:
    legs = {(AccountKind.CLEARING, None): 100, (AccountKind.FEES, None): -100}
    assert [book("k", "EUR", legs, ABOUT) for _ in range(2)] == [True, False]
    assert db.session.scalars(select(LedgerBalance.amount)).all() == [100, 100]


def test_empty_account_cannot_be_overdrawn(client: User) -> None:
    with pytest.raises(Overdrawn):
        book("k", "EUR", {(AccountKind.HELD, client.id): 100, (AccountKind.FEES, None): -100}, ABOUT)
