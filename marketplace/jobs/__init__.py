"""Jobs: the spec, its requirements, and the lifecycle from draft to award."""
