"""What an operator may set: typed settings and logging, read once at the start."""
