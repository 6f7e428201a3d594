"""Pages of this room: opening, the dispute itself, splitting, evidence, ruling."""
