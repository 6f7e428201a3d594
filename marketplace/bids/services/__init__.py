"""Services of bids. Only the sweeps commit."""
