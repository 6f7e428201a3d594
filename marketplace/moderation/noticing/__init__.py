"""What the marketplace notices about itself for a human: linked bidders, bursts of like notes, odd moves in a rank."""
