"""Services on jobs; nothing here commits."""
