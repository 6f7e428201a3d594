"""Pure functions: facts -> score -> order, with a reason for every point."""
