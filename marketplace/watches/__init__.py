"""Rejected work under watch: whether the client's site shows, later, what a bidder built and was not paid for."""
