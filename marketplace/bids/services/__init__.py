"""What can be done with bids. Nothing here commits but the sweeps."""
