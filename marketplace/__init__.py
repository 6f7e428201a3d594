"""Prebuilt: a freelance job-bidding marketplace where the work speaks first."""
