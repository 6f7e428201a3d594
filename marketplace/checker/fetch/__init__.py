"""Fetching a page hop by hop over connections of our own: client, budgets, politeness, the trail of what was seen."""
