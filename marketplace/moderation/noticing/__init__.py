"""Automatic findings for human review: linked bidders, bursts of similar notes, odd moves in a rank."""
