"""How alike two pages are: fingerprints, their comparison, and the passages that they share."""
