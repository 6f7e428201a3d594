"""The address guard: which links we open, and which addresses behind a name we connect to."""
