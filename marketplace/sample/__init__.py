"""A believable small marketplace to try things on, and big ones to measure with."""
