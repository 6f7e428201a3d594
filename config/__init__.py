"""Operator configuration: typed settings and logging, read once at the start."""
