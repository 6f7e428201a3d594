"""Accounts: sign-up, sign-in, roles, profiles, portfolio, testimonials."""
