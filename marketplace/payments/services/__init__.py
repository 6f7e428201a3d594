"""What is done with money. Nothing here commits but the sweep, and only the sweep waits for a network."""
