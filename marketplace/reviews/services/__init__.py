"""Services of reviews."""
