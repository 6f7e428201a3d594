"""Watches for rejected work: whether a client's site later shows what an unpaid bidder built."""
