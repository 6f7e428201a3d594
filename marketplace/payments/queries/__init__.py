"""Queries for payments: one's charges and invoices, balances, statement and chart."""
