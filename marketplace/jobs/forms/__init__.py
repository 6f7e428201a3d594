"""What people fill in: the topics of a spec, its requirements, and the search of jobs."""
