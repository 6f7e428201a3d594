"""Reading money: one's charges and invoices, balances, the statement and its chart."""
