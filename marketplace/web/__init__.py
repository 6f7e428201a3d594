"""Plumbing that every page shares: base form, errors, headers, limits, the request's actor and time."""
