"""Rejected work under watch: does the client's site show, later, what a bidder built and was not paid for?"""
