"""Money: a double-entry ledger that records it, and a provider that holds and moves it."""
