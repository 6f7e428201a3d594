"""Payments: a double-entry ledger, and a provider that holds and moves the money."""
