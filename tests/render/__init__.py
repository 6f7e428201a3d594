"""What takes a real browser: rendering, its guard, full checks."""
