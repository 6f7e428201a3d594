"""Sealed offers: placing, changing and withdrawing a bid, ranking a job's bids, comparing them."""
