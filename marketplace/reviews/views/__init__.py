"""Pages of this room: writing a review, one review with its reply, a person's reviews."""
