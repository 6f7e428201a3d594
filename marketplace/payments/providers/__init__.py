"""Who holds and moves the money: one protocol, and what speaks it."""
