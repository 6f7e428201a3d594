"""Services of payments. Only the sweep commits, and only the sweep waits for the network."""
