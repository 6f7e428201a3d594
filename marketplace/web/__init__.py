"""Shared web infrastructure: base form, errors, headers, limits, the request's actor and time."""
