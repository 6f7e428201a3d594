"""The spec: a job, its requirements, its life from draft to award."""
