"""The measured study of the rank: two simulated marketplaces, other ways to rank, and the best that facts allow."""
