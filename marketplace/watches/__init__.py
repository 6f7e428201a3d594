"""Watches over rejected work: whether the client's site shows, later, what a bidder built and was not paid for."""
