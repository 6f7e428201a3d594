"""How alike two pages are: fingerprints, their comparison, and shared passages."""
