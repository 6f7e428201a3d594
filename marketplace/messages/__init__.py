"""A thread per bid, for its client and its bidder only."""
