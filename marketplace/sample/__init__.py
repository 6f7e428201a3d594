"""Sample data: a small realistic marketplace to try out, and large ones for measurements."""
