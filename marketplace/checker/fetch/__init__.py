"""Fetching a page over our own HTTP and TLS: redirects, budgets, per-host limits, charset and title."""
