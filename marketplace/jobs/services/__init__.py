"""What can be done with a job; nothing here commits."""
